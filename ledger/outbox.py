"""Hop 7: mails with a claim on being delivered once. States: pending > sending > sent | failed | unknown | stopped."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Row, func, select

from ledger.store import insert_new
from ledger.tables import outbox, sends, stops
from terms.mail import OutboxState, Outgoing


class Waiting(NamedTuple):
    """A mail in the outbox, its state, how often it was tried and what was said last."""

    outgoing: Outgoing
    digest_key: str
    state: OutboxState
    attempts: int
    next_at: datetime
    detail: str | None


def enqueue(
    connection: Connection, digest_key: str, mails: Iterable[Outgoing], *, at: datetime, due_at: datetime
) -> int:
    """Put frozen mails into the outbox, each (company, week, kind, recipient) once; returns how many were new."""
    rows = [
        {**mail.model_dump(exclude={"body"}), "body": mail.body.decode("ascii"), "digest_key": digest_key,
         "state": "pending", "attempts": 0, "next_at": due_at, "changed_at": at}
        for mail in mails
    ]  # fmt: skip
    on = ["company_key", "iso_week", "kind", "recipient"]
    return sum(insert_new(connection, outbox, row, on=on) for row in rows)


def claim(connection: Connection, waiting: Waiting, *, at: datetime) -> bool:
    """pending > sending for one attempt, by a UNIQUE insert; False where another worker has it or it was stopped."""
    key, attempt = waiting.outgoing.outbox_key, waiting.attempts + 1
    if not insert_new(
        connection, sends, {"outbox_key": key, "attempt": attempt, "claimed_at": at}, on=["outbox_key", "attempt"]
    ):
        return False
    values = {"state": "sending", "attempts": attempt, "changed_at": at}
    pending = (outbox.c.outbox_key == key) & (outbox.c.state == "pending")
    return connection.execute(outbox.update().where(pending).values(**values)).rowcount == 1


def mark(
    connection: Connection,
    outbox_key: str,
    state: OutboxState,
    detail: str,
    *,
    at: datetime,
    next_at: datetime | None = None,
) -> None:
    """What became of a mail; next_at where it is to be tried again. A mail that is `sent` never changes again."""
    values = {"state": state, "detail": detail, "changed_at": at, **({"next_at": next_at} if next_at else {})}
    unsent = (outbox.c.outbox_key == outbox_key) & (outbox.c.state != "sent")
    connection.execute(outbox.update().where(unsent).values(**values))


def stop_addresses(connection: Connection, *, at: datetime) -> int:
    """Pending mails to addresses that asked for none become `stopped`; returns how many."""
    stopped = select(stops.c.address)
    pending = (outbox.c.state == "pending") & func.lower(outbox.c.recipient).in_(stopped)
    values = {"state": "stopped", "detail": "the address asked for no more mails", "changed_at": at}
    return connection.execute(outbox.update().where(pending).values(**values)).rowcount


def read_outbox(connection: Connection, *states: OutboxState) -> list[Waiting]:
    """Mails in these states (all where none is named), by key."""
    rows = select(outbox).order_by(outbox.c.outbox_key)
    if states:
        rows = rows.where(outbox.c.state.in_(states))
    return [_waiting(row) for row in connection.execute(rows)]


def claimed_at(connection: Connection, outbox_key: str) -> datetime | None:
    """When the newest attempt began."""
    rows = select(sends.c.claimed_at).where(sends.c.outbox_key == outbox_key).order_by(sends.c.attempt.desc())
    return connection.execute(rows.limit(1)).scalar()


def add_stop(connection: Connection, address: str, why: str, *, at: datetime) -> bool:
    """No more mails to this address; False where it had been stopped before."""
    return insert_new(connection, stops, {"address": address.lower(), "why": why, "stopped_at": at}, on=["address"])


def _waiting(row: Row[tuple[object, ...]]) -> Waiting:
    values = dict(row._mapping)
    fields = {name: values[name] for name in Outgoing.model_fields}
    outgoing = Outgoing.model_validate({**fields, "body": values["body"].encode("ascii")})
    return Waiting(
        outgoing, values["digest_key"], values["state"], values["attempts"], values["next_at"], values["detail"]
    )
