"""Trouble, counted: the same trouble in the same place is one row that says since when and how often."""

import json
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Connection, case, select

from ledger.store import insert_new
from ledger.tables import incidents
from terms.incident import Incident


class Counted(NamedTuple):
    """An incident with its history."""

    incident: Incident
    first_seen_at: datetime
    last_seen_at: datetime
    times: int


def key_of(incident: Incident) -> str:
    """The same for the same trouble in the same place, whatever its facts."""
    return sha256(f"{incident.where}\0{incident.level}\0{incident.message}".encode()).hexdigest()


def note_incidents(connection: Connection, found: Iterable[Incident], *, at: datetime, run: str) -> None:
    """Count incidents; noting those of one run twice (a run killed and started again) counts them once."""
    for incident in found:
        key = key_of(incident)
        facts = json.dumps(incident.facts, sort_keys=True, ensure_ascii=False)
        row = {
            "incident_key": key, "place": incident.where, "level": incident.level, "message": incident.message,
            "facts_json": facts, "first_seen_at": at, "last_seen_at": at, "times": 1, "last_run": run,
        }  # fmt: skip
        if not insert_new(connection, incidents, row, on=["incident_key"]):
            again = (incidents.c.incident_key == key) & (incidents.c.last_run != run)
            values = {"facts_json": facts, "last_seen_at": at, "times": incidents.c.times + 1, "last_run": run}
            connection.execute(incidents.update().where(again).values(**values))


def read_incidents(connection: Connection, *, since: datetime | None = None) -> list[Counted]:
    """Errors first, then the newest; only those last seen since a moment where one is given."""
    worst_first = case((incidents.c.level == "error", 0), else_=1)
    rows = select(incidents).order_by(worst_first, incidents.c.last_seen_at.desc(), incidents.c.incident_key)
    if since is not None:
        rows = rows.where(incidents.c.last_seen_at >= since)
    return [
        Counted(
            Incident(where=r.place, level=r.level, message=r.message, facts=json.loads(r.facts_json)),
            r.first_seen_at,
            r.last_seen_at,
            r.times,
        )
        for r in connection.execute(rows)
    ]
