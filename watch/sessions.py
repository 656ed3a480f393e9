"""Logging in and staying logged in (RELIABILITY F-06, F-07).

A guesser is slowed down per account and per address; nobody is locked out: a browser that has logged in before has a
count of its own (owasp.org: Slow Down Online Guessing Attacks with Device Cookies).
"""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from ledger import audit, people, sessions
from ledger.people import Known
from watch.house import House
from watch.passwords import is_password

IDLE, LONGEST = timedelta(hours=12), timedelta(days=7)
_WINDOW = timedelta(minutes=5)
_MOST_BY_PAIR, _MOST_BY_ADDRESS, _MOST_BY_ACCOUNT, _MOST_BY_DEVICE = 5, 30, 50, 10
_TOUCH = timedelta(minutes=1)


class LoggedIn(NamedTuple):
    """A new session: the secrets that go into cookies; only their hashes are stored."""

    session: str
    device: str


class Slowed(NamedTuple):
    """Too many tries; how many seconds to wait."""

    wait_s: int


class _Place(NamedTuple):
    key: str
    most: int


def log_in(
    house: House, login: str, password: str, *, device: str | None, address: str, at: datetime
) -> LoggedIn | Slowed | None:
    """A session, a wait, or None where name and password do not belong together. at: wall clock."""
    tidy = login.strip().lower()[:200]
    with house.ledger.read() as connection:
        known = people.find_login(connection, tidy)
        knows = bool(known and device and sessions.is_device_of(connection, _hash(device), known.person.person_key))
        places = _places(tidy, address, device if knows else None)
        tries = [sessions.count_tries(connection, place.key, since=at - _WINDOW) for place in places]
    if any(found >= place.most for found, place in zip(tries, places, strict=True)):
        return Slowed(int(_WINDOW.total_seconds()))
    if not is_password(password, known.password_hash if known else None) or not known or not known.person.is_active:
        _note_failure(house, tidy, address, places, at)
        return None
    return _opened(house, known, device if knows else None, places[0], address, at)


def resume(house: House, session: str, *, at: datetime) -> Known | None:
    """Whose session this is, or None where it is none or has run out. at: wall clock."""
    key = _hash(session)
    with house.ledger.read() as connection:
        found = sessions.find_session(connection, key)
        if found is None or at - found.opened_at > LONGEST or at - found.used_at > IDLE:
            return None
        known = people.find_person(connection, found.person_key)
    if at - found.used_at > _TOUCH:
        with house.ledger.write() as connection:
            sessions.touch_session(connection, key, at=at)
    return known if known and known.person.is_active else None


def log_out(house: House, session: str) -> None:
    """The session opens nothing from now on."""
    with house.ledger.write() as connection:
        sessions.close_session(connection, _hash(session))


def _opened(house: House, known: Known, device: str | None, first: _Place, address: str, at: datetime) -> LoggedIn:
    made = LoggedIn(secrets.token_urlsafe(32), device or secrets.token_urlsafe(32))
    person = known.person
    with house.ledger.write() as connection:
        sessions.close_old_sessions(connection, opened_before=at - LONGEST, used_before=at - IDLE)
        sessions.open_session(connection, _hash(made.session), person.person_key, at=at)
        if device is None:
            sessions.add_device(connection, _hash(made.device), person.person_key, at=at)
        sessions.forget_tries(connection, first.key)
        audit.append_audit(connection, person.name, "logged in", {"login": person.login, "from": address}, at=at)
    return made


def _note_failure(house: House, login: str, address: str, places: list[_Place], at: datetime) -> None:
    with house.ledger.write() as connection:
        keys = [place.key for place in places]
        sessions.note_tries(connection, keys, at=at, forget_before=at - 2 * _WINDOW)
        audit.append_audit(connection, "nobody", "log-in refused", {"login": login, "from": address}, at=at)


def _places(login: str, address: str, device: str | None) -> list[_Place]:
    """What this try counts in; a known browser counts alone."""
    if device:
        return [_Place(_hash(f"device {device}"), _MOST_BY_DEVICE)]
    return [
        _Place(_hash(f"pair {login} {address}"), _MOST_BY_PAIR),
        _Place(_hash(f"address {address}"), _MOST_BY_ADDRESS),
        _Place(_hash(f"account {login}"), _MOST_BY_ACCOUNT),
    ]


def _hash(secret: str) -> str:
    return sha256(secret.encode("utf-8", "replace")).hexdigest()
