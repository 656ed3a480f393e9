"""People as an operator's page shows them: nobody gives away, or gets at, more than they serve themselves (P34)."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from ledger import people, sessions
from ledger.people import Known
from terms.errors import NotFound, VardeError
from terms.person import EVERY_COMPANY, Person, Role, Scope
from watch import people as everybody
from watch import people_changes
from watch.desk_queue import Workroom, read_scope_maps
from watch.house import House
from watch.passwords import make_password
from watch.sessions import IDLE

_NOT_ONESELF = "nobody changes their own role or switches themselves off; ask another operator"
_BEYOND = "they serve companies that you do not; ask an operator who serves all of them"


class Listed(NamedTuple):
    """One person. serves: names of companies, of those the operator serves as well. sessions: open ones.

    is_everywhere: whether they serve every company there will be.
    """

    person: Person
    serves: tuple[str, ...]
    is_everywhere: bool
    sessions: int


class Opened(NamedTuple):
    """One person to change. chosen: keys of companies they serve. offered: key -> name of those one may give.

    is_within: whether the operator serves all their companies, so that role, password and log-in may be changed.
    may_give_all: whether `every company` may be given.
    """

    listed: Listed
    chosen: frozenset[str]
    offered: dict[str, str]
    is_self: bool
    is_within: bool
    may_give_all: bool


class Made(NamedTuple):
    """A person with a password that is shown once."""

    person: Person
    password: str


def list_everybody(room: Workroom, scope: Scope, at: datetime) -> list[Listed]:
    """Who serves no company yet, or one that the operator serves; by name, who is switched off last. at: wall clock."""
    names, all_mine = offered(room, scope), serves_all(room.house, scope)
    with room.house.ledger.read() as connection:
        every = people.read_people(connection)
        active = sessions.count_sessions(connection, used_after=at - IDLE)
    found = [_listed(known, names, active) for known in every if _is_seen(known, scope, all_mine)]
    return sorted(found, key=lambda one: (not one.person.is_active, one.person.name.casefold()))


def open_person(room: Workroom, scope: Scope, person_key: str, at: datetime) -> Opened:
    """One person. Raises NotFound, also for who serves only companies of others. at: wall clock."""
    known = _find(room.house, scope, person_key)
    names = offered(room, scope)
    with room.house.ledger.read() as connection:
        active = sessions.count_sessions(connection, used_after=at - IDLE)
    return Opened(
        _listed(known, names, active),
        known.serves & set(names),
        names,
        person_key == scope.person.person_key,
        _is_within(room.house, scope, known),
        serves_all(room.house, scope),
    )


def offered(room: Workroom, scope: Scope) -> dict[str, str]:
    """Key -> name of the companies that the operator serves, by name."""
    names = {key: company.name for key, company in read_scope_maps(room, scope).items()}
    return dict(sorted(names.items(), key=lambda pair: pair[1].casefold()))


def serves_all(house: House, scope: Scope) -> bool:
    """Whether this person serves every company, also those to come."""
    return EVERY_COMPANY in everybody.find_login(house, scope.person.login).serves


def add(house: House, scope: Scope, login: str, name: str, role: Role, serves: Sequence[str]) -> Made:
    """Somebody new. Raises ValueError, VardeError where the name is taken, NotFound for a company of others."""
    _refuse_beyond(house, scope, serves)
    password = make_password()
    made = everybody.add_person(house, login, name, role, password, serves=serves, by=scope.person.name)
    return Made(made, password)


def set_role(house: House, scope: Scope, person_key: str, role: Role) -> None:
    """Raises NotFound; VardeError for oneself, the last operator, and who serves companies that one does not."""
    person = _another(house, scope, person_key)
    people_changes.set_role(house, person.login, role, by=scope.person.name)


def set_serves(house: House, scope: Scope, person_key: str, company_keys: Sequence[str]) -> None:
    """Which companies they serve, of those one serves oneself; what they serve beyond stays. Raises NotFound."""
    known = _find(house, scope, person_key)
    _refuse_beyond(house, scope, company_keys)
    within = scope.companies | ({EVERY_COMPANY} if serves_all(house, scope) else set())
    kept = known.serves - within
    everybody.set_serves(house, known.person.login, sorted({*company_keys, *kept}), by=scope.person.name)


def reset_password(house: House, scope: Scope, person_key: str) -> Made:
    """A new password, made here; every session of theirs ends. Raises as `set_role`.

    Whoever knows the password can look at what they serve, so it must be no more than one serves oneself.
    """
    person = _another(house, scope, person_key)
    password = make_password()
    everybody.set_password(house, person.login, password, by=scope.person.name)
    return Made(person, password)


def end_sessions(house: House, scope: Scope, person_key: str) -> int:
    """Log them out everywhere; returns of how many sessions. Raises NotFound."""
    return people_changes.end_sessions(house, _find(house, scope, person_key).person.login, by=scope.person.name)


def set_active(house: House, scope: Scope, person_key: str, *, is_active: bool) -> None:
    """Raises as `set_role`."""
    person = _another(house, scope, person_key)
    people_changes.set_active(house, person.login, is_active=is_active, by=scope.person.name)


def _listed(known: Known, names: dict[str, str], active: dict[str, int]) -> Listed:
    served = tuple(name for key, name in names.items() if key in known.serves)
    return Listed(known.person, served, EVERY_COMPANY in known.serves, active.get(known.person.person_key, 0))


def _find(house: House, scope: Scope, person_key: str) -> Known:
    with house.ledger.read() as connection:
        known = people.find_person(connection, person_key)
    if known is None or not _is_seen(known, scope, serves_all(house, scope)):
        raise NotFound("there is nobody like that")
    return known


def _is_seen(known: Known, scope: Scope, all_mine: bool) -> bool:
    return all_mine or not known.serves or EVERY_COMPANY in known.serves or bool(known.serves & scope.companies)


def _another(house: House, scope: Scope, person_key: str) -> Person:
    if person_key == scope.person.person_key:
        raise VardeError(_NOT_ONESELF)
    known = _find(house, scope, person_key)
    if not _is_within(house, scope, known):
        raise VardeError(_BEYOND)
    return known.person


def _is_within(house: House, scope: Scope, known: Known) -> bool:
    return serves_all(house, scope) or known.serves <= scope.companies


def _refuse_beyond(house: House, scope: Scope, company_keys: Sequence[str]) -> None:
    for key in company_keys:
        if key != EVERY_COMPANY:
            scope.require(key)
        elif not serves_all(house, scope):
            raise NotFound("only who serves every company may give all of them")
