"""People for the demo's desk: its brokers and mentors and an operator, with passwords made at each start."""

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from terms.errors import NotFound, VardeError
from terms.person import EVERY_COMPANY, Role
from watch.companies import read_watched
from watch.house import House, open_house
from watch.passwords import make_password
from watch.people import add_person, find_login, set_password

HERE = Path(__file__).parent
NOW = "2026-11-23T06:05:00Z"
"""The demo's fixed clock: a Monday, 07:05 in Oslo."""


class LogIn(NamedTuple):
    """One person of the demo with the password of today."""

    login: str
    password: str
    name: str
    role: Role
    serves: tuple[str, ...]


def demo_house(folder: Path) -> House:
    """The house that `varde demo` played. Raises VardeError where it has not."""
    if not (folder / "ledger.sqlite").exists():
        raise VardeError(f"{folder} holds no demo yet; `make demo` plays it")
    return open_house(
        None, home=folder, maps=HERE / "companies", feeds=HERE / "feeds.yaml", replay=HERE / "week", now=NOW
    )


def demo_people(house: House) -> Iterator[LogIn]:
    """Everybody, added where they are missing, each with a new password."""
    for login, name, role, serves in _cast(house):
        password = make_password()
        try:
            find_login(house, login)
            set_password(house, login, password, by="demo")
        except NotFound:
            add_person(house, login, name, role, password, serves=serves, by="demo")
        yield LogIn(login, password, name, role, serves)


def _cast(house: House) -> Iterator[tuple[str, str, Role, tuple[str, ...]]]:
    brokers: dict[str, list[str]] = {}
    mentors: dict[str, list[str]] = {}
    for company in read_watched(house):
        brokers.setdefault(company.engagement.broker, []).append(company.id)
        for mentor in company.engagement.mentors:
            mentors.setdefault(mentor, []).append(company.id)
    for name, keys in brokers.items():
        yield _login(name), name, "broker", tuple(keys)
    for name, keys in mentors.items():
        yield _login(name), name, "mentor", tuple(keys)
    yield "operator", "Operator", "operator", (EVERY_COMPANY,)


def _login(name: str) -> str:
    """The last name in plain letters."""
    plain = name.split()[-1].lower().translate(str.maketrans("øæåđ", "oaad"))
    return unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
