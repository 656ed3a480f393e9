"""Hop 4 as rows: what was examined, what matched, what is flagged."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from terms.match import Document, Match, Reasons
from warehouse.columns import incoming, schema_of
from warehouse.sql import queries
from warehouse.store import Connection

_SCORED = schema_of(
    company_key="text", need_key="text", need_version="int", cluster_key="text", item_key="text", fit="float",
    confidence="float", reasons="text", is_flagged="bool", model_version="text", matched_at="at",
)  # fmt: skip
_PROGRESS = schema_of(
    need_key="text", need_version="int", model_version="text", absorb_no="int", clusters="int", examined_at="at"
)


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


class Loaded(NamedTuple):
    """A document with the load that last touched its cluster."""

    document: Document
    absorb_no: int


def read_documents(connection: Connection) -> list[Loaded]:
    """One document per cluster, in the order of their keys."""
    rows = connection.execute(queries("matches")["read_documents"].text).fetchall()
    return [Loaded(_document(row[:-1]), row[-1]) for row in rows]


def read_progress(connection: Connection) -> dict[tuple[str, int, str], int]:
    """(need key, version, model) -> the last load it was matched against."""
    rows = connection.execute(queries("matches")["read_examined"].text).fetchall()
    return {(need, version, model): absorb_no for need, version, model, absorb_no in rows}


def last_absorb(connection: Connection) -> int:
    """The number of the newest load, 0 before the first."""
    row = connection.execute(queries("matches")["last_absorb"].text).fetchall()[0]
    return int(row[0])


def store_matches(
    connection: Connection, matches: Sequence[Match], progress: Sequence[Progress], *, at: datetime
) -> None:
    """Matches and how far they reach, in one transaction. Call inside `Warehouse.write`."""
    with incoming(connection, "scored", [_scored(m, at) for m in matches], _SCORED):
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


def _document(row: tuple[Any, ...]) -> Document:
    cluster_key, item_key, kind, title, body, facts, codes = row
    return Document(
        cluster_key=cluster_key,
        item_key=item_key,
        kind=kind,
        title=title,
        text=body,
        language=json.loads(facts)["language"],
        codes=tuple(codes),
    )


def _scored(match: Match, at: datetime) -> dict[str, Any]:
    return {
        **match.model_dump(exclude={"reasons"}),
        "company_key": match.need_key.split("/", 1)[0],
        "reasons": match.reasons.model_dump_json(),
        "matched_at": at,
    }


def _match(row: dict[str, Any]) -> Match:
    kept = {name: row[name] for name in Match.model_fields if name != "reasons"}
    return Match(**kept, reasons=Reasons.model_validate_json(row["reasons"]))
