"""Hop 7: mails with a claim on being delivered once. States: pending > sending > sent | failed | unknown | stopped."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Row, func, select

from ledger.preferences import is_wanted
from ledger.store import insert_new
from ledger.tables import digests, outbox, sends, stops
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
    """pending > sending for one attempt, by a UNIQUE insert; False where another worker has it or it was stopped.

    Whether the reader still wants it is asked in the same transaction (E-18).
    """
    key, attempt = waiting.outgoing.outbox_key, waiting.attempts + 1
    if not is_wanted(connection, waiting.outgoing.company_key, waiting.outgoing.recipient):
        mark(connection, key, "stopped", "the reader asked for no more mails, or for a pause", at=at)
        return False
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


def read_due(connection: Connection, now: datetime) -> list[Waiting]:
    """Pending mails whose time has come, those that wait longest first: what is slow or rationed stays fair (E-12)."""
    due = (outbox.c.state == "pending") & (outbox.c.next_at <= now)
    rows = select(outbox).where(due).order_by(outbox.c.next_at, outbox.c.outbox_key)
    return [_waiting(row) for row in connection.execute(rows)]


def count_states(connection: Connection) -> dict[str, int]:
    """state -> mails."""
    rows = select(outbox.c.state, func.count()).group_by(outbox.c.state)
    return {row[0]: int(row[1]) for row in connection.execute(rows)}


def read_digest_states(connection: Connection) -> dict[str, set[str]]:
    """digest key -> states of its mails, of every digest that is approved and not yet sent."""
    open_digests = select(digests.c.digest_key).where(digests.c.state == "approved")
    rows = select(outbox.c.digest_key, outbox.c.state).where(outbox.c.digest_key.in_(open_digests)).distinct()
    states: dict[str, set[str]] = {}
    for key, state in connection.execute(rows):
        states.setdefault(key, set()).add(state)
    return states


def read_weeks(connection: Connection, company_key: str, kind: str = "digest") -> dict[str, str]:
    """address -> the last ISO week whose mail this reader got, or may have got."""
    got = (outbox.c.company_key == company_key) & (outbox.c.kind == kind)
    got &= outbox.c.state.not_in(("failed", "stopped"))
    rows = select(outbox.c.recipient, func.max(outbox.c.iso_week)).where(got).group_by(outbox.c.recipient)
    return {str(row[0]).lower(): str(row[1]) for row in connection.execute(rows)}


def withdraw(connection: Connection, digest_key: str, why: str, *, at: datetime) -> int:
    """Mails of a digest that have not left and are not on their way become `stopped`; returns how many."""
    values = {"state": "stopped", "detail": why, "changed_at": at}
    waiting = (outbox.c.digest_key == digest_key) & outbox.c.state.in_(("pending", "failed"))
    return connection.execute(outbox.update().where(waiting).values(**values)).rowcount


def find_by_message_id(connection: Connection, beginning: str) -> Waiting | None:
    """The one mail whose Message-ID begins so; None where there is none, or more than one."""
    rows = connection.execute(select(outbox).where(outbox.c.message_id.startswith(beginning, autoescape=True))).all()
    return _waiting(rows[0]) if len(rows) == 1 else None


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
