"""What is flagged, in memory: read once from each published copy, shared by every request of the desk.

A queue needs few columns of few rows; scanning a million items for each page took longer than all else together.
"""

import threading
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from network.lines import ref_of
from terms.item import Call
from terms.match import EXPLORED
from warehouse import desk, revisions
from warehouse.desk import FlaggedRow
from warehouse.revisions import Since
from warehouse.shared import SharedWarehouse, Stamp


class Entry(NamedTuple):
    """One flagged cluster of one company, as a list shows it. reasons: JSON, read when it is shown whole."""

    ref: str
    company_key: str
    need_key: str
    need_version: int
    cluster_key: str
    item_key: str
    fit: float
    confidence: float
    reasons: str
    model_version: str
    kind: str
    source: str
    state_key: str
    published_on: date | None
    first_seen_at: datetime
    title: str
    place: int
    call: Call | None

    @property
    def is_explored(self) -> bool:
        """Whether it came from below the threshold, to learn what is missed there (P26)."""
        return self.model_version.endswith(EXPLORED)


class Book(NamedTuple):
    """Everything flagged in one published copy. homes: item key -> cluster of today, of members of the book."""

    stamp: Stamp
    entries: Mapping[str, Sequence[Entry]]
    homes: Mapping[str, str]
    members: Mapping[str, Sequence[str]]
    changes: Sequence[Since]
    by_cluster: Mapping[str, Sequence[Entry]]

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

    def book(self) -> Book:
        """The newest book there is; waits only where there is none yet."""
        book = self._book
        if book is None:
            with self._reading:
                return self._book or self._renew()
        if book.stamp != self._warehouse.stamp and self._reading.acquire(blocking=False):
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
        self._book = read_book(self._warehouse)
        return self._book


def read_book(warehouse: SharedWarehouse) -> Book:
    """Read everything flagged in the published copy."""
    stamp = warehouse.stamp
    with warehouse.read() as connection:
        rows = desk.read_flagged(connection)
        pairs = desk.read_flagged_members(connection)
        changes = revisions.material_since(connection, [item for _, item in pairs])
    entries: dict[str, list[Entry]] = {}
    by_cluster: dict[str, list[Entry]] = {}
    members: dict[str, list[str]] = {}
    for row in rows:
        entry = _entry(row)
        entries.setdefault(entry.company_key, []).append(entry)
        by_cluster.setdefault(entry.cluster_key, []).append(entry)
    for cluster, item in pairs:
        members.setdefault(cluster, []).append(item)
    return Book(stamp, entries, {item: cluster for cluster, item in pairs}, members, changes, by_cluster)


def _entry(row: FlaggedRow) -> Entry:
    call = Call.model_validate_json(row.call) if row.call and row.call != "null" else None
    return Entry(ref_of(row.company_key, row.cluster_key), *row[:-1], call)
