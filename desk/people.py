"""People of the desk, for operators: who they are, whom they serve, their passwords and sessions (P34)."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Response
from fastapi.responses import RedirectResponse

from desk.visit import Visit, Visitor
from terms.errors import VardeError
from terms.person import Role
from watch import desk_people
from watch.desk_people import Made

router = APIRouter()
Field = Annotated[str, Form(max_length=200)]
Chosen = Annotated[list[str], Form(max_length=5_000)]
RoleField = Annotated[Role, Form()]
Number = Annotated[int, Query(ge=0, le=1_000_000)]
_DONE = ("role", "serves", "sessions", "on", "off")


@router.get("/people")
def show_people(visit: Visitor) -> Response:
    """Everybody, and a form for somebody new."""
    return _list(visit, {})


@router.post("/people")
def add(visit: Visitor, login: Field, name: Field, role: RoleField, serves: Chosen = []) -> Response:  # noqa: B006 - never changed
    """Somebody new; the password is on the page that answers, and nowhere else."""
    try:
        made = desk_people.add(visit.desk.house, visit.served, login, name, role, serves)
    except (VardeError, ValueError) as error:
        return _list(visit, {"login": login, "name": name, "role": role}, trouble=str(error), status=400)
    return _one(visit, made.person.person_key, made=made)


@router.get("/people/{person_key}")
def show_person(visit: Visitor, person_key: str, done: str = "", n: Number = 0) -> Response:
    """One person with all that may be changed. done: what has just been done, by a key of ours."""
    return _one(visit, person_key, said=visit.t(f"people.done.{done}", n=n) if done in _DONE else "")


@router.post("/people/{person_key}/role")
def change_role(visit: Visitor, person_key: str, role: RoleField) -> Response:
    """Broker, mentor or operator."""
    desk_people.set_role(visit.desk.house, visit.served, person_key, role)
    return _back(person_key, "role")


@router.post("/people/{person_key}/serves")
def change_serves(visit: Visitor, person_key: str, serves: Chosen = []) -> Response:  # noqa: B006 - never changed
    """The companies they serve."""
    desk_people.set_serves(visit.desk.house, visit.served, person_key, serves)
    return _back(person_key, "serves")


@router.post("/people/{person_key}/password")
def reset_password(visit: Visitor, person_key: str) -> Response:
    """A new password, shown once; for oneself the page where one changes one's own."""
    if person_key == visit.person.person_key:
        return RedirectResponse("/account", 303)
    made = desk_people.reset_password(visit.desk.house, visit.served, person_key)
    return _one(visit, person_key, made=made)


@router.post("/people/{person_key}/sessions")
def end_sessions(visit: Visitor, person_key: str) -> Response:
    """Log them out everywhere."""
    ended = desk_people.end_sessions(visit.desk.house, visit.served, person_key)
    return _back(person_key, f"sessions&n={ended}")


@router.post("/people/{person_key}/active")
def switch(visit: Visitor, person_key: str, to: Field) -> Response:
    """Off, or on again. to: `on` or `off`."""
    if to not in ("on", "off"):
        raise ValueError("somebody is switched on or off")
    desk_people.set_active(visit.desk.house, visit.served, person_key, is_active=to == "on")
    return _back(person_key, to)


def _list(visit: Visit, written: dict[str, str], *, trouble: str = "", status: int = 200) -> Response:
    house, scope, room = visit.desk.house, visit.served, visit.desk.room
    return visit.page(
        "people.html",
        found=desk_people.list_everybody(room, scope, visit.desk.wall()),
        offered=desk_people.offered(room, scope),
        may_give_all=desk_people.serves_all(house, scope),
        written=written,
        trouble=trouble,
        status=status,
    )


def _one(visit: Visit, person_key: str, *, said: str = "", made: Made | None = None) -> Response:
    opened = desk_people.open_person(visit.desk.room, visit.served, person_key, visit.desk.wall())
    return visit.page("people_one.html", opened=opened, said=said, made=made)


def _back(person_key: str, done: str) -> Response:
    return RedirectResponse(f"/people/{person_key}?done={done}", 303)
