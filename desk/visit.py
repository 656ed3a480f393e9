"""Letting a request in: who it is, what they may, that it comes from our own page. Every route goes through here."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from fastapi import Depends, HTTPException, Request
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from desk.access import row_of
from desk.desk import Desk
from desk.frame import draw
from desk.menu import Menu, menu_for
from desk.texts import Speak, language_of, speak
from terms.person import Person, Scope
from watch.people import scope_of
from watch.sessions import resume

_SAFE = ("GET", "HEAD")
TOKEN_FIELD, TOKEN_HEADER = "csrf", "x-csrf-token"


@dataclass(frozen=True)
class Visit:
    """One admitted request. secret: of the session, or of the visitor who has not logged in yet."""

    desk: Desk
    request: Request
    scope: Scope | None
    secret: str

    @property
    def token(self) -> str:
        """What every unsafe form carries back; known only to pages of this session."""
        return token_of(self.secret)

    @property
    def served(self) -> Scope:
        """The companies this person serves. Raises LookupError on a route that needs no log-in."""
        if self.scope is None:
            raise LookupError("nobody is logged in here")
        return self.scope

    @property
    def person(self) -> Person:
        """Who is logged in."""
        return self.served.person

    @property
    def language(self) -> str:
        """The reader's."""
        return self.scope.person.language if self.scope else language_of(self.request.headers.get("accept-language"))

    @property
    def t(self) -> Speak:
        """Sentences in the reader's language."""
        return speak(self.language)

    @property
    def menu(self) -> Menu:
        """What this person may go to from here."""
        return menu_for(self.person.role, self.request.url.path)

    @property
    def is_part(self) -> bool:
        """Whether htmx or our own script asks for a part of a page only."""
        return self.request.headers.get("hx-request") == "true"

    def page(self, template: str, *, status: int = 200, **facts: Any) -> HTMLResponse:
        """A template with what every page needs: visit, csrf, t, and the reader's dates."""
        return draw(template, self.language, {"visit": self, "csrf": self.token, **facts}, status=status)


class LogInFirst(Exception):
    """Nobody is logged in where somebody must be. back: where to go on afterwards, a path of ours."""

    def __init__(self, back: str) -> None:
        super().__init__(back)
        self.back = back


def token_of(secret: str) -> str:
    """The CSRF token of a session; one way, so that a token read from a page opens no session."""
    return sha256(f"csrf {secret}".encode()).hexdigest()


async def admit(request: Request) -> Visit:
    """Who this is, if they may. Raises HTTPException 403 or 404, or LogInFirst."""
    desk: Desk = request.app.state.desk
    row = row_of(request.method, getattr(request.scope.get("route"), "path", ""))
    if row is None:
        raise HTTPException(404)
    scope = await run_in_threadpool(_scope, desk, request)
    if row.roles and scope is None:
        raise LogInFirst(_back(request))
    secret = request.cookies.get(desk.cookie if scope else desk.visitor_cookie, "")
    if request.method not in _SAFE and row.has_token:
        await _refuse_forged(request, secret)
    if row.roles and scope and scope.person.role not in row.roles:
        raise HTTPException(403)
    return Visit(desk, request, scope, secret)


Visitor = Annotated[Visit, Depends(admit)]


def _scope(desk: Desk, request: Request) -> Scope | None:
    secret = request.cookies.get(desk.cookie)
    known = resume(desk.house, secret, at=desk.wall()) if secret else None
    return scope_of(desk.house, known) if known else None


async def _refuse_forged(request: Request, secret: str) -> None:
    """Raises 403 unless the request comes from a page of this session: fetch metadata, origin and token."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site not in (None, "same-origin", "none") or (origin and urlsplit(origin).netloc != request.headers.get("host")):
        raise HTTPException(403)
    form: Mapping[str, Any] = await request.form()
    token = request.headers.get(TOKEN_HEADER) or form.get(TOKEN_FIELD)
    if not secret or not isinstance(token, str) or not compare_digest(token, token_of(secret)):
        raise HTTPException(403)


def _back(request: Request) -> str:
    if request.method != "GET":
        return ""
    query = f"?{request.url.query}" if request.url.query else ""
    return quote(request.url.path + query, safe="")
