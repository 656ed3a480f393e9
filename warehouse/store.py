"""The only place that opens DuckDB: a short write under a file lock, then a published copy for readers.

A DuckDB file belongs to one process and a writer shuts readers out, so readers get a copy that is replaced
atomically (HOUSE 5). COMMIT of a failed transaction "succeeds" and drops everything (RELIABILITY 1, fact 6),
so there is one transaction helper, and it rolls back and raises.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from terms.errors import WarehouseBusy
from warehouse.sql import migrations

Connection = duckdb.DuckDBPyConnection


class Warehouse:
    """One warehouse file and its published copy.

    path: the DuckDB file. wait_s: how long a writer waits for its turn. memory: DuckDB's memory limit.
    """

    def __init__(self, path: Path, *, wait_s: float = 30.0, memory: str = "1GB", threads: int = 2) -> None:
        self.path = path
        self.published = path.parent / "published" / path.name
        self._lock_path = path.with_suffix(".lock")
        self._wait_s = wait_s
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

        Raises WarehouseBusy when another process holds the store longer than wait_s.
        """
        with self._turn():
            connection = self._open()
            try:
                with _transaction(connection):
                    yield connection
            finally:
                connection.close()
            self._publish()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read-only connection to the published copy; never waits for a writer."""
        if not self.published.exists():
            self.recover()
        connection = duckdb.connect(str(self.published), read_only=True, config=self._config)
        try:
            yield connection
        finally:
            connection.close()

    def recover(self) -> None:
        """Bring the store to its newest schema and the copy to the newest state, also after a kill between the two."""
        with self._turn():
            self._open().close()
            if not self.published.exists() or self.published.stat().st_mtime_ns < self.path.stat().st_mtime_ns:
                self._publish()

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
        self.published.parent.mkdir(exist_ok=True)
        fresh = self.published.with_suffix(".tmp")
        shutil.copyfile(self.path, fresh)
        fresh.replace(self.published)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        deadline = time.monotonic() + self._wait_s
        with self._lock_path.open("a") as lock:
            while not _try_lock(lock.fileno()):
                if time.monotonic() > deadline:
                    raise WarehouseBusy(
                        f"{self.path}: another process has been writing for {self._wait_s:.0f} s; "
                        "wait for it to finish, or stop it, and start again"
                    )
                time.sleep(0.05)
            yield


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


def _migrate(connection: Connection) -> None:
    connection.execute("create table if not exists schema_versions (version integer primary key, name varchar)")
    done = connection.execute("select coalesce(max(version), 0) from schema_versions").fetchall()[0][0]
    for version, name, statements in migrations():
        if version > done:
            with _transaction(connection):
                for statement in statements:
                    connection.execute(statement)
                connection.execute("insert into schema_versions values (?, ?)", [version, name])
