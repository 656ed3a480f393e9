"""What is done to an opportunity: decide, take back, ask a colleague, say one's opinion."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, cast, get_args

from fastapi import APIRouter, Depends, Form, Response
from fastapi.responses import JSONResponse, RedirectResponse

from desk.queue import Choice, chosen
from desk.visit import Visit, Visitor
from terms.decision import Decision, RejectReason, Verb
from terms.errors import Overtaken
from watch.desk_decide import LONGEST_NOTE, MOST_AT_ONCE, Said, answer, ask, decide_all, find, undo

router = APIRouter()
_TITLE = 90
Field = Annotated[str, Form(max_length=200)]
Note = Annotated[str, Form(max_length=LONGEST_NOTE)]
Chosen = Annotated[Choice, Depends(chosen)]


@router.post("/queue/undo")
def take_back(visit: Visitor, choice: Chosen) -> Response:
    """This person's last decision; what it was on is shown again."""
    taken = undo(visit.desk.room, visit.served)
    entry = _entry_of(visit, taken)
    there = f"/queue/{entry[0]}/{entry[1]}{choice.query}" if entry else f"/queue{choice.query}"
    if _wants_json(visit):
        return JSONResponse({"said": visit.t("said.undone"), "to": there})
    return RedirectResponse(there, 303)


@router.post("/queue/{company_key}/{ref}/decide")
def take_decision(
    visit: Visitor,
    choice: Chosen,
    company_key: str,
    ref: str,
    act: Field,
    seen: Field,
    note: Note = "",
    until: Field = "",
    also: Annotated[list[str], Form(max_length=MOST_AT_ONCE)] = [],  # noqa: B006 - never changed
) -> Response:
    """One decision, or the same on the same cluster at other companies; `act` is the verb and what it needs.

    also: `company ref seen` of each other company. 409 where somebody was faster at any of them: then none is decided.
    """
    room, scope, at = visit.desk.room, visit.served, visit.desk.wall()
    said = _said(act, note, until, visit.desk.house.clock().date())
    entry = find(room, scope, company_key, ref)
    try:
        others = [(find(room, scope, company, other), its_seen) for company, other, its_seen in _others(also)]
        decide_all(room, scope, [(entry, seen), *others], said, at)
    except Overtaken as error:
        return _overtaken(visit, str(error))
    words = visit.t(f"said.{said.verb}", title=_short(entry.title))
    if _wants_json(visit):
        return JSONResponse({"said": words})
    return RedirectResponse(f"/queue{choice.query}{'&' if choice.query else '?'}done=1", 303)


@router.post("/queue/{company_key}/{ref}/opinion")
def ask_colleague(visit: Visitor, choice: Chosen, company_key: str, ref: str, of: Field, question: Note) -> Response:
    """A second opinion of a named colleague; until it is said the opportunity waits in that view."""
    entry = find(visit.desk.room, visit.served, company_key, ref)
    ask(visit.desk.room, visit.served, entry, of, question)
    return RedirectResponse(f"/queue{choice.query}{'&' if choice.query else '?'}told=asked", 303)


@router.post("/opinions/{opinion_no}")
def say_opinion(visit: Visitor, opinion_no: int, said: Note) -> Response:
    """What a colleague was asked for."""
    answer(visit.desk.room, visit.served, opinion_no, said)
    return RedirectResponse("/queue?view=second&told=answered", 303)


def _said(act: str, note: str, until: str, today: date) -> Said:
    """`accept`, `duplicate`, `reject:REASON`, `later:DAYS` or `later:date`. Raises ValueError for anything else."""
    verb, _, more = act.partition(":")
    if verb not in get_args(Verb) or verb == "undo":
        raise ValueError(f"{verb[:20]!r} is no verb of a broker")
    if verb == "reject" and more not in get_args(RejectReason):
        raise ValueError("a rejection needs one of the reasons")
    reason = cast("RejectReason", more) if verb == "reject" else None
    return Said(cast("Verb", verb), reason, _until(more, until, today) if verb == "later" else None, note.strip())


def _until(more: str, until: str, today: date) -> date:
    if more == "date":
        return date.fromisoformat(until)
    if not more.isdigit() or int(more) > 3_650:
        raise ValueError("later needs a date, or a number of days")
    return today + timedelta(days=int(more))


def _others(also: list[str]) -> Iterator[tuple[str, str, str]]:
    for one in also:
        parts = one.split(" ")
        if len(parts) != 3:
            raise ValueError("the other companies were not understood")
        yield parts[0], parts[1], parts[2]


def _overtaken(visit: Visit, why: str) -> Response:
    words = visit.t("said.overtaken", why=why)
    if _wants_json(visit):
        return JSONResponse({"said": words}, 409)
    raise Overtaken(words)


def _entry_of(visit: Visit, taken: Decision) -> tuple[str, str] | None:
    book = visit.desk.room.shelf.book()
    home = book.homes.get(taken.cluster_key, taken.cluster_key)
    return next(
        ((e.company_key, e.ref) for e in book.by_cluster.get(home, ()) if e.company_key == taken.company_key), None
    )


def _wants_json(visit: Visit) -> bool:
    return visit.request.headers.get("accept") == "application/json"


def _short(title: str) -> str:
    return title if len(title) <= _TITLE else f"{title[: _TITLE - 1]}…"
