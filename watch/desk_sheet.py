"""What waits, as a table for other programs (RELIABILITY F-12)."""

from collections.abc import Iterable, Iterator

from digests.sheet import write_sheet
from terms.item import next_deadline, status_of
from watch.desk_lines import Waiting
from watch.desk_queue import Workroom

COLUMNS = (
    "ref", "company", "need", "title", "kind", "source", "published_on", "first_seen_on", "status", "deadline_on",
    "fit", "confidence", "changed", "desk",
)  # fmt: skip


def sheet_of(room: Workroom, waiting: Iterable[Waiting], base_url: str) -> bytes:
    """A line for each opportunity, in their order; days in UTC, fit and confidence with a point."""
    return write_sheet(COLUMNS, (list(_cells(room, one, base_url)) for one in waiting))


def _cells(room: Workroom, one: Waiting, base_url: str) -> Iterator[str]:
    entry, now = one.entry, room.house.clock()
    deadline = next_deadline(entry.call, now)
    yield from (entry.ref, room.maps[entry.company_key][1].name, entry.need_key, entry.title, entry.kind)
    yield room.title_of(entry.source)
    yield entry.published_on.isoformat() if entry.published_on else ""
    yield entry.first_seen_at.date().isoformat()
    yield status_of(entry.call, now) if entry.call else ""
    yield deadline.date().isoformat() if deadline else ""
    yield from (f"{entry.fit:.3f}", f"{entry.confidence:.3f}", one.changed or "")
    yield f"{base_url}/queue/{entry.company_key}/{entry.ref}"
