"""A need of one company and a competence of another: told step by step, with both consents on record (P43)."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from desk.visit import Visit, Visitor
from terms.consent import Revealed
from watch import desk_pairs
from watch.desk_stamp import network_stamp

router = APIRouter()
Field = Annotated[str, Form(max_length=200)]
_DONE = ("profiles", "given", "revoked")


@router.get("/pairs")
def show_pairs(visit: Visitor) -> Response:
    """Suggestions for the broker of both companies; best first, worked out aside."""
    room, scope = visit.desk.room, visit.served
    key = f"pairs {network_stamp(room, scope)} {desk_pairs.steps_so_far(room)}"
    work = visit.desk.aside.start(key, "", lambda: desk_pairs.list_pairs(room, scope))
    return visit.page("pairs_part.html" if visit.is_part else "pairs.html", work=work)


@router.get("/pairs/{pair_key}")
def show_pair(visit: Visitor, pair_key: str, done: str = "") -> Response:
    """One pair. done: what has just been done, by a key of ours."""
    return _page(visit, pair_key, said=visit.t(f"pairs.done.{done}") if done in _DONE else "")


@router.post("/pairs/{pair_key}/profiles")
def show_profiles(visit: Visitor, pair_key: str) -> Response:
    """Both companies may have the other one's anonymous profile from now on."""
    desk_pairs.show_profiles(visit.desk.room, visit.served, pair_key)
    return RedirectResponse(f"/pairs/{pair_key}?done=profiles", 303)


@router.post("/pairs/{pair_key}/consent")
def note_consent(
    visit: Visitor, pair_key: str, company: Field, said_by: Field, act: Annotated[Literal["give", "revoke"], Form()]
) -> Response:
    """What somebody of a company said."""
    given = act == "give"
    desk_pairs.note_consent(visit.desk.room, visit.served, pair_key, company, said_by, given=given)
    return RedirectResponse(f"/pairs/{pair_key}?done={'given' if given else 'revoked'}", 303)


@router.post("/pairs/{pair_key}/names")
def tell_name(visit: Visitor, pair_key: str, company: Field) -> Response:
    """The other company by name, for this one; on the page that answers, and on record."""
    told = desk_pairs.tell_name(visit.desk.room, visit.served, pair_key, company)
    return _page(visit, pair_key, told=told, reader=company)


def _page(visit: Visit, pair_key: str, *, said: str = "", told: Revealed | None = None, reader: str = "") -> Response:
    page = desk_pairs.open_pair(visit.desk.room, visit.served, pair_key)
    return visit.page("pair.html", page=page, said=said, told=told, reader=reader)
