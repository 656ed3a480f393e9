"""What moved, old -> new, in what a company was told before (P50)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from ledger import decisions, digests
from ledger.digests import Kept
from terms.company import Company
from terms.digest import Change, Line
from warehouse import items, revisions
from warehouse.revisions import Since
from watch.house import House

_MOST = 8
_FIRST = ""


class Told(NamedTuple):
    """A line as told last. at: when that digest was composed; what changed later is news."""

    line: Line
    week: str
    at: datetime


def news(house: House, company: Company, week: str) -> tuple[Change, ...]:
    """Material changes since the digest that told a line, or a change of it, last; before `week`. At most eight.

    What does not fit stays for the next digest, since it was not told. Nothing is said of what was rejected since.
    """
    with house.ledger.read() as connection:
        told = told_last(digests.read_told_digests(connection, company.id, _FIRST, week))
        stands = decisions.standing(decisions.read_decisions(connection, company.id))
    rejected = {cluster for (_, cluster), standing in stands.items() if standing.decision.verb == "reject"}
    kept = [one for one in told if one.line.cluster_key not in rejected]
    with house.warehouse.read() as connection:
        homes = items.read_clusters_of(connection, [one.line.item_key for one in kept])
        members = items.read_members(connection, sorted(set(homes.values())))
        every = revisions.material_since(connection, sorted({key for found in members.values() for key in found}))
    found = list[Change]()
    for one in kept:
        moved = list(_changes(one, set(members.get(homes.get(one.line.item_key, ""), ())), every))
        found += moved if len(found) + len(moved) <= _MOST else ()
    return tuple(found)


def told_last(kept: Sequence[Kept]) -> list[Told]:
    """Each line once, as the last digest (oldest week first) told it or a change of it."""
    last = dict[str, Told]()
    for one in kept:
        for line in one.digest.lines:
            last[line.ref] = Told(line, one.digest.iso_week, one.composed_at)
        for change in one.digest.changes:
            if change.ref in last:
                last[change.ref] = last[change.ref]._replace(at=one.composed_at)
    return list(last.values())


def _changes(told: Told, item_keys: set[str], every: Sequence[Since]) -> Iterator[Change]:
    """From the first value before to the last after, field by field; what changed back is no change."""
    spans: dict[str, tuple[str, str, str]] = {}
    for change in every:
        if change.item_key in item_keys and change.changed_at > told.at:
            _, before, _ = spans.get(change.field, ("", change.before, ""))
            spans[change.field] = (change.kind, before, change.after)
    for field, (kind, before, after) in spans.items():
        if before != after:
            is_text = field == "text"
            yield Change(
                ref=told.line.ref, title=told.line.title, url=told.line.url, kind=kind, told_week=told.week,
                before="" if is_text else before, after="" if is_text else after,
            )  # fmt: skip
