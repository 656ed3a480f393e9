"""People of the desk: who they are, which companies they serve; every change is audited (P34, P66)."""

import secrets
from collections.abc import Sequence
from typing import NamedTuple

from ledger import audit, companies, people
from ledger.people import Known
from terms.errors import NotFound, VardeError
from terms.person import EVERY_COMPANY, Person, Role, Scope
from watch.house import House
from watch.passwords import hash_password


class Listed(NamedTuple):
    """A person and the keys of the companies they serve today."""

    person: Person
    serves: tuple[str, ...]


def add_person(
    house: House, login: str, name: str, role: Role, password: str, *, serves: Sequence[str] = (), by: str
) -> Person:
    """A new person of the desk. serves: company keys, `*` for all.

    Raises ValueError for an unusable password or name, VardeError where the name is taken, NotFound for a company.
    """
    made = Person(person_key=secrets.token_hex(8), login=_login(login), name=_name(name), role=role)
    password_hash = hash_password(password, made.login)
    _refuse_unknown(house, serves)
    with house.ledger.write() as connection:
        if not people.add_person(connection, made, password_hash, at=house.clock()):
            raise VardeError(f"there is somebody called {made.login} or {made.name} already; `varde people list`")
        people.set_serves(connection, made.person_key, serves)
        facts = {"login": made.login, "role": role, "serves": " ".join(sorted(serves))}
        audit.append_audit(connection, by, "added person", facts, at=house.clock())
    return made


def set_password(house: House, login: str, password: str, *, by: str) -> None:
    """A new password; every session of the person ends. Raises NotFound, ValueError."""
    known = find_login(house, login)
    password_hash = hash_password(password, known.person.login)
    with house.ledger.write() as connection:
        people.set_password(connection, known.person.person_key, password_hash)
        audit.append_audit(connection, by, "changed password", {"login": known.person.login}, at=house.clock())


def set_serves(house: House, login: str, company_keys: Sequence[str], *, by: str) -> None:
    """Which companies somebody serves, from now on. Raises NotFound for a person or company there is not."""
    known = find_login(house, login)
    _refuse_unknown(house, company_keys)
    with house.ledger.write() as connection:
        people.set_serves(connection, known.person.person_key, company_keys)
        facts = {"login": known.person.login, "serves": " ".join(sorted(company_keys))}
        audit.append_audit(connection, by, "changed companies served", facts, at=house.clock())


def set_preferences(house: House, person: Person, *, language: str, shortcuts: bool) -> None:
    """How somebody wants the desk. Raises ValueError for a language it does not speak."""
    if language not in ("en", "nb"):
        raise ValueError("the desk speaks English (en) and Norwegian (nb)")
    with house.ledger.write() as connection:
        people.set_preferences(connection, person.person_key, language=language, shortcuts=shortcuts)


def find_login(house: House, login: str) -> Known:
    """Raises NotFound."""
    with house.ledger.read() as connection:
        known = people.find_login(connection, login.strip().lower())
    if known is None:
        raise NotFound(f"nobody is called {login!r}; `varde people list` shows who there is")
    return known


def list_people(house: House) -> list[Listed]:
    """Everybody, by log-in name."""
    with house.ledger.read() as connection:
        return [Listed(k.person, tuple(sorted(k.serves))) for k in people.read_people(connection)]


def scope_of(house: House, known: Known) -> Scope:
    """The companies somebody serves now."""
    if EVERY_COMPANY not in known.serves:
        return Scope(person=known.person, companies=known.serves)
    with house.ledger.read() as connection:
        return Scope(person=known.person, companies=frozenset(companies.company_keys(connection)))


def colleagues(house: House, scope: Scope, company_key: str) -> list[Person]:
    """Others who serve this company, by name. Raises NotFound for one that is served by others only."""
    scope.require(company_key)
    with house.ledger.read() as connection:
        serving = people.read_serving(connection, company_key)
    return [person for person in serving if person.is_active and person != scope.person]


def _refuse_unknown(house: House, company_keys: Sequence[str]) -> None:
    with house.ledger.read() as connection:
        known = {*companies.company_keys(connection), EVERY_COMPANY}
    if strange := sorted(set(company_keys) - known):
        raise NotFound(f"there is no company {', '.join(strange)}; `varde company list` shows those there are")


def _login(login: str) -> str:
    tidy = login.strip().lower()
    if not tidy or len(tidy) > 200 or not tidy.isprintable() or " " in tidy:
        raise ValueError("a log-in name is one word of up to 200 characters, such as an address")
    return tidy


def _name(name: str) -> str:
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > 200 or not tidy.isprintable():
        raise ValueError("a name has 1 to 200 printable characters")
    return tidy
