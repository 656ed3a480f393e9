"""The public paths. GET changes nothing, ever; only a POST with its own words acts (P54, E-22, E-23)."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.routing import APIRoute

from desk.public.forms import read_form
from desk.public.pace import Pace
from desk.public.page import gone, page
from terms.answer import ANSWERS, FREQUENCIES, AnswerVerb
from terms.errors import NotFound
from watch import answers, calendar, feed, preferences
from watch.house import House
from watch.preferences import Visitor

PACE = Pace()
_VERBS: dict[str, AnswerVerb] = {verb.replace(" ", "-"): verb for verb in ANSWERS}
_SLUGS = {verb: slug for slug, verb in _VERBS.items()}


def _paced(request: Request) -> None:
    """Raises HTTPException 429 where one address asks too often."""
    wait = PACE.wait_for(request.client.host if request.client else "")
    if wait:
        raise HTTPException(429, "Too many requests; try again in a moment.", {"retry-after": str(int(wait) + 1)})


router = APIRouter(dependencies=[Depends(_paced)])
Form = Annotated[dict[str, str], Depends(read_form)]


@router.get("/r/answer/{token}")
def show_answer(request: Request, token: str, say: str = "") -> Response:
    """The line, and what may be said of it; what the mail's link named is chosen already."""
    try:
        asked = answers.asked_of(_house(request), token)
    except NotFound:
        return gone()
    chosen = say if say in _VERBS else _SLUGS.get(asked.said or "useful", "useful")
    return _answer_page(asked, chosen, is_saved=False)


@router.post("/r/answer/{token}")
def save_answer(request: Request, token: str, form: Form) -> Response:
    """Keep the answer."""
    verb = _VERBS.get(form.get("say", ""))
    if verb is None:
        return show_answer(request, token)
    try:
        asked = answers.answer_by_link(_house(request), token, verb, form.get("note", ""))
    except NotFound:
        return gone()
    return _answer_page(asked, _SLUGS[verb], is_saved=True)


@router.get("/r/stop/{token}")
def show_stop(request: Request, token: str) -> Response:
    """Ask whether to stop."""
    try:
        visitor = preferences.visitor_of(_house(request), token, "stop")
    except NotFound:
        return gone()
    return _stop_page(visitor)


@router.post("/r/stop/{token}")
def stop(request: Request, token: str, form: Form) -> Response:
    """Stop: by the page's button, or by a mail program's one click (RFC 8058). Any other POST only shows the page."""
    is_one_click = form.get("List-Unsubscribe") == "One-Click"
    if not is_one_click and form.get("stop") != "yes":
        return show_stop(request, token)
    try:
        how = "one click (RFC 8058)" if is_one_click else "stop page"
        visitor = preferences.stop_by_link(_house(request), token, how=how)
    except NotFound:
        return gone()
    return _stop_page(visitor)


@router.get("/r/settings/{token}")
def show_settings(request: Request, token: str) -> Response:
    """What the reader chose so far."""
    try:
        visitor = preferences.visitor_of(_house(request), token, "settings")
    except NotFound:
        return gone()
    return _settings_page(visitor, is_saved=False)


@router.post("/r/settings/{token}")
def save_settings(request: Request, token: str, form: Form) -> Response:
    """Keep what the reader chose; a form that is not ours only shows the page."""
    frequency, language, mails = form.get("frequency", ""), form.get("language", ""), form.get("mails")
    if frequency not in FREQUENCIES or language not in ("", *preferences.LANGUAGES) or mails not in ("on", "off"):
        return show_settings(request, token)
    try:
        visitor = preferences.save_by_link(
            _house(request),
            token,
            frequency=frequency,
            language=language or None,
            is_on=mails == "on",
        )
    except NotFound:
        return gone()
    return _settings_page(visitor, is_saved=True)


@router.get("/r/calendar/{name}")
def show_calendar(request: Request, name: str) -> Response:
    """The company's deadlines, for calendar programs."""
    try:
        octets = calendar.serve(_house(request), name.removesuffix(".ics"))
    except NotFound:
        return gone()
    headers = {"content-disposition": 'attachment; filename="varde.ics"', "cache-control": "no-store"}
    return Response(octets, media_type="text/calendar; charset=utf-8", headers=headers)


@router.get("/r/feed/{name}")
def show_feed(request: Request, name: str) -> Response:
    """What the company was told, for feed readers: Atom, or JSON Feed where the name ends so."""
    token, _, ending = name.rpartition(".")
    if ending not in feed.FORMS:
        return gone()
    try:
        written = feed.serve(_house(request), token, ending)
    except NotFound:
        return gone()
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff", "x-robots-tag": "noindex, nofollow"}
    return Response(written, media_type=feed.FORMS[ending], headers=headers)


for _route in router.routes:  # HEAD answers as GET does, without its body; FastAPI does not add it by itself
    if isinstance(_route, APIRoute) and _route.methods and "GET" in _route.methods:
        _route.methods.add("HEAD")


def _house(request: Request) -> House:
    return cast(House, request.app.state.desk.house)


def _answer_page(asked: answers.Asked, chosen: str, *, is_saved: bool) -> Response:
    visitor = asked.visitor
    return page("answer.html", visitor.language, v=visitor, asked=asked, chosen=chosen, is_saved=is_saved)


def _stop_page(visitor: Visitor) -> Response:
    return page("stop.html", visitor.language, v=visitor, is_stopped=visitor.wishes.stopped_at is not None)


def _settings_page(visitor: Visitor, *, is_saved: bool) -> Response:
    return page("settings.html", visitor.language, v=visitor, is_saved=is_saved)
