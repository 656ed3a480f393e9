"""What is flagged, in memory: read once from each published copy, shared by every request of the desk.

A queue needs few columns of few rows; scanning a million items for each page took longer than all else together.
"""

import gc
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple, TypeVar

from network.lines import ref_of
from terms.match import EXPLORED
from warehouse import desk, revisions
from warehouse.desk import Flagged, FlaggedTable
from warehouse.revisions import Since
from warehouse.shared import SharedWarehouse, Stamp

T = TypeVar("T")
_REST = 49  # times as long as reading took: a collect run publishes every few seconds, and pages come first
_FIELDS = tuple(one.name for one in fields(Flagged))


@dataclass(frozen=True, slots=True)
class Entry(Flagged):
    """What is flagged, as a list shows it. ref: the name that a broker and a mail give it."""

    ref: str

    @property
    def is_explored(self) -> bool:
        """Whether it came from below the threshold, to learn what is missed there (P26)."""
        return self.model_version.endswith(EXPLORED)


class Book(NamedTuple):
    """Everything flagged in one published copy. homes: item key -> cluster of today, of members of the book.

    edition: another where anything in it is another. changes: of each item, oldest first. prints: of each entry.
    """

    stamp: Stamp
    edition: int
    entries: Mapping[str, Sequence[Entry]]
    homes: Mapping[str, str]
    members: Mapping[str, Sequence[str]]
    changes: Mapping[str, Sequence[Since]]
    by_cluster: Mapping[str, Sequence[Entry]]
    prints: Mapping[int, Entry]

    def find(self, company_key: str, ref: str) -> Entry | None:
        """By company and ref, in either case."""
        wanted = ref.strip().upper()
        return next((entry for entry in self.entries.get(company_key, ()) if entry.ref == wanted), None)


class Shelf:
    """Holds the newest book. A newer copy is read aside while requests go on with the book before it."""

    def __init__(self, warehouse: SharedWarehouse) -> None:
        self._warehouse = warehouse
        self._book: Book | None = None
        self._reading = threading.Lock()
        self._rests_until = 0.0  # monotonic seconds

    def book(self) -> Book:
        """The newest book there is; waits only where there is none yet."""
        book = self._book
        if book is None:
            with self._reading:
                return self._book or self._renew()
        is_rested = time.monotonic() >= self._rests_until
        if is_rested and book.stamp != self._warehouse.stamp and self._reading.acquire(blocking=False):
            threading.Thread(target=self._renew_and_release, name="desk-book", daemon=True).start()
        return book

    def newest(self) -> Book:
        """The book of the copy published now, waited for."""
        with self._reading:
            book = self._book
            return book if book and book.stamp == self._warehouse.stamp else self._renew()

    def _renew_and_release(self) -> None:
        try:
            self._renew()
        finally:
            self._reading.release()

    def _renew(self) -> Book:
        begun = time.monotonic()
        is_first = self._book is None
        self._book = read_book(self._warehouse, self._book)
        if is_first:
            gc.freeze()  # a hundred thousand objects that stay; looking through them again and again stops every page
        ended = time.monotonic()
        self._rests_until = ended + _REST * (ended - begun)
        return self._book


def read_book(warehouse: SharedWarehouse, former: Book | None = None) -> Book:
    """Everything flagged in the published copy; what is as it was in the book before is taken from there."""
    with warehouse.read_stamped() as (connection, stamp):
        table = FlaggedTable(connection)
        pairs = desk.read_flagged_members(connection)
        changes = revisions.material_since(connection, [item for _, item in pairs])
    prints = _entries(table, former.prints if former else {})
    homes, changed = {item: cluster for cluster, item in pairs}, _grouped(changes, lambda change: change.item_key)
    if former and (prints.keys(), homes, changed) == (former.prints.keys(), former.homes, former.changes):
        return former._replace(stamp=stamp)
    by_fit = sorted(prints.values(), key=lambda entry: (-entry.fit, entry.cluster_key))
    members = {cluster: [item for _, item in each] for cluster, each in _grouped(pairs, lambda pair: pair[0]).items()}
    by_company, by_cluster = _grouped(by_fit, lambda e: e.company_key), _grouped(by_fit, lambda e: e.cluster_key)
    edition = former.edition + 1 if former else 1
    return Book(stamp, edition, by_company, homes, members, changed, by_cluster, prints)


def _entries(table: FlaggedTable, known: Mapping[int, Entry]) -> dict[int, Entry]:
    fresh = {number: _entry(row) for number, row in table.rows(known.keys())}
    return {number: fresh.get(number) or known[number] for number in table.prints}


def _entry(row: Flagged) -> Entry:
    return Entry(**{name: getattr(row, name) for name in _FIELDS}, ref=ref_of(row.company_key, row.cluster_key))


def _grouped(every: Iterable[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    groups: dict[str, list[T]] = {}
    for one in every:
        groups.setdefault(key(one), []).append(one)
    return groups
