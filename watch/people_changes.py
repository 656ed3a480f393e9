"""What an operator changes of somebody: role, whether they may log in, their sessions; each change is audited (P66)."""

from ledger import audit, people, sessions
from terms.errors import VardeError
from terms.person import Role
from watch.house import House
from watch.people import find_login


def set_role(house: House, login: str, role: Role, *, by: str) -> None:
    """Another role, from the next page on. Raises NotFound; VardeError where no operator would be left."""
    person = find_login(house, login).person
    with house.ledger.write() as connection:
        if role != "operator":
            _refuse_last(people.read_people(connection), person.person_key)
        people.set_role(connection, person.person_key, role)
        facts = {"login": person.login, "from": person.role, "to": role}
        audit.append_audit(connection, by, "changed role", facts, at=house.clock())


def set_active(house: House, login: str, *, is_active: bool, by: str) -> None:
    """Whether somebody may log in; switched off, every session of theirs ends, and their name stays on what they did.

    Raises NotFound; VardeError where no operator would be left.
    """
    person = find_login(house, login).person
    with house.ledger.write() as connection:
        if not is_active:
            _refuse_last(people.read_people(connection), person.person_key)
            sessions.close_sessions_of(connection, person.person_key)
        people.set_active(connection, person.person_key, is_active=is_active)
        what = "switched person on" if is_active else "switched person off"
        audit.append_audit(connection, by, what, {"login": person.login}, at=house.clock())


def end_sessions(house: House, login: str, *, by: str) -> int:
    """Log somebody out everywhere; returns how many sessions ended. Raises NotFound."""
    person = find_login(house, login).person
    with house.ledger.write() as connection:
        ended = sessions.close_sessions_of(connection, person.person_key)
        facts = {"login": person.login, "ended": str(ended)}
        audit.append_audit(connection, by, "ended sessions", facts, at=house.clock())
    return ended


def _refuse_last(every: list[people.Known], person_key: str) -> None:
    """Raises VardeError unless another operator may log in."""
    left = [
        one for one in every if one.person.role == "operator" and one.person.is_active
        if one.person.person_key != person_key
    ]  # fmt: skip
    was = next((one.person for one in every if one.person.person_key == person_key), None)
    if was and was.role == "operator" and was.is_active and not left:
        raise VardeError(f"{was.login} is the only operator; make somebody else one first")
