"""The queue: one opportunity at a time beside its need, worked off with single keys or with forms (P30, P32, P33)."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Response

from desk.visit import Visit, Visitor
from watch.desk_book import Entry
from watch.desk_card import card_of, gate_card
from watch.desk_decide import claim, find, last_of
from watch.desk_lines import Waiting
from watch.desk_numbers import count, counts_of, stop_hint, without_broker
from watch.desk_queue import Queue, View, in_view, waiting

router = APIRouter()
_RAIL = 60
Text = Annotated[str, Query(max_length=200)]
Told = Literal["", "asked", "answered"]


class Choice(NamedTuple):
    """What of the queue is looked at; "" for any company or need."""

    view: View
    company: str
    need: str

    @property
    def query(self) -> str:
        """As it stands in an address, with its question mark."""
        chosen = {"view": self.view if self.view != "all" else "", "company": self.company, "need": self.need}
        told = urlencode({name: value for name, value in chosen.items() if value})
        return f"?{told}" if told else ""


def chosen(view: View = "all", company: Text = "", need: Text = "") -> Choice:
    """From the address."""
    return Choice(view, company, need)


Chosen = Annotated[Choice, Depends(chosen)]


@router.get("/queue")
def show_queue(visit: Visitor, choice: Chosen, done: int = 0, told: Told = "") -> Response:
    """The first that nobody else is deciding. done: whether something has just been decided; told: what else was."""
    every, listed = listed_in(visit, choice)
    first = next((one.entry for one in listed if not one.held_by), listed[0].entry if listed else None)
    return _page(visit, choice, every, listed, first, bool(done), told)


@router.get("/queue/{company_key}/{ref}")
def show_one(visit: Visitor, choice: Chosen, company_key: str, ref: str) -> Response:
    """One opportunity, decided or not; the part beside the list where our script asks for it."""
    entry = find(visit.desk.room, visit.served, company_key, ref)
    every, listed = listed_in(visit, choice)
    if visit.is_part:
        return visit.page("work.html", **_work(visit, choice, every, listed, entry))
    return _page(visit, choice, every, listed, entry, False)


@router.get("/queue/{company_key}/{ref}/gate")
def show_gate(visit: Visitor, company_key: str, ref: str) -> Response:
    """The gate's verdicts with their quotes; read apart, since reading a call's conditions takes a moment."""
    entry = find(visit.desk.room, visit.served, company_key, ref)
    gate = gate_card(visit.desk.room, visit.served, entry, visit.language)
    return visit.page("gate_part.html" if visit.is_part else "gate.html", gate=gate, entry=entry)


@router.post("/queue/{company_key}/{ref}/claim")
def take(visit: Visitor, company_key: str, ref: str) -> Response:
    """Ten minutes in which nobody else decides it; 409 where somebody else has them."""
    entry = find(visit.desk.room, visit.served, company_key, ref)
    is_mine = claim(visit.desk.room, visit.served, entry, visit.desk.wall())
    return Response(status_code=204 if is_mine else 409)


def listed_in(visit: Visit, choice: Choice) -> tuple[Queue, list[Waiting]]:
    """(everything that waits, what of it is looked at)."""
    room, scope = visit.desk.room, visit.served
    every = waiting(room, scope, visit.desk.wall())
    brokerless = without_broker(room, scope) if choice.view == "unassigned" else frozenset()
    now = visit.desk.house.clock()
    return every, in_view(every.rows, choice.view, scope, now, brokerless, company=choice.company, need=choice.need)


def _page(
    visit: Visit, choice: Choice, every: Queue, listed: list[Waiting], entry: Entry | None, is_done: bool,
    told: Told = "",
) -> Response:  # fmt: skip
    room, scope = visit.desk.room, visit.served
    place = (_place(listed, entry) if entry else None) or 0
    now = visit.desk.house.clock()
    counts = counts_of(every.lines.tally, now)
    start = max(0, place - 10)
    last = last_of(room, scope) if is_done else None
    facts: dict[str, Any] = {
        "choice": choice,
        "told": visit.t(f"opinion.done.{told}") if told else "",
        "counts": counts,
        "here": count(listed, now) if choice.query else counts,
        "total": len(listed),
        "rail": listed[start : start + _RAIL],
        "above": start,
        "below": max(0, len(listed) - start - _RAIL),
        "last": last.decision if last else None,
        "hint": stop_hint(room, scope, listed, choice.company),
        "names": {key: pair[1].name for key, pair in room.maps.items() if key in scope.companies},
    }
    work = _work(visit, choice, every, listed, entry) if entry else {"card": None}
    return visit.page("queue.html", **{**facts, **work})


def _work(visit: Visit, choice: Choice, every: Queue, listed: Sequence[Waiting], entry: Entry) -> dict[str, Any]:
    row, place = every.lines.place(entry), _place(listed, entry)
    here = every.rows[row] if row is not None else None
    beside = visit.desk.room.shelf.book().by_cluster.get(entry.cluster_key, ())
    others = [one for one in beside if one.company_key != entry.company_key and every.lines.place(one) is not None]
    opinions = [here.opinion] if here and here.opinion else []
    return {
        "card": card_of(visit.desk.room, visit.served, entry, opinions, others),
        "waits": here,
        "choice": choice,
        "place": place,
        "following": listed[place + 1].entry if place is not None and place + 1 < len(listed) else None,
        "former": listed[place - 1].entry if place else None,
        "reasons": REASONS,
        "later_days": LATER_DAYS,
    }


def _place(listed: Sequence[Waiting], entry: Entry) -> int | None:
    key = entry.company_key, entry.ref
    return next(
        (n for n, one in enumerate(listed) if one.entry.ref == key[1] and one.entry.company_key == key[0]), None
    )


REASONS = ("wrong technology", "too late", "not eligible", "known already", "too basic", "other")
LATER_DAYS = (7, 28, 90)
