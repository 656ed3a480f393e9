"""People of the desk and the companies they serve (P34)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from ledger.store import insert_new
from ledger.tables_people import devices, people, serves, sessions
from terms.person import EVERY_COMPANY, Person, Role


class Known(NamedTuple):
    """A person with the hash of their password and the keys of the companies they serve (`*`: all)."""

    person: Person
    password_hash: str
    serves: frozenset[str]


def add_person(connection: Connection, person: Person, password_hash: str, *, at: datetime) -> bool:
    """Store a new person; False where the log-in name or the name is taken."""
    taken = (people.c.login == person.login) | (people.c.name == person.name)
    if connection.execute(select(people.c.person_key).where(taken)).first():
        return False
    row = {**person.model_dump(), "password_hash": password_hash, "since_at": at}
    return insert_new(connection, people, row, on=["login"])


def find_login(connection: Connection, login: str) -> Known | None:
    """By log-in name."""
    return _known(connection, people.c.login == login)


def find_person(connection: Connection, person_key: str) -> Known | None:
    """By key."""
    return _known(connection, people.c.person_key == person_key)


def read_people(connection: Connection) -> list[Known]:
    """Everybody, by log-in name."""
    served: dict[str, set[str]] = {}
    for person_key, company_key in connection.execute(select(serves)):
        served.setdefault(person_key, set()).add(company_key)
    rows = connection.execute(select(people).order_by(people.c.login)).mappings()
    return [Known(_person(r), r["password_hash"], frozenset(served.get(r["person_key"], ()))) for r in rows]


def read_serving(connection: Connection, company_key: str) -> list[Person]:
    """Those who serve one company, or all, by name."""
    serving = select(serves.c.person_key).where(serves.c.company_key.in_((company_key, EVERY_COMPANY)))
    rows = connection.execute(select(people).where(people.c.person_key.in_(serving)).order_by(people.c.name))
    return [_person(row) for row in rows.mappings()]


def set_serves(connection: Connection, person_key: str, company_keys: Iterable[str]) -> None:
    """Replace the companies that a person serves."""
    connection.execute(serves.delete().where(serves.c.person_key == person_key))
    for company_key in sorted(set(company_keys)):
        connection.execute(serves.insert().values(person_key=person_key, company_key=company_key))


def set_password(connection: Connection, person_key: str, password_hash: str) -> None:
    """A new password; every session and known browser of the person ends with the old one."""
    connection.execute(people.update().where(people.c.person_key == person_key).values(password_hash=password_hash))
    for table in (sessions, devices):
        connection.execute(table.delete().where(table.c.person_key == person_key))


def set_preferences(connection: Connection, person_key: str, *, language: str, shortcuts: bool) -> None:
    """How a person wants the desk."""
    of_person = people.c.person_key == person_key
    connection.execute(people.update().where(of_person).values(language=language, shortcuts=shortcuts))


def set_role(connection: Connection, person_key: str, role: Role) -> None:
    """What a person may do from now on."""
    connection.execute(people.update().where(people.c.person_key == person_key).values(role=role))


def set_active(connection: Connection, person_key: str, *, is_active: bool) -> None:
    """Whether a person may log in."""
    connection.execute(people.update().where(people.c.person_key == person_key).values(is_active=is_active))


def _known(connection: Connection, where: Any) -> Known | None:
    row = connection.execute(select(people).where(where)).mappings().one_or_none()
    if row is None:
        return None
    served = select(serves.c.company_key).where(serves.c.person_key == row["person_key"])
    return Known(_person(row), row["password_hash"], frozenset(connection.execute(served).scalars()))


def _person(row: Any) -> Person:
    return Person.model_validate({name: row[name] for name in Person.model_fields})
