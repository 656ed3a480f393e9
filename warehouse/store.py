"""The only place that opens DuckDB: a short write under a file lock, then a published copy for readers.

A DuckDB file belongs to one process and a writer shuts readers out, so readers get a copy that is replaced
atomically (HOUSE 5). COMMIT of a failed transaction "succeeds" and drops everything (RELIABILITY 1, fact 6),
so there is one transaction helper, and it rolls back and raises.
"""

import fcntl
import logging
import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from terms.errors import VardeError, WarehouseBusy
from warehouse.sql import migrations

Connection = duckdb.DuckDBPyConnection
_log = logging.getLogger(__name__)


class Warehouse:
    """One warehouse file and its published copy.

    path: the DuckDB file. wait_s: how long a writer waits for its turn. memory: DuckDB's memory limit.
    """

    def __init__(self, path: Path, *, wait_s: float = 30.0, memory: str = "1GB", threads: int = 2) -> None:
        self.path = path
        self.published = path.parent / "published" / path.name
        self._lock_path = path.with_suffix(".lock")
        self._looking = threading.local()
        self._wait_s = wait_s
        self._memory, self._threads = memory, threads
        self._config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory,
            "threads": str(threads),
            "enable_external_access": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "lock_configuration": "true",
        }

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, alone in the house; commits and publishes, or rolls back and raises.

        Raises WarehouseBusy when another process holds the store longer than wait_s, and VardeError where a commit
        could not be brought into the file, so that no copy was made.
        """
        with self.turn() as turn, turn.transaction() as connection:
            yield connection

    @contextmanager
    def turn(self) -> "Iterator[Turn]":
        """Alone in the house for several transactions, published once at the end; those before an error stand.

        Raises as `write` does.
        """
        with self._alone():
            taken = Turn(self._open())
            try:
                yield taken
            finally:
                taken.close()
                if taken.commits:
                    self._publish()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read-only connection to the published copy; never waits for a writer."""
        looked: Connection | None = getattr(self._looking, "connection", None)
        if looked is not None:
            yield looked
            return
        if not self.published.exists():
            self.recover()
        connection = duckdb.connect(str(self.published), read_only=True, config=self._config)
        try:
            yield connection
        finally:
            connection.close()

    @contextmanager
    def look(self) -> Iterator[None]:
        """Every `read` of this thread within sees one state over one connection; to open one takes 6 ms each time."""
        with self.read() as connection:
            self._looking.connection = connection
            try:
                yield
            finally:
                self._looking.connection = None

    def recover(self) -> None:
        """Bring the store to its newest schema and the copy to the newest state, also after a kill between the two.

        A writer at work is not waited for where there is a copy that can be read: it publishes when it is done.
        """
        if self._is_fresh():
            return
        try:
            with self._alone(0.0 if self._is_readable() else self._wait_s):
                self._heal()
        except WarehouseBusy:
            if not self._is_readable():
                raise

    def beside(self, folder: Path) -> "Warehouse":
        """Another warehouse with the same settings, in this folder."""
        return Warehouse(folder / self.path.name, wait_s=self._wait_s, memory=self._memory, threads=self._threads)

    def replace_with(self, other: "Warehouse") -> None:
        """Another warehouse's file takes the place of this one's, and is published. Nobody may be writing to it."""
        with self._alone():
            self._open().close()  # what a killed writer left would be replayed into the new file
            for path in (self.path, other.path):
                _refuse_leftover(path)
            other.path.replace(self.path)
            self._publish()

    def _heal(self) -> None:
        if _write_ahead(self.path).exists():
            _log.warning("Changes that were committed but not in the warehouse's file are brought into it")
        before = self._stamp()
        self._open().close()
        if before != self._stamp() or not self._is_fresh():
            self._publish()

    def _stamp(self) -> int:
        return self.path.stat().st_mtime_ns if self.path.exists() else 0

    def _is_fresh(self) -> bool:
        """Whether the copy holds all that the file does, in today's schema."""
        if not (self.path.exists() and self._is_readable()) or _write_ahead(self.path).exists():
            return False
        return self.published.stat().st_mtime_ns >= self.path.stat().st_mtime_ns

    def _is_readable(self) -> bool:
        """Whether there is a copy in today's schema."""
        if not self.published.exists():
            return False
        with self.read() as connection:
            return _version(connection) >= migrations()[-1][0]

    def _open(self) -> Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = duckdb.connect(str(self.path), config=self._config)
        try:
            _migrate(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _publish(self) -> None:
        _refuse_leftover(self.path)
        self.published.parent.mkdir(exist_ok=True)
        fresh = self.published.with_suffix(".tmp")
        shutil.copyfile(self.path, fresh)
        fresh.replace(self.published)

    @contextmanager
    def _alone(self, wait_s: float | None = None) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        deadline = time.monotonic() + (self._wait_s if wait_s is None else wait_s)
        with self._lock_path.open("a") as lock:
            while not _try_lock(lock.fileno()):
                if time.monotonic() > deadline:
                    raise WarehouseBusy(
                        f"{self.path}: another process has been writing for {self._wait_s:.0f} s; "
                        "wait for it to finish, or stop it, and start again"
                    )
                time.sleep(0.05)
            yield


class Turn:
    """The right to write, held by one process until it closes."""

    def __init__(self, connection: Connection) -> None:
        self.commits = 0
        self._connection = connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Committed as a whole, or rolled back and the error raised."""
        with _transaction(self._connection):
            yield self._connection
        self.commits += 1

    def close(self) -> None:
        """End it; DuckDB then brings the last commits into the file."""
        self._connection.close()


def _write_ahead(path: Path) -> Path:
    """Where DuckDB keeps commits that are not in the file yet; gone once it is closed well."""
    return path.with_name(f"{path.name}.wal")


def _refuse_leftover(path: Path) -> None:
    """A copy of the file alone would lack what was committed. Raises VardeError."""
    if _write_ahead(path).exists():
        raise VardeError(
            f"{path}: what was committed lies in {_write_ahead(path).name} and could not be brought into the file; "
            "free the disk and start again: nothing is lost"
        )


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _transaction(connection: Connection) -> Iterator[None]:
    owner = os.getpid()
    connection.execute("begin transaction")
    try:
        yield
        if os.getpid() != owner:
            raise RuntimeError("a forked child must not write through its parent's connection")
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def _version(connection: Connection) -> int:
    return int(connection.execute("select coalesce(max(version), 0) from schema_versions").fetchall()[0][0])


def _migrate(connection: Connection) -> None:
    connection.execute("create table if not exists schema_versions (version integer primary key, name varchar)")
    done = _version(connection)
    for version, name, statements in migrations():
        if version > done:
            with _transaction(connection):
                for statement in statements:
                    connection.execute(statement)
                connection.execute("insert into schema_versions values (?, ?)", [version, name])
