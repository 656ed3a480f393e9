"""What a page's parsing could not use: unread records one by one, unknown fields once per page (HOUSE 6)."""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping

from spiders.page import Note, Page
from spiders.text import line
from terms.errors import SourceChanged
from terms.incident import Incident

UNKNOWN_FIELDS = "The publisher sends fields that are neither used nor ignored by name"
UNREADABLE = "A record could not be read and was left out"
_NAMED = 20
log = logging.getLogger(__name__)


class Unreadable(SourceChanged, ValueError):
    """One record does not have the shape we know; the message names the field. The others go on.

    Where it is the page that a source cannot read, nobody catches it, and the page no longer has the shape we know.
    """


class Trouble:
    """Collects a page's trouble; `close` raises what is told once per page."""

    def __init__(self, source: str, page: Page, note: Note) -> None:
        self._where, self._url, self._note = f"source:{source}", line(page.url, 300), note
        self._unknown: Counter[str] = Counter()
        self._often: Counter[str] = Counter()
        self._expected: Counter[str] = Counter()
        self.unreadable = 0

    def note(self, message: str, **facts: str) -> None:
        """Raise an incident now."""
        shown = {name: line(value, 300) for name, value in facts.items()}
        self._note(Incident(where=self._where, message=message, facts={"page": self._url, **shown}))

    def record_unreadable(self, record: str, trouble: Exception) -> None:
        """One record was left out."""
        self.unreadable += 1
        self.note(UNREADABLE, record=record, reason=str(trouble))

    def unknown(self, fields: Iterable[str]) -> None:
        """Fields of one record that nobody knows."""
        self._unknown.update(line(field, 80) for field in fields)

    def often(self, message: str) -> None:
        """Something that may happen to every record: told once per page, with how often."""
        self._often[message] += 1

    def expected(self, what: str) -> None:
        """Something that belongs to this publisher, such as a tender among grants: counted in the log, no incident."""
        self._expected[what] += 1

    def close(self) -> None:
        """Raise what was collected."""
        if self._unknown:
            names = ", ".join(sorted(self._unknown)[:_NAMED])
            self.note(UNKNOWN_FIELDS, fields=names, records=str(max(self._unknown.values())))
        for message, times in sorted(self._often.items()):
            self.note(message, records=str(times))
        for what, times in sorted(self._expected.items()):
            log.info(
                "Records skipped or mended, as expected", extra={"where": self._where, "why": what, "records": times}
            )


def leftovers(row: Mapping[str, object], ignore: frozenset[str]) -> list[str]:
    """Names of what is left in a row after every known field was popped."""
    return [name for name in row if name not in ignore]


def place(page: Page) -> str:
    """The address for a message; a long query would leave no room for the reason."""
    return page.url if len(page.url) <= 160 else page.url[:159] + "…"
