"""Sessions, known browsers and failed tries; secrets are kept as hashes only."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from ledger.tables_people import devices, login_tries, sessions


class Session(NamedTuple):
    """An open session."""

    person_key: str
    opened_at: datetime
    used_at: datetime


def open_session(connection: Connection, secret_hash: str, person_key: str, *, at: datetime) -> None:
    """A new session."""
    row = {"secret_hash": secret_hash, "person_key": person_key, "opened_at": at, "used_at": at}
    connection.execute(sessions.insert().values(**row))


def find_session(connection: Connection, secret_hash: str) -> Session | None:
    """By the hash of its secret."""
    columns = (sessions.c[name] for name in Session._fields)
    row = connection.execute(select(*columns).where(sessions.c.secret_hash == secret_hash)).one_or_none()
    return Session(*row) if row else None


def touch_session(connection: Connection, secret_hash: str, *, at: datetime) -> None:
    """That it was used."""
    connection.execute(sessions.update().where(sessions.c.secret_hash == secret_hash).values(used_at=at))


def close_session(connection: Connection, secret_hash: str) -> None:
    """It opens nothing from now on."""
    connection.execute(sessions.delete().where(sessions.c.secret_hash == secret_hash))


def close_sessions_of(connection: Connection, person_key: str) -> int:
    """Every session of a person; returns how many there were."""
    return connection.execute(sessions.delete().where(sessions.c.person_key == person_key)).rowcount


def count_sessions(connection: Connection, *, used_after: datetime) -> dict[str, int]:
    """Person key -> sessions that were used since a moment."""
    rows = select(sessions.c.person_key, func.count()).where(sessions.c.used_at > used_after)
    return {key: int(count) for key, count in connection.execute(rows.group_by(sessions.c.person_key))}


def close_old_sessions(connection: Connection, *, opened_before: datetime, used_before: datetime) -> None:
    """Those that have run out."""
    old = (sessions.c.opened_at < opened_before) | (sessions.c.used_at < used_before)
    connection.execute(sessions.delete().where(old))


def add_device(connection: Connection, secret_hash: str, person_key: str, *, at: datetime) -> None:
    """A browser somebody has logged in with."""
    connection.execute(devices.insert().values(secret_hash=secret_hash, person_key=person_key, since_at=at))


def is_device_of(connection: Connection, secret_hash: str, person_key: str) -> bool:
    """Whether this person has logged in with this browser before."""
    of_person = (devices.c.secret_hash == secret_hash) & (devices.c.person_key == person_key)
    return connection.execute(select(devices.c.secret_hash).where(of_person)).first() is not None


def note_tries(connection: Connection, places: Sequence[str], *, at: datetime, forget_before: datetime) -> None:
    """One failed try, in every place it counts; old ones are forgotten."""
    connection.execute(login_tries.delete().where(login_tries.c.at < forget_before))
    connection.execute(login_tries.insert(), [{"place": place, "at": at} for place in places])


def count_tries(connection: Connection, place: str, *, since: datetime) -> int:
    """Failed tries in one place."""
    rows = select(func.count()).where((login_tries.c.place == place) & (login_tries.c.at >= since))
    return int(connection.execute(rows).scalar_one())


def forget_tries(connection: Connection, place: str) -> None:
    """After a log-in that succeeded."""
    connection.execute(login_tries.delete().where(login_tries.c.place == place))
