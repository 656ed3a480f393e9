"""Runs and cursors: what each collection brought, and where the next one starts."""

import json
from datetime import datetime
from typing import NamedTuple

from terms.haul import Haul
from warehouse.items import Absorbed, Counts
from warehouse.sql import queries
from warehouse.store import Connection


class Run(NamedTuple):
    """The last run of a source."""

    source: str
    run_key: str
    state: str
    counts: dict[str, int]
    items: int
    new_items: int
    changed_items: int
    started_at: datetime
    finished_at: datetime


def is_absorbed(connection: Connection, source: str, run_key: str) -> bool:
    """True where this haul has been loaded before."""
    return bool(connection.execute(queries("runs")["absorbed"].text, [source, run_key]).fetchall())


def absorbed_hauls(connection: Connection) -> set[tuple[str, str]]:
    """(source, run_key) of every haul that is in."""
    return set(connection.execute(queries("runs")["absorbed_hauls"].text).fetchall())


def store_run(connection: Connection, haul: Haul, absorbed: Absorbed | Counts, absorb_no: int) -> None:
    """The run's row, and its cursor if everything was read (P14). Call inside `Warehouse.write`."""
    counts = absorbed.counts if isinstance(absorbed, Absorbed) else absorbed
    connection.execute(
        queries("runs")["insert_run"].text,
        [haul.source, haul.run_key, absorb_no, haul.state, json.dumps(haul.counts, sort_keys=True),
         sum(counts), counts.new, counts.changed, haul.started_at, haul.finished_at],
    )  # fmt: skip
    if haul.state == "complete" and haul.cursor is not None:
        connection.execute(queries("runs")["move_cursor"].text, [haul.source, haul.cursor, haul.finished_at])


def read_cursors(connection: Connection) -> dict[str, str]:
    """source -> where its next crawl may start."""
    return dict(connection.execute(queries("runs")["read_cursors"].text).fetchall())


def latest_runs(connection: Connection) -> list[Run]:
    """The last run of every source, worst first."""
    rows = connection.execute(queries("runs")["latest_runs"].text).fetchall()
    return [Run(row[0], row[1], row[2], json.loads(row[3]), *row[4:]) for row in rows]


def examined_since(connection: Connection, moment: datetime) -> dict[str, tuple[int, int]]:
    """source -> (items examined, new items) of the runs finished since `moment`."""
    rows = connection.execute(queries("runs")["examined_since"].text, [moment]).fetchall()
    return {source: (int(items), int(new)) for source, items, new in rows}


def size(connection: Connection) -> list[tuple[str, str, int]]:
    """(source, kind, items) of everything stored."""
    return [(s, k, int(n)) for s, k, n in connection.execute(queries("runs")["size"].text).fetchall()]


def dump(connection: Connection) -> list[str]:
    """The logical content of the warehouse in a fixed order; two stores are the same if their dumps are (P63)."""
    return [f"{part}|{row}" for part, row in connection.execute(queries("runs")["dump_items"].text).fetchall()]
