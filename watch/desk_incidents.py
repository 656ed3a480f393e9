"""Incidents at the desk: what goes on, who takes care of it; nothing of others' companies (P36, P34)."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from ledger import audit, cares, incidents, people
from ledger.company_names import read_names
from ledger.incidents import Counted, key_of
from terms.care import Care, CareState
from terms.errors import NotFound
from terms.person import EVERY_COMPANY, Person, Scope
from watch.desk_queue import Workroom

_OVER = timedelta(days=7)  # trouble that was not seen for so long is over
_MOST, LONGEST_NOTE = 300, 2_000
Standing = Literal["again", "open", "in hand", "over", "settled"]
_ORDER: tuple[Standing, ...] = ("again", "open", "in hand", "over", "settled")


class Trouble(NamedTuple):
    """One incident. standing: `again` where it was settled and was seen since. owner: who acts, in words."""

    key: str
    counted: Counted
    standing: Standing
    owner: str
    care: Care | None


class TroublePage(NamedTuple):
    """One incident with every step on record, newest first, and those who could take it. called: names by key."""

    trouble: Trouble
    steps: tuple[Care, ...]
    colleagues: tuple[Person, ...]
    called: dict[str, str]


def trouble(room: Workroom, scope: Scope) -> list[Trouble]:
    """Incidents that name no company others serve: what needs somebody first, errors before warnings."""
    with room.house.ledger.read() as connection:
        found = incidents.read_incidents(connection)
        last = {care.incident_key: care for care in cares.read_cares(connection)}
        called = {known.person.person_key: known.person.name for known in people.read_people(connection)}
    now, names_others = room.house.clock(), _names_others(room, scope)
    shown = [_told(one, last, called, now) for one in found if not names_others(_text(one))]
    return sorted(shown, key=lambda one: _ORDER.index(one.standing))[:_MOST]


def open_trouble(room: Workroom, scope: Scope, incident_key: str) -> TroublePage:
    """One incident. Raises NotFound, also for one of a company that others serve."""
    found = _find(room, scope, incident_key)
    with room.house.ledger.read() as connection:
        steps = cares.read_cares(connection, incident_key)
        every = [known.person for known in people.read_people(connection)]
    called = {person.person_key: person.name for person in every}
    names_others = _names_others(room, scope)  # a colleague's note may name a company that this person does not serve
    kept = [one.model_copy(update={"note": ""}) if names_others(one.note) else one for one in reversed(steps)]
    return TroublePage(found, tuple(kept), tuple(who_may_act(room, scope)), called)


def who_may_act(room: Workroom, scope: Scope) -> list[Person]:
    """This person, and colleagues who share a company with them; by name."""
    with room.house.ledger.read() as connection:
        every = people.read_people(connection)
    near = [k.person for k in every if k.person == scope.person or k.serves & (scope.companies | {EVERY_COMPANY})]
    return sorted((p for p in near if p.is_active and p.role != "mentor"), key=lambda p: p.name.casefold())


def take_care(room: Workroom, scope: Scope, incident_key: str, state: CareState, owner_key: str, note: str) -> None:
    """Say who acts and how far they are; audited. Raises NotFound for an incident or a colleague there is not."""
    _find(room, scope, incident_key)
    if owner_key and owner_key not in {person.person_key for person in who_may_act(room, scope)}:
        raise NotFound("there is no such colleague")
    if len(note) > LONGEST_NOTE:
        raise ValueError(f"a note has at most {LONGEST_NOTE} characters")
    now, who = room.house.clock(), scope.person.name
    care = Care(
        incident_key=incident_key, state=state, owner_key=owner_key, note=" ".join(note.split()), who=who, at=now
    )
    with room.house.ledger.write() as connection:
        cares.append_care(connection, care)
        facts = {"incident": incident_key[:12], "state": state}
        audit.append_audit(connection, who, "took care of incident", facts, at=now)


def _find(room: Workroom, scope: Scope, incident_key: str) -> Trouble:
    found = next((one for one in trouble(room, scope) if one.key == incident_key), None)
    if found is None:
        raise NotFound("there is no such incident")
    return found


def _told(counted: Counted, last: Mapping[str, Care], called: Mapping[str, str], now: datetime) -> Trouble:
    key = key_of(counted.incident)
    care = last.get(key)
    owner = called.get(care.owner_key, "") if care else ""
    return Trouble(key, counted, _standing(counted, care, now), owner or counted.incident.facts.get("broker", ""), care)


def _standing(counted: Counted, care: Care | None, now: datetime) -> Standing:
    if care and care.state == "settled":
        return "again" if counted.last_seen_at > care.at else "settled"
    if care and care.state == "in hand":
        return "in hand"
    return "open" if now - counted.last_seen_at <= _OVER else "over"


def _text(counted: Counted) -> str:
    incident = counted.incident
    return " ".join((incident.where, incident.message, *incident.facts, *incident.facts.values()))


def _names_others(room: Workroom, scope: Scope) -> Callable[[str], bool]:
    """Whether a text names a company that others serve."""
    with room.house.ledger.read() as connection:
        every = read_names(connection)
    strange = _names({key: name for key, name in every.items() if key not in scope.companies})
    return lambda text: bool(strange and strange.search(text))


def _names(others: Mapping[str, str]) -> re.Pattern[str] | None:
    """Any key or name of these companies, as a word of its own."""
    words = sorted({re.escape(word) for pair in others.items() for word in pair}, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(words)})(?![\w-])", re.IGNORECASE) if words else None
