"""Search over everything stored; kept up aside while the desk answers."""

import threading
from datetime import date
from typing import NamedTuple

from digests.links import safe_link
from terms.person import Scope
from warehouse.search import Line, SearchIndex
from warehouse.shared import SharedWarehouse, Stamp
from watch.desk_book import Book
from watch.desk_queue import Workroom


class Found(NamedTuple):
    """One item that holds the words. where: the queues of companies served in which its cluster stands, by key."""

    item_key: str
    kind: str
    source: str
    title: str
    published_on: date | None
    url: str | None
    where: tuple[tuple[str, str], ...]


class Searcher:
    """The index with its renewal: a newer published copy is taken in aside."""

    def __init__(self, warehouse: SharedWarehouse) -> None:
        self._warehouse = warehouse
        self._index = SearchIndex(warehouse)
        self._stamp: Stamp | None = None
        self._renewing = threading.Lock()
        self.taken_in: int | None = None  # items of the renewal that is going on

    def find(self, words: str) -> list[Line]:
        """Lines of items, newest first."""
        self.keep_up()
        return self._index.find(words)

    def keep_up(self) -> None:
        """Begin to take in what was published since, aside."""
        if self._stamp != self._warehouse.stamp and self._renewing.acquire(blocking=False):
            threading.Thread(target=self._renew_and_release, name="desk-search", daemon=True).start()

    def renew(self) -> None:
        """Take in everything published, waited for."""
        with self._renewing:
            self._renew()

    def _renew_and_release(self) -> None:
        try:
            self._renew()
        finally:
            self.taken_in = None
            self._renewing.release()

    def _renew(self) -> None:
        with self._warehouse.read_stamped() as (_, stamp):  # what is read next is of this copy, or newer
            self.taken_in = 0
        self._index.refresh(self._tell)
        self._stamp, self.taken_in = stamp, None

    def _tell(self, done: int) -> None:
        self.taken_in = done


def search(room: Workroom, searcher: Searcher, scope: Scope, words: str) -> list[Found]:
    """At most 50 items that hold every word; items are everybody's, queues only those of companies served."""
    book = room.shelf.book()
    return [_seen(line, book, scope) for line in searcher.find(words)]


def _seen(line: Line, book: Book, scope: Scope) -> Found:
    entries = book.by_cluster.get(book.homes.get(line.item_key, ""), ())
    where = tuple((e.company_key, e.ref) for e in entries if e.company_key in scope.companies)
    return Found(*line[:5], safe_link(line.url or ""), where)
