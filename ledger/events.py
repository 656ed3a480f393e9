"""The deadlines in each company's calendar; an event keeps its UID, and its sequence rises when it changes (P56)."""

from datetime import datetime

from sqlalchemy import Connection, select

from ledger.store import insert_new
from ledger.tables_answers import calendar_events
from terms.calendar import Event

_TOLD = ("title", "url", "deadline_at", "decide_on", "is_cancelled")


def save_event(connection: Connection, event: Event, *, at: datetime) -> bool:
    """Keep an event; what a reader would see changed raises its sequence. False where nothing changed."""
    known = calendar_events.c.uid == event.uid
    row = {**event.model_dump(), "sequence": 0, "changed_at": at}
    if insert_new(connection, calendar_events, row, on=["uid"]):
        return True
    before = connection.execute(select(calendar_events).where(known)).one()._mapping
    changed = {name: row[name] for name in _TOLD if before[name] != row[name]}
    if not changed:
        return False
    raised = {**changed, "sequence": before["sequence"] + 1, "changed_at": at}
    connection.execute(calendar_events.update().where(known).values(**raised))
    return True


def read_events(connection: Connection, company_key: str) -> list[Event]:
    """Every event of a company, by deadline."""
    rows = select(calendar_events).where(calendar_events.c.company_key == company_key)
    ordered = rows.order_by(calendar_events.c.deadline_at, calendar_events.c.uid)
    return [
        Event.model_validate({name: row._mapping[name] for name in Event.model_fields})
        for row in connection.execute(ordered)
    ]
