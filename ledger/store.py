"""The only place that opens the ledger: SQLite or PostgreSQL by URL, one transaction helper for both.

SQLite: WAL, full sync, BEGIN IMMEDIATE for writers and 30 s of patience, as HOUSE 5 measured it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, NullPool, Table, create_engine, event, make_url, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from ledger.schema import STEPS, VERSION, metadata, schema_versions
from terms.errors import LedgerBusy, LedgerLost, SettingMissing

_PATIENCE_S = 30
_LASTING = tuple(f"SQLITE_{what}" for what in ("FULL", "READONLY", "CANTOPEN", "IOERR", "CORRUPT", "NOTADB", "PERM"))
_LASTING_STATES = ("53100", "58030", "25006", "XX001", "XX002")  # disk full, I/O, read-only, damaged
_KNOWN = ("sqlite", "postgresql+psycopg", "postgresql")


class Ledger:
    """One ledger. url: `sqlite:///path` or `postgresql://user@host/name`. Raises SettingMissing for any other."""

    def __init__(self, url: str) -> None:
        try:
            parsed = make_url(url)
        except ArgumentError as error:
            raise SettingMissing(
                "VARDE_LEDGER_URL is not a database address; try sqlite:///var/ledger.sqlite"
            ) from error
        if parsed.drivername not in _KNOWN:
            raise SettingMissing(f"VARDE_LEDGER_URL: {parsed.drivername!r} is not known; use sqlite or postgresql")
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.shown_as = parsed.render_as_string(hide_password=True)
        self._is_sqlite = parsed.drivername == "sqlite"
        self._file = Path(parsed.database) if self._is_sqlite and parsed.database else None
        try:
            self._engine = create_engine(parsed, poolclass=NullPool)
        except NoSuchModuleError as error:
            raise SettingMissing(f"VARDE_LEDGER_URL: no driver for {parsed.drivername!r}") from error
        if self._is_sqlite:
            event.listen(self._engine, "connect", _prepare_sqlite)
            event.listen(self._engine, "begin", _begin_sqlite)

    def prepare(self) -> None:
        """Create what is missing. Raises SettingMissing where a newer Varde has been here."""
        if self._file:
            self._file.parent.mkdir(parents=True, exist_ok=True)
        with self.write() as connection:
            schema_versions.create(connection, checkfirst=True)
            version = connection.execute(select(schema_versions.c.version)).scalar()
            if version is not None and version > VERSION:
                raise SettingMissing(
                    f"{self.shown_as} was written by a newer Varde (schema {version}); update this one"
                )
            _bring_up(connection, version)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: committed as a whole, or rolled back and the error raised.

        Raises LedgerBusy after 30 s, LedgerLost where waiting mends nothing.
        """
        with self._clear_errors(), self._engine.connect() as connection:
            connection.execution_options(varde_writes=True)
            with connection.begin():
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the ledger."""
        with self._clear_errors(), self._engine.connect() as connection:
            yield connection

    def backup(self, to: Path) -> Path | None:
        """A consistent copy while others work (SQLite); None on PostgreSQL, which has pg_dump for that."""
        if not self._is_sqlite:
            return None
        to.parent.mkdir(parents=True, exist_ok=True)
        fresh = to.with_suffix(".tmp")
        fresh.unlink(missing_ok=True)
        with closing(self._engine.raw_connection()) as connection:
            connection.cursor().execute("vacuum into ?", (str(fresh),))
        fresh.replace(to)
        return to

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            if _is_lasting(error):
                raise LedgerLost(
                    f"the ledger at {self.shown_as} cannot be used: {error.orig}; "
                    "free the disk or make it writable, and start again: nothing is lost"
                ) from error
            if not isinstance(error, OperationalError):
                raise
            raise LedgerBusy(
                f"the ledger at {self.shown_as} does not answer: {error.orig}; "
                "wait for the other process, or mend VARDE_LEDGER_URL, and start again"
            ) from error


def _is_lasting(error: DatabaseError) -> bool:
    """Whether the engine says something that waiting does not mend (sqlite.org/rescode.html; PostgreSQL appendix A)."""
    name, state = getattr(error.orig, "sqlite_errorname", ""), getattr(error.orig, "sqlstate", None)
    return name.startswith(_LASTING) or state in _LASTING_STATES


def _bring_up(connection: Connection, version: int | None) -> None:
    """From `version` (None: a new ledger) to today's, inside the caller's transaction."""
    if version is None:
        connection.execute(schema_versions.insert().values(version=VERSION))
    else:
        for step in range(version + 1, VERSION + 1):
            for statement in STEPS.get(step, ()):
                connection.exec_driver_sql(statement)
        if version < VERSION:
            connection.execute(schema_versions.update().values(version=VERSION))
    metadata.create_all(connection)


def insert_new(connection: Connection, table: Table, row: Mapping[str, Any], on: Sequence[str]) -> bool:
    """Insert unless a row with the same `on` columns is there; True if it was inserted. This is how claims are made."""
    insert = insert_sqlite if connection.dialect.name == "sqlite" else insert_postgresql
    statement = insert(table).values(**row).on_conflict_do_nothing(index_elements=list(on))
    # RETURNING, since the PostgreSQL driver does not count the rows of an insert
    return connection.execute(statement.returning(*(table.c[name] for name in on))).first() is not None


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # the driver's own transaction handling is switched off, so that BEGIN IMMEDIATE is ours
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=wal", "synchronous=full", "foreign_keys=on", f"busy_timeout={_PATIENCE_S * 1000}"):
        cursor.execute(f"pragma {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("varde_writes")
    connection.exec_driver_sql("begin immediate" if writes else "begin")
