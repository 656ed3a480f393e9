"""What became of items, company by company: chains, the eighteen months, a step noted at the desk (P44)."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from ledger import outcomes
from network.lines import ref_of
from terms.company import Company
from terms.errors import NotFound
from terms.halfyear import FigureName
from terms.outcome import Ending, Outcome, OutcomeStep, OutcomeVerb
from terms.person import Scope
from warehouse import items
from watch.desk_companies import company_of
from watch.desk_queue import Workroom, read_scope_maps
from watch.engagement import figures_of, months_between, read_past
from watch.outcomes import add_outcome, list_outcomes

_MOST = 300  # accepted items offered in the form, newest first
_FOR_THE_TERMINAL = re.compile(r" \(--[^)]*\)")


class Going(NamedTuple):
    """One engagement at a glance: month so far of months planned, and its chain since it began."""

    company: Company
    month_no: int
    months: int
    figures: dict[FigureName, int]


class Choice(NamedTuple):
    """An item that something may have become of. reached: the last step that stands, if any."""

    ref: str
    title: str
    reached: OutcomeStep | None


class Note(NamedTuple):
    """What a form says of one step."""

    ref: str
    verb: OutcomeVerb
    happened_on: date | None = None
    ending: Ending | None = None
    amount_eur: int | None = None
    note: str = ""


def engagements(room: Workroom, scope: Scope) -> list[Going]:
    """Every company served, those that end first on top."""
    every = list(read_scope_maps(room, scope).values())
    today = room.house.clock().date()
    found = [
        Going(
            past.company,
            month_of(past.company, today),
            months_of(past.company),
            figures_of(past, past.company.engagement.start, today + timedelta(days=1)),
        )
        for past in read_past(room.house, every)
    ]
    return sorted(found, key=lambda one: (one.company.engagement.planned_end, one.company.name.casefold()))


def noted_so_far(room: Workroom) -> int:
    """Changes with every step that anybody notes."""
    with room.house.ledger.read() as connection:
        return len(outcomes.read_outcomes(connection))


def month_of(company: Company, today: date) -> int:
    """Which month of the engagement this is, counted from 1; 0 before it begins."""
    return max(0, months_between(company.engagement.start, today) + 1)


def months_of(company: Company) -> int:
    """How many months are planned."""
    return months_between(company.engagement.start, company.engagement.planned_end)


def steps_of(room: Workroom, scope: Scope, company_key: str) -> list[Outcome]:
    """What stands of one company, in the order it happened. Raises NotFound."""
    return list_outcomes(room.house, scope, company_of(room, scope, company_key).id)


def choices(room: Workroom, scope: Scope, company_key: str) -> list[Choice]:
    """What was accepted for a company or noted before, newest first. Raises NotFound."""
    noted = {one.ref: one for one in steps_of(room, scope, company_key)}
    room.decided.refresh()
    stands = room.decided.stands(company_key).by_cluster.values()
    accepted = [stood.decision for stood in sorted(stands, reverse=True) if stood.decision.verb == "accept"][:_MOST]
    with room.house.warehouse.read() as connection:
        stored = items.read_items(connection, [decision.item_key for decision in accepted])
    titles = {
        ref_of(company_key, decision.cluster_key): stored[decision.item_key].item.title
        for decision in accepted
        if decision.item_key in stored
    }
    titles |= {ref: one.title for ref, one in noted.items() if ref not in titles}
    return [Choice(ref, title, _reached(noted.get(ref))) for ref, title in titles.items()]


def note_step(room: Workroom, scope: Scope, company_key: str, said: Note) -> Outcome:
    """One step of one item. Raises NotFound for an item of another company; ValueError where facts are wrong."""
    known: Sequence[Choice] = choices(room, scope, company_key)
    if said.ref.strip().upper() not in {one.ref for one in known}:
        raise NotFound("there is no such item of this company")
    try:
        return add_outcome(
            room.house, scope, said.ref, said.verb, who=scope.person.name, happened_on=said.happened_on,
            ending=said.ending, amount_eur=said.amount_eur, note=said.note,
        )  # fmt: skip
    except ValueError as error:
        raise ValueError(_FOR_THE_TERMINAL.sub("", str(error))) from None


def _reached(last: Outcome | None) -> OutcomeStep | None:
    return None if last is None or last.verb == "undo" else last.verb
