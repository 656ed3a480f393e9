"""Hop 4 as rows: what was examined, what matched, what is flagged."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import pyarrow as pa

from terms.match import Document, Match, Reasons
from warehouse.columns import incoming, schema_of, table_of
from warehouse.sql import queries
from warehouse.store import Connection

SCORED = schema_of(
    company_key="text", need_key="text", need_version="int", cluster_key="text", item_key="text", fit="float",
    confidence="float", reasons="text", is_flagged="bool", model_version="text", matched_at="at",
)  # fmt: skip
UNTIMED = SCORED.remove(SCORED.get_field_index("matched_at"))
_PROGRESS = schema_of(
    need_key="text", need_version="int", model_version="text", absorb_no="int", clusters="int", examined_at="at"
)

_WANTED_CLUSTERS, _WANTED_ITEMS = schema_of(cluster_key="text"), schema_of(item_key="text")


class Progress(NamedTuple):
    """How far a need version has been matched by a model: up to this load, over this many clusters."""

    need_key: str
    need_version: int
    model_version: str
    absorb_no: int
    clusters: int = 0


class Flagged(NamedTuple):
    """A flagged cluster of one company, with when its first member was seen."""

    company_key: str
    match: Match
    first_seen_at: datetime


def stream_documents(connection: Connection, since: int, rows: int = 8192) -> Iterator[pa.Table]:
    """One document per cluster touched after load `since`, as Arrow tables of about `rows` rows, in no certain order.

    Columns: cluster_key, item_key, kind, title, body, language, codes (a list of strings).
    """
    reader = connection.sql(queries("matches")["stream_documents"].text, params=[since]).to_arrow_reader(rows)
    for batch in reader or ():
        yield pa.Table.from_batches([batch])


def chosen_documents(connection: Connection, cluster_keys: Sequence[str]) -> pa.Table:
    """The same of the given clusters, as far as there are any, in the order of their keys."""
    with incoming(connection, "wanted", table_of(_WANTED_CLUSTERS, cluster_keys), _WANTED_CLUSTERS):
        return connection.sql(queries("matches")["read_spoken"].text).to_arrow_table()


def sample_documents(connection: Connection, until: int, most: int) -> list[Document]:
    """At most so many documents of clusters last touched up to load `until`: by hash of their keys, then by key."""
    keys = connection.execute(queries("matches")["sample_keys"].text, [until, most]).fetchall()
    return read_documents(connection, [key for (key,) in keys])


def read_documents(connection: Connection, cluster_keys: Sequence[str]) -> list[Document]:
    """The documents of the given clusters, in the order of their keys."""
    with incoming(connection, "wanted", table_of(_WANTED_CLUSTERS, cluster_keys), _WANTED_CLUSTERS):
        rows = connection.execute(queries("matches")["read_spoken"].text).fetchall()
    return [document_of(row) for row in rows]


def read_texts(connection: Connection, item_keys: Sequence[str]) -> pa.Table:
    """Item key, title and body of items, as columns."""
    with incoming(connection, "wanted", table_of(_WANTED_ITEMS, item_keys), _WANTED_ITEMS):
        return connection.sql(queries("matches")["read_texts"].text).to_arrow_table()


def count_clusters(connection: Connection, until: int) -> tuple[int, int]:
    """How many clusters were last touched up to load `until`, and how many after it."""
    older, newer = connection.execute(queries("matches")["count_clusters"].text, [until, until]).fetchall()[0]
    return int(older), int(newer)


def read_progress(connection: Connection) -> dict[tuple[str, int, str], int]:
    """(need key, version, model) -> the last load it was matched against."""
    rows = connection.execute(queries("matches")["read_examined"].text).fetchall()
    return {(need, version, model): absorb_no for need, version, model, absorb_no in rows}


def last_absorb(connection: Connection) -> int:
    """The number of the newest load, 0 before the first."""
    row = connection.execute(queries("matches")["last_absorb"].text).fetchall()[0]
    return int(row[0])


def seal_of(connection: Connection, until: int) -> str:
    """What the loads up to this one brought, in short: two warehouses with other loads have other seals."""
    return str(connection.execute(queries("matches")["seal"].text, [until]).fetchall()[0][0])


def store_matches(
    connection: Connection, matches: Sequence[Match] | pa.Table, progress: Sequence[Progress], *, at: datetime
) -> None:
    """Matches and how far they reach, in one transaction. Call inside `Warehouse.write`.

    A table has the columns of UNTIMED; reasons may be warehouse.reasons.UNTOLD.
    """
    table = matches if isinstance(matches, pa.Table) else _scored(matches)
    moments = pa.repeat(pa.scalar(at, SCORED.field("matched_at").type), table.num_rows)
    with incoming(connection, "scored", table.append_column("matched_at", moments), SCORED):
        connection.execute(queries("matches")["delete_rematched"].text)
        connection.execute(queries("matches")["insert_matches"].text)
    rows = [{**p._asdict(), "examined_at": at} for p in progress]
    with incoming(connection, "progress", rows, _PROGRESS):
        connection.execute(queries("matches")["insert_examined"].text)


def read_opportunities(connection: Connection, need_keys: Iterable[str]) -> list[Flagged]:
    """Flagged clusters on the given needs, once per company, best fit first."""
    cursor = connection.execute(queries("matches")["read_opportunities"].text, [sorted(need_keys)])
    names = [column[0] for column in cursor.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [Flagged(row["company_key"], _match(row), row["first_seen_at"]) for row in rows]


def read_match(connection: Connection, need_key: str, cluster_key: str) -> Match | None:
    """The newest match of a need and a cluster."""
    cursor = connection.execute(queries("matches")["read_match"].text, [need_key, cluster_key])
    names = [column[0] for column in cursor.description or ()]
    rows = cursor.fetchall()
    return _match(dict(zip(names, rows[0], strict=True))) if rows else None


def coverage(connection: Connection) -> dict[str, tuple[int, int]]:
    """need key -> (clusters examined, clusters flagged) (P05)."""
    rows = connection.execute(queries("matches")["coverage"].text).fetchall()
    return {need: (int(examined), int(flagged)) for need, examined, flagged in rows}


def document_of(row: tuple[Any, ...]) -> Document:
    """A document from a row as read_spoken gives it."""
    cluster_key, item_key, kind, title, body, language, codes = row
    return Document(
        cluster_key=cluster_key,
        item_key=item_key,
        kind=kind,
        title=title,
        text=body,
        language=language,
        codes=tuple(codes),
    )


def _scored(matches: Sequence[Match]) -> pa.Table:
    return table_of(
        UNTIMED,
        [m.need_key.split("/", 1)[0] for m in matches],
        *([getattr(m, name) for m in matches] for name in ("need_key", "need_version", "cluster_key", "item_key")),
        *([getattr(m, name) for m in matches] for name in ("fit", "confidence")),
        [m.reasons.model_dump_json() for m in matches],
        *([getattr(m, name) for m in matches] for name in ("is_flagged", "model_version")),
    )


def _match(row: dict[str, Any]) -> Match:
    kept = {name: row[name] for name in Match.model_fields if name != "reasons"}
    return Match(**kept, reasons=Reasons.model_validate_json(row["reasons"]))
