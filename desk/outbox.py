"""Every mail with its state, what closes too soon, and the extra mail for it (P55, P57)."""

from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from desk.digests import MAIL_HEADERS, in_scheme
from desk.visit import Visitor
from watch import desk_outbox, desk_urgent
from watch.desk_outbox import Word

router = APIRouter()
Field = Annotated[str, Form(max_length=400)]
_DONE = ("received", "resend")
_DRAFTED = ("draft", "quiet", "not due", "approved", "sent")


@router.get("/outbox")
def show_outbox(visit: Visitor, done: str = "") -> Response:
    """What needs a person, what is on its way, what is done with."""
    said = visit.t(f"outbox.done.{done}") if done in _DONE else ""
    return visit.page("outbox.html", outbox=desk_outbox.read_shown(visit.desk.room, visit.served), said=said)


@router.post("/outbox")
def settle(visit: Visitor, key: Field, word: Annotated[Word, Form()]) -> Response:
    """A person's word on a mail whose delivery is unknown, or that failed."""
    desk_outbox.settle(visit.desk.room, visit.served, key, word)
    return RedirectResponse(f"/outbox?done={word}", 303)


@router.get("/closing")
def show_closing(visit: Visitor) -> Response:
    """Calls that close before the next digest."""
    return visit.page("closing.html", found=desk_urgent.closing(visit.desk.room, visit.served))


@router.get("/closing/{company_key}")
def show_extra(visit: Visitor, company_key: str, done: str = "") -> Response:
    """The extra mail of one company."""
    extra = desk_urgent.extra_mail(visit.desk.room, visit.served, company_key)
    said = visit.t(f"closing.drafted.{done}") if done in _DRAFTED else ""
    return visit.page("extra.html", extra=extra, said=said)


@router.get("/closing/{company_key}/preview")
def show_preview(visit: Visitor, company_key: str) -> Response:
    """Its page, for a frame of ours."""
    mail = desk_urgent.extra_mail(visit.desk.room, visit.served, company_key).mail
    return HTMLResponse(in_scheme(mail.html if mail else "", is_dark=False), headers=MAIL_HEADERS)


@router.post("/closing/{company_key}/draft")
def draft(visit: Visitor, company_key: str) -> Response:
    """The extra mail, drafted from what is accepted now."""
    state = desk_urgent.draft(visit.desk.room, visit.served, company_key)
    return RedirectResponse(f"/closing/{company_key}?done={state}", 303)


@router.post("/closing/{company_key}/approve")
def approve(visit: Visitor, company_key: str, seen: Field) -> Response:
    """Freeze what was seen into mails; 409 where it changed since."""
    desk_urgent.approve(visit.desk.room, visit.served, company_key, seen)
    return RedirectResponse(f"/closing/{company_key}?done=approved", 303)
