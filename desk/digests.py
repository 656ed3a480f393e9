"""This week's digests: order, sentence, hold back, preview, test, approve; and the archive as sent (P35)."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from desk.visit import Visit, Visitor
from watch import desk_digest
from watch.desk_digest import LONGEST_SENTENCE, Until
from watch.desk_test_mail import send_test

router = APIRouter()
Field = Annotated[str, Form(max_length=200)]
Sentence = Annotated[str, Form(max_length=4 * LONGEST_SENTENCE)]
View = Literal["desktop", "narrow", "dark", "text"]
_DARK = "@media (prefers-color-scheme: dark)"
MAIL_HEADERS = {
    # a mail has its styles inline; without scripts, links or anything from elsewhere, in a frame of our own only
    "content-security-policy": (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
    ),
    "x-frame-options": "SAMEORIGIN",
}


@router.get("/digests")
def show_digests(visit: Visitor) -> Response:
    """This week, company by company."""
    return visit.page("digests.html", weeks=desk_digest.weeks(visit.desk.room, visit.served))


@router.get("/digests/{company_key}")
def show_editor(visit: Visitor, company_key: str, view: View = "desktop", done: str = "") -> Response:
    """The draft of one company, with its preview. done: what has just been done, by a key of ours."""
    sheet = desk_digest.sheet(visit.desk.room, visit.served, company_key)
    sizes = (len(sheet.mail.html.encode()), len(sheet.mail.text.encode())) if sheet.mail else (0, 0)
    said = visit.t(f"digest.done.{done}") if done in _DONE else ""
    return visit.page("digest.html", sheet=sheet, view=view, sizes=sizes, said=said, longest=LONGEST_SENTENCE)


_DONE = ("saved", "tested", "approved", "drafted", "held", "released")


@router.get("/digests/{company_key}/preview")
def show_preview(visit: Visitor, company_key: str, dark: int = 0) -> Response:
    """The mail's page, for a frame of ours. dark: as a reader with dark colours sees it."""
    mail = desk_digest.sheet(visit.desk.room, visit.served, company_key).mail
    return HTMLResponse(in_scheme(mail.html if mail else "", is_dark=bool(dark)), headers=MAIL_HEADERS)


@router.post("/digests/{company_key}/draft")
def draft(visit: Visitor, company_key: str) -> Response:
    """This week's draft anew."""
    desk_digest.draft_anew(visit.desk.room, visit.served, company_key)
    return _back(company_key, "drafted")


@router.post("/digests/{company_key}/move")
def move(visit: Visitor, company_key: str, move: Field, seen: Field) -> Response:
    """One block up or down among its own kind. move: `up REF`, `down REF`, or by several places `down:3 REF`."""
    to, _, ref = move.partition(" ")
    way, _, far = to.partition(":")
    if way not in ("up", "down") or (far and not (far.isascii() and far.isdigit() and len(far) < 4)):
        raise ValueError("a block moves up or down")
    step = int(far or 1)
    desk_digest.move(visit.desk.room, visit.served, company_key, ref, -step if way == "up" else step, seen)
    return _back(company_key, "saved", f"#b-{ref}")


@router.post("/digests/{company_key}/sentence")
def say(visit: Visitor, company_key: str, seen: Field, sentence: Sentence = "") -> Response:
    """What a mentor or broker wants to say above the lines."""
    desk_digest.say(visit.desk.room, visit.served, company_key, sentence, seen)
    return _back(company_key, "saved")


@router.post("/digests/{company_key}/hold")
def hold(visit: Visitor, company_key: str, ref: Field, until: Annotated[Until, Form()], seen: Field) -> Response:
    """A line waits for the next digest, or is never told."""
    desk_digest.hold(visit.desk.room, visit.served, company_key, ref, until, seen)
    return _back(company_key, "held")


@router.post("/digests/{company_key}/release")
def release(visit: Visitor, company_key: str, ref: Field) -> Response:
    """A held line may be told again."""
    desk_digest.take_back(visit.desk.room, visit.served, company_key, ref)
    return _back(company_key, "released")


@router.post("/digests/{company_key}/test")
def test(visit: Visitor, company_key: str) -> Response:
    """The draft to oneself."""
    send_test(visit.desk.room, visit.served, company_key)
    return _back(company_key, "tested")


@router.post("/digests/{company_key}/approve")
def approve(visit: Visitor, company_key: str, seen: Field) -> Response:
    """Freeze what was seen into mails; 409 where it changed since."""
    desk_digest.approve(visit.desk.room, visit.served, company_key, seen)
    return _back(company_key, "approved")


@router.get("/archive")
def show_archive(visit: Visitor, company: str = "") -> Response:
    """What was approved and sent."""
    found = desk_digest.archive(visit.desk.room, visit.served, company)
    return visit.page("archive.html", found=found, company=company, names=_names(visit))


@router.get("/archive/{company_key}/{week}")
def show_sent(visit: Visitor, company_key: str, week: str) -> Response:
    """The mails of one digest, and its lines, each with the way back to the bytes it came from."""
    room, scope = visit.desk.room, visit.served
    mails = desk_digest.sent_mails(room, scope, company_key, week)
    kept = [one.digest for one in desk_digest.archive(room, scope, company_key) if one.digest.iso_week == week]
    lines = [line for one in kept for line in one.lines]
    name = _names(visit)[company_key]
    return visit.page("sent.html", mails=mails, lines=lines, week=week, company_key=company_key, name=name)


@router.get("/archive/{company_key}/{week}/{number}")
def show_mail(visit: Visitor, company_key: str, week: str, number: int) -> Response:
    """One mail as it left; with the reader's own links, so not for mentors."""
    mail = desk_digest.open_mail(visit.desk.room, visit.served, company_key, week, number)
    here = f"/archive/{company_key}/{week}/{number}"
    return visit.page("sent_mail.html", mail=mail, here=here, week=week, name=_names(visit)[company_key])


@router.get("/archive/{company_key}/{week}/{number}/page")
def show_mail_page(visit: Visitor, company_key: str, week: str, number: int) -> Response:
    """Its HTML, for a frame of ours."""
    mail = desk_digest.open_mail(visit.desk.room, visit.served, company_key, week, number)
    return HTMLResponse(mail.html, headers=MAIL_HEADERS)


@router.get("/archive/{company_key}/{week}/{number}/bytes")
def give_mail(visit: Visitor, company_key: str, week: str, number: int) -> Response:
    """The very bytes that left, as a file."""
    mail = desk_digest.open_mail(visit.desk.room, visit.served, company_key, week, number)
    name = f'attachment; filename="{mail.waiting.outgoing.company_key}-{mail.waiting.outgoing.iso_week}-{number}.eml"'
    return Response(
        mail.waiting.outgoing.body, media_type="application/octet-stream", headers={"content-disposition": name}
    )


def in_scheme(html: str, *, is_dark: bool) -> str:
    """The mail with its dark colours always, or never, whatever the reader's own machine prefers."""
    return html.replace(_DARK, "@media all" if is_dark else "@media not all")


def _back(company_key: str, done: str, place: str = "") -> Response:
    return RedirectResponse(f"/digests/{company_key}?done={done}{place}", 303)


def _names(visit: Visit) -> dict[str, str]:
    return desk_digest.names(visit.desk.room, visit.served)
