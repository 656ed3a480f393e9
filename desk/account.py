"""Everybody's own page: language, single-key shortcuts, password, and whom they serve."""

from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from desk.visit import Visitor
from watch import people
from watch.passwords import is_password

router = APIRouter()
Field = Annotated[str, Form(max_length=500)]


@router.get("/account")
def show_account(visit: Visitor, said: str = "") -> Response:
    """The page. said: what has just been done, by a key of ours."""
    return visit.page("account.html", said=visit.t("account.saved") if said == "saved" else "", trouble="")


@router.post("/account")
def save(visit: Visitor, language: Field, shortcuts: Field = "") -> Response:
    """Language and shortcuts."""
    people.set_preferences(visit.desk.house, visit.person, language=language, shortcuts=shortcuts == "on")
    return RedirectResponse("/account?said=saved", 303)


@router.post("/account/password")
def change_password(visit: Visitor, old: Field, new: Field) -> Response:
    """A new password; every session of this person ends, this one too."""
    house, login = visit.desk.house, visit.person.login
    if not is_password(old, people.find_login(house, login).password_hash):
        return visit.page("account.html", said="", trouble=visit.t("account.wrong"), status=400)
    try:
        people.set_password(house, login, new, by=visit.person.name)
    except ValueError as error:
        return visit.page("account.html", said="", trouble=str(error), status=400)
    return RedirectResponse("/login?said=changed", 303)
