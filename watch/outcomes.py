"""Outcomes as a use case: what became of an item, noted by ref, counted by company (P44)."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from ledger import decisions, outcomes
from ledger.audit import append_audit
from network.lines import ref_of
from terms.errors import NotFound
from terms.outcome import STEPS, Ending, Outcome, OutcomeStep, OutcomeVerb
from terms.person import Scope
from warehouse import items
from watch.companies import find_company
from watch.house import House
from watch.review import find_opportunity

_MOST_EUR, _LONGEST_NOTE = 10_000_000_000, 2_000


class Place(NamedTuple):
    """What a ref means: company, need, cluster, and the title of the item."""

    company_key: str
    need_key: str
    cluster_key: str
    title: str


def add_outcome(
    house: House,
    scope: Scope,
    ref: str,
    verb: OutcomeVerb,
    *,
    who: str,
    happened_on: date | None = None,
    ending: Ending | None = None,
    amount_eur: int | None = None,
    note: str = "",
) -> Outcome:
    """Note one step of the chain of one item, with an audit row; undo takes the last one of the ref back.

    Raises NotFound, in the same words for an item of others; ValueError where a fact is missing or does not belong.
    """
    place, today = _place(house, scope, ref), house.clock().date()
    _check(verb, ending, amount_eur, happened_on or today, today, note, who)
    made = Outcome(
        ref=ref.strip().upper(),
        **place._asdict(),
        verb=verb,
        ending=ending,
        amount_eur=amount_eur,
        happened_on=happened_on or today,
        note=note.strip(),
        who=who.strip(),
        noted_at=house.clock(),
    )
    with house.ledger.write() as connection:
        mine = [one for one in outcomes.read_outcomes(connection, made.company_key) if one.ref == made.ref]
        if verb == "undo" and not outcomes.standing_outcomes(mine):
            raise ValueError(f"nothing is noted for {made.ref} that could be taken back")
        outcomes.append_outcome(connection, made)
        facts = {"company": made.company_key, "ref": made.ref, "step": made.verb}
        append_audit(connection, made.who, "outcome noted", facts, at=house.clock())
    return made


def list_outcomes(house: House, scope: Scope, company_key: str | None = None) -> list[Outcome]:
    """What stands, in the order it happened, of one company or of all in the scope. Raises NotFound."""
    if company_key is not None:
        find_company(house, scope.require(company_key))
    with house.ledger.read() as connection:
        every = outcomes.read_outcomes(connection, company_key)
    mine = [one for one in outcomes.standing_outcomes(every) if one.company_key in scope.companies]
    return sorted(mine, key=lambda one: (one.happened_on, one.noted_at))


def count_steps(found: Iterable[Outcome]) -> dict[OutcomeStep, int]:
    """How many items got to each step; an item counts once a step."""
    every = list(found)
    return {step: len({(one.company_key, one.ref) for one in every if one.verb == step}) for step in STEPS}


def _check(
    verb: OutcomeVerb, ending: Ending | None, amount_eur: int | None, on: date, today: date, note: str, who: str
) -> None:
    """Raises ValueError."""
    if not who.strip() or len(who) > 200:
        raise ValueError("who notes it? (--broker, or VARDE_BROKER)")
    if on > today:
        raise ValueError(f"{on} lies in the future; an outcome is what has happened")
    if (verb == "result") != (ending is not None):
        raise ValueError("a result is won, lost or withdrawn (--ending); nothing else is")
    if amount_eur is not None and (verb not in ("application", "result") or not 0 <= amount_eur <= _MOST_EUR):
        raise ValueError("only an application or a result has an amount, of 0 euro or more (--eur)")
    if len(note) > _LONGEST_NOTE:
        raise ValueError(f"a note has at most {_LONGEST_NOTE} characters")


def _place(house: House, scope: Scope, ref: str) -> Place:
    """What was noted before, else what was decided, else what is flagged. Raises NotFound."""
    wanted = ref.strip().upper()
    found = _noted(house, wanted) or _decided(house, wanted) or _flagged(house, wanted)
    if found is None or found.company_key not in scope.companies:
        raise NotFound(f"there is no opportunity {wanted}; `varde queue` shows those that wait, with their refs")
    return found


def _noted(house: House, ref: str) -> Place | None:
    with house.ledger.read() as connection:
        every = outcomes.read_outcomes(connection)
    named = (Place(o.company_key, o.need_key, o.cluster_key, o.title) for o in every if o.ref == ref)
    return next(named, None)


def _decided(house: House, ref: str) -> Place | None:
    with house.ledger.read() as connection:
        every = [stood.decision for stood in decisions.read_decisions(connection)]
    made = next((d for d in reversed(every) if ref_of(d.company_key, d.cluster_key) == ref), None)
    if made is None:
        return None
    with house.warehouse.read() as connection:
        stored = items.read_items(connection, [made.item_key]).get(made.item_key)
    return Place(made.company_key, made.need_key, made.cluster_key, stored.item.title if stored else made.item_key)


def _flagged(house: House, ref: str) -> Place | None:
    try:
        found = find_opportunity(house, ref)
    except NotFound:
        return None
    return Place(found.company_key, found.match.need_key, found.match.cluster_key, found.item.title)
