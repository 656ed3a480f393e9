"""Logging in and out."""

import re
from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from desk.visit import Visit, Visitor, token_of
from watch.sessions import LONGEST, Slowed, log_in, log_out

router = APIRouter()
_OURS = re.compile(r"/(?![/\\])[A-Za-z0-9/_.\-?=&%+]{0,500}")
_YEAR_S = 365 * 24 * 3600
Field = Annotated[str, Form(max_length=500)]


def onward(address: str) -> str:
    """Where to go after logging in: a path of this desk and nothing else (RELIABILITY F-09)."""
    return address if _OURS.fullmatch(address) and not address.startswith("/login") else "/"


@router.get("/login")
def show_login(visit: Visitor, next: str = "/", said: str = "") -> Response:  # noqa: A002 - the field's name in the address
    """The form; a visitor gets a secret of their own, which the form's token is bound to."""
    if visit.scope:
        return RedirectResponse(onward(next), 303)
    return _form(visit, onward(next), visit.t("account.changed") if said == "changed" else "")


@router.post("/login")
def enter(visit: Visitor, login: Field, password: Field, next: Field = "/") -> Response:  # noqa: A002
    """A new session with a new id, also for somebody who has one."""
    desk, cookies = visit.desk, visit.request.cookies
    address = visit.request.client.host if visit.request.client else ""
    device = cookies.get(desk.device_cookie)
    found = log_in(desk.house, login, password, device=device, address=address, at=desk.wall())
    if isinstance(found, Slowed):
        said = visit.t("login.slowed", minutes=found.wait_s // 60)
        response = _form(visit, onward(next), said, login, status=429)
        response.headers["retry-after"] = str(found.wait_s)
        return response
    if found is None:
        return _form(visit, onward(next), visit.t("login.wrong"), login, status=401)
    response = RedirectResponse(onward(next), 303)
    _set(visit, response, desk.cookie, found.session, int(LONGEST.total_seconds()))
    _set(visit, response, desk.device_cookie, found.device, _YEAR_S)
    response.delete_cookie(desk.visitor_cookie, secure=desk.is_secure, httponly=True)
    return response


@router.post("/logout")
def leave(visit: Visitor) -> Response:
    """The session ends here and in the ledger."""
    log_out(visit.desk.house, visit.secret)
    response = RedirectResponse("/login", 303)
    response.delete_cookie(visit.desk.cookie, secure=visit.desk.is_secure, httponly=True)
    response.headers["clear-site-data"] = '"cache"'
    return response


def _form(visit: Visit, onward_to: str, said: str = "", login: str = "", *, status: int = 200) -> Response:
    secret = visit.request.cookies.get(visit.desk.visitor_cookie) or visit.desk.new_secret()
    response = visit.page(
        "login.html", onward=onward_to, said=said, login=login[:200], token=token_of(secret), status=status
    )
    _set(visit, response, visit.desk.visitor_cookie, secret, None)
    return response


def _set(visit: Visit, response: Response, name: str, secret: str, age_s: int | None) -> None:
    is_secure = visit.desk.is_secure
    response.set_cookie(name, secret, max_age=age_s, path="/", secure=is_secure, httponly=True, samesite="lax")
