"""Words of everything stored, in an index of its own beside the published copy: SQLite's FTS5 (sqlite.org/fts5.html).

DuckDB has no word index (HOUSE 5) and a scan of a million compressed texts takes seconds. The index holds no text but
the lines that a search shows, is kept up by load number, can be thrown away at any time, and is written by one process
at a time.
"""

import fcntl
import re
import sqlite3
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from warehouse.sql import queries
from warehouse.store import Connection, Warehouse

_BULK = 25_000  # items; with more to take in the index is built rather than kept up, so many a transaction
_HASH = 2**26  # octets of words that a bulk transaction holds in memory
_WORD = re.compile(r"[^\W_]+")
_MOST_WORDS, MOST_FOUND, _SHORTEST_BEGINNING = 12, 50, 3
_VERSION = 2
_SCHEMA = f"""
pragma journal_mode=wal;
create virtual table if not exists words using fts5(
    title, body, content='', columnsize=0, detail=none, prefix='3 4 5', tokenize="unicode61 remove_diacritics 2"
);
create table if not exists lines (
    row_no integer primary key autoincrement, item_key text unique not null, kind text not null, source text not null,
    title text not null, published_on text, url text
);
create table if not exists reached (absorb_no integer not null);
pragma user_version={_VERSION};
"""


class Line(NamedTuple):
    """One item as a search shows it. url: as the source gave it, so hostile."""

    item_key: str
    kind: str
    source: str
    title: str
    published_on: date | None
    url: str | None


class SearchIndex:
    """The index of one warehouse, in `search.sqlite` beside it."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self.path = warehouse.path.with_name("search.sqlite")

    def refresh(self, tell: Callable[[int], None] = lambda done: None) -> int:
        """Take in what was loaded since; how many items, 0 where another process is at it. tell: items so far."""
        with self._alone() as is_ours:
            if not is_ours:
                return 0
            _forget_other_format(self.path)
            with closing(_connect(self.path)) as index, self._warehouse.read() as connection:
                index.execute("pragma synchronous=normal")  # it can be made again
                index.executescript(_SCHEMA)
                return _take_in(index, connection, tell)

    def find(self, words: str) -> list[Line]:
        """Items that hold every word, newest load first, then those where the last is but a beginning; at most 50."""
        asked = _asked(words)
        if not asked.whole or not self.path.exists():
            return []
        with closing(_connect(self.path)) as index:
            if _version(index) != _VERSION:  # just made, or of another Varde: whoever renews it makes it anew
                return []
            rows = _found(index, asked.whole)
            if asked.begun and len(rows) < MOST_FOUND:
                rows += [row for row in _found(index, asked.begun) if row not in rows]
        return [_line(*row) for row in rows[:MOST_FOUND]]

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        with self.path.with_suffix(".lock").open("a") as lock:
            try:
                fcntl.flock(lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True


def _line(item_key: str, kind: str, source: str, title: str, published_on: str | None, url: str | None) -> Line:
    return Line(item_key, kind, source, title, date.fromisoformat(published_on) if published_on else None, url)


def _found(index: sqlite3.Connection, asked: str) -> list[tuple[Any, ...]]:
    return index.execute(
        "select item_key, kind, source, lines.title, published_on, url from words"
        " join lines on lines.row_no = words.rowid where words match ? order by words.rowid desc limit ?",
        (asked, MOST_FOUND),
    ).fetchall()


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=30, isolation_level=None)


def _version(index: sqlite3.Connection) -> int:
    """0: an empty one, -1: no index at all."""
    try:
        return int(index.execute("pragma user_version").fetchone()[0])
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        return -1


def _forget_other_format(path: Path) -> None:
    """An index of another Varde, or none of ours: it is made anew."""
    with closing(_connect(path)) as index:
        found = _version(index)
    if found not in (0, _VERSION):
        for ending in ("", "-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)


def _take_in(index: sqlite3.Connection, connection: Connection, tell: Callable[[int], None]) -> int:
    reached = index.execute("select coalesce(max(absorb_no), 0) from reached").fetchone()[0]
    told = queries("search")
    coming, newest, places = connection.execute(told["count_loaded_since"].text, [reached]).fetchall()[0]
    step = _BULK if coming > _BULK else places
    _set_pace(index, is_bulk=coming > _BULK)
    done = 0
    for first in range(0, places, step) if coming else ():
        rows = connection.execute(told["read_loaded_since"].text, [reached, first, first + step]).fetchall()
        _put(index, rows)
        done += len(rows)
        tell(done)
    if done:  # only once all is in: a kill begins again where it was, and puts the same rows
        index.execute("insert into reached values (?)", (newest,))
    return done


def _set_pace(index: sqlite3.Connection, *, is_bulk: bool) -> None:
    """One large piece a transaction and no merging on the way, or small pieces merged as they come."""
    for what, much in (("hashsize", _HASH if is_bulk else 2**20), ("automerge", 0 if is_bulk else 4)):
        index.execute("insert into words (words, rank) values (?, ?)", (what, much))


def _put(index: sqlite3.Connection, batch: list[tuple[Any, ...]]) -> None:
    """A row of its own for each state: the item moves to the newest end, and the words of the former lead nowhere."""
    index.execute("begin immediate")
    last = index.execute("select max(seq) from sqlite_sequence where name = 'lines'").fetchone()[0] or 0
    for no, (item_key, *line, body) in enumerate(batch, last + 1):
        index.execute("delete from lines where item_key = ?", (item_key,))
        index.execute(
            "insert into lines (row_no, item_key, kind, source, title, published_on, url) values (?, ?, ?, ?, ?, ?, ?)",
            (no, item_key, *line),
        )
        index.execute("insert into words (rowid, title, body) values (?, ?, ?)", (no, line[2], body))
    index.execute("commit")


class _Asked(NamedTuple):
    """Queries of FTS5. whole: every word as typed. begun: the last as a beginning of three letters or more, or ""."""

    whole: str
    begun: str


def _asked(words: str) -> _Asked:
    """What a person typed as plain words: nothing they type is syntax (RELIABILITY F-13, F-14)."""
    typed = unicodedata.normalize("NFC", words[:500])
    found = _WORD.findall(typed)[:_MOST_WORDS]
    whole = " ".join(f'"{word}"' for word in found)
    is_begun = bool(found) and typed[-1:].isalnum() and len(found[-1]) >= _SHORTEST_BEGINNING
    return _Asked(whole, f"{whole}*" if is_begun else "")
