"""One connection to the published copy for many threads, renewed when the copy is replaced; for a process that stays.

DuckDB keeps one instance per path in a process, so a second open of a path whose file was replaced would go on reading
the old one: every copy is opened under a name of its own, a hard link that is gone once it is open.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import duckdb

from warehouse.store import Connection, Warehouse

Stamp = tuple[int, int]


@dataclass
class _Copy:
    stamp: Stamp
    connection: Connection
    readers: int = 0


class SharedWarehouse(Warehouse):
    """The same warehouse; `read` hands out a cursor of its own to each caller."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.__dict__ |= warehouse.__dict__
        self._guard = threading.Lock()
        self._copy: _Copy | None = None

    @property
    def stamp(self) -> Stamp:
        """What changes whenever a new copy is published."""
        if not self.published.exists():
            self.recover()
        found = self.published.stat()
        return found.st_ino, found.st_mtime_ns

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A cursor on the newest copy; the one before is closed when its last reader has gone."""
        copy = self._lent()
        cursor = copy.connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()
            self._returned(copy)

    def _lent(self) -> _Copy:
        stamp = self.stamp
        with self._guard:
            if self._copy is None or self._copy.stamp != stamp:
                former, self._copy = self._copy, _Copy(stamp, self._open_apart())
                if former and not former.readers:
                    former.connection.close()
            self._copy.readers += 1
            return self._copy

    def _returned(self, copy: _Copy) -> None:
        with self._guard:
            copy.readers -= 1
            if copy is not self._copy and not copy.readers:
                copy.connection.close()

    def _open_apart(self) -> Connection:
        own = Path(f"{self.published}.{uuid4().hex}.reading")
        own.hardlink_to(self.published)
        try:
            return duckdb.connect(str(own), read_only=True, config=self._config)
        finally:
            own.unlink()
