"""Words of everything stored, in an index of its own beside the published copy: SQLite's FTS5 (sqlite.org/fts5.html).

DuckDB has no word index (HOUSE 5) and a scan of a million compressed texts takes seconds. The index holds no text, is
kept up by load number, can be thrown away at any time, and is written by one process at a time.
"""

import fcntl
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from warehouse.sql import queries
from warehouse.store import Connection, Warehouse

_BATCH = 5_000
_WORD = re.compile(r"\w+", re.UNICODE)
_MOST_WORDS, MOST_FOUND = 12, 50
_SCHEMA = """
create virtual table if not exists words using fts5(
    title, body, content='', detail=column, tokenize="unicode61 remove_diacritics 2"
);
create table if not exists keys (row_no integer primary key, item_key text unique not null);
create table if not exists reached (absorb_no integer not null);
"""


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
            with closing(self._open()) as index, self._warehouse.read() as connection:
                return _take_in(index, connection, tell)

    def find(self, words: str) -> list[str]:
        """Item keys that hold every word (the last may be a beginning), newest load first, at most 50."""
        asked = _asked(words)
        if not asked or not self.path.exists():
            return []
        with closing(self._open()) as index:
            rows = index.execute(
                "select keys.item_key from words join keys on keys.row_no = words.rowid where words match ?"
                " order by words.rowid desc limit ?",
                (asked, MOST_FOUND),
            )
            return [key for (key,) in rows]

    def _open(self) -> sqlite3.Connection:
        index = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        index.execute("pragma journal_mode=wal")
        index.execute("pragma synchronous=normal")  # it can be made again
        index.executescript(_SCHEMA)
        return index

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        with self.path.with_suffix(".lock").open("a") as lock:
            try:
                fcntl.flock(lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True


def _take_in(index: sqlite3.Connection, connection: Connection, tell: Callable[[int], None]) -> int:
    reached = index.execute("select coalesce(max(absorb_no), 0) from reached").fetchone()[0]
    rows = connection.execute(queries("search")["read_loaded_since"].text, [reached])
    done, newest = 0, reached
    while batch := rows.fetchmany(_BATCH):
        index.execute("begin immediate")
        for item_key, title, body, absorb_no in batch:
            _put(index, item_key, title, body)
            newest = max(newest, absorb_no)
        index.execute("commit")
        done += len(batch)
        tell(done)
    if newest > reached:  # only once all is in: a kill begins again where it was, and puts the same rows
        index.execute("insert into reached values (?)", (newest,))
    return done


def _put(index: sqlite3.Connection, item_key: str, title: str, body: str) -> None:
    """A row of its own for each state: the item moves to the newest end, and the words of the former lead nowhere."""
    former = index.execute("select row_no from keys where item_key = ?", (item_key,)).fetchone()
    if former:
        index.execute("delete from keys where row_no = ?", former)
    row_no = index.execute("insert into keys (item_key) values (?)", (item_key,)).lastrowid
    index.execute("insert into words (rowid, title, body) values (?, ?, ?)", (row_no, title, body))


def _asked(words: str) -> str:
    """What a person typed as an FTS5 query of plain words: nothing they type is syntax (RELIABILITY F-13, F-14)."""
    found = _WORD.findall(words[:500])[:_MOST_WORDS]
    if not found:
        return ""
    quoted = [f'"{word}"' for word in found]
    return " ".join(quoted) + ("*" if words[-1:].isalnum() else "")
