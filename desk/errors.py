"""What goes wrong becomes a page with one sentence; nothing of the inside is shown (RELIABILITY F-19)."""

import logging
import secrets

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from desk.frame import draw
from desk.shield import TooMuch
from desk.texts import SENTENCES, language_of
from desk.visit import LogInFirst
from terms.errors import LedgerBusy, NotFound, VardeError, WarehouseBusy

_log = logging.getLogger(__name__)


def add_to(app: FastAPI) -> None:
    """Register what answers each kind of trouble."""
    app.add_exception_handler(LogInFirst, _log_in_first)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(TooMuch, _too_much)
    app.add_exception_handler(NotFound, _not_found)
    app.add_exception_handler(VardeError, _trouble)
    app.add_exception_handler(ValueError, _trouble)
    app.add_exception_handler(Exception, _broken)


def _log_in_first(request: Request, error: Exception) -> Response:
    back = error.back if isinstance(error, LogInFirst) else ""
    to = f"/login?next={back}" if back else "/login"
    if request.headers.get("hx-request") == "true":
        return Response(status_code=401, headers={"hx-redirect": to})
    return RedirectResponse(to, 303)


def _refused(request: Request, error: Exception) -> Response:
    return page(request, error.status_code if isinstance(error, HTTPException) else 400)


def _not_understood(request: Request, error: Exception) -> Response:
    return page(request, 400)


def _too_much(request: Request, error: Exception) -> Response:
    return page(request, 413)


def _not_found(request: Request, error: Exception) -> Response:
    return page(request, 404)


def _trouble(request: Request, error: Exception) -> Response:
    if isinstance(error, LedgerBusy | WarehouseBusy):
        _log.warning("A store did not answer the desk", extra={"error": str(error)})
        return page(request, 503)
    return page(request, 409 if isinstance(error, VardeError) else 400, str(error))


def _broken(request: Request, error: Exception) -> Response:
    number = secrets.token_hex(4)
    _log.error("A page broke", extra={"number": number, "route": request.url.path}, exc_info=error)
    return page(request, 500, number=number)


def page(request: Request, status: int, said: str = "", *, number: str = "") -> Response:
    """One sentence under a heading, in the language that the browser asks for."""
    language = language_of(request.headers.get("accept-language"))
    key = f"error.{status}" if f"error.{status}" in SENTENCES else "error.400"
    return draw("error.html", language, {"key": key, "said": said, "fault": number}, status=status)
