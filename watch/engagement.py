"""Half-year reports as a use case: what an engagement brought, per company and over the network (P44)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ledger import answers, decisions, digests
from ledger import outcomes as kept
from terms.company import Company
from terms.errors import NotFound
from terms.halfyear import Chain, CompanyHalf, FigureName, Month, NeedHalf
from terms.outcome import STEPS, Outcome
from terms.person import Scope
from watch.companies import find_company, read_watched
from watch.house import House
from watch.outcomes import count_steps

_HALF = re.compile(r"(\d{4})-H([12])")
_TOLD = ("approved", "sent")


class Deed(NamedTuple):
    """Something that happened to an item of a company on a day."""

    on: date
    what: str
    need_key: str
    cluster_key: str


class Past(NamedTuple):
    """All that the ledger holds of one company, by the day in its own zone."""

    company: Company
    deeds: tuple[Deed, ...]
    outcomes: tuple[Outcome, ...]


def half_of(day: date) -> str:
    """The half-year of a day, such as `2026-H2`."""
    return f"{day.year}-H{1 if day.month < 7 else 2}"


def days_of(half: str) -> tuple[date, date]:
    """First day, and the day after the last. Raises ValueError for what is no half-year."""
    matched = _HALF.fullmatch(half)
    if not matched or not 2000 <= int(matched[1]) < 2100:
        raise ValueError(f"{half!r} is no half-year; write it as 2026-H2")
    year, second = int(matched[1]), matched[2] == "2"
    return (date(year, 7, 1), date(year + 1, 1, 1)) if second else (date(year, 1, 1), date(year, 7, 1))


def company_half(house: House, scope: Scope, company_key: str, half: str | None = None) -> CompanyHalf:
    """One company's half-year, the present one unless said. Raises NotFound, ValueError."""
    company = find_company(house, scope.require(company_key))
    (past,) = read_past(house, [company])
    chosen = half or half_of(house.clock().date())
    first, after = days_of(chosen)
    engagement = company.engagement
    until = min(after, house.clock().date())
    return CompanyHalf(
        half=chosen,
        company_key=company.id,
        company_name=company.name,
        phase=engagement.phase,
        month_no=max(0, months_between(engagement.start, until) + 1),
        months_planned=months_between(engagement.start, engagement.planned_end),
        figures=figures_of(past, first, after),
        months=months_of(past, first, until),
        needs=tuple(_needs(past, first, after)),
        chains=tuple(_chains(past, after)),
        made_at=house.clock(),
    )


def read_past(house: House, every: Sequence[Company]) -> list[Past]:
    """What was told, answered, decided and noted for each company."""
    keys = {company.id: company for company in every}
    with house.ledger.read() as connection:
        told = [k for k in digests.read_digests(connection) if k.state in _TOLD and k.digest.company_key in keys]
        said = [a for a in answers.read_standing_answers(connection) if a.company_key in keys]
        stands = decisions.standing(decisions.read_decisions(connection)).values()
        noted = kept.standing_outcomes(kept.read_outcomes(connection))
    deeds: dict[str, list[Deed]] = {key: [] for key in keys}

    def add(company_key: str, at: datetime, what: str, need_key: str, cluster_key: str) -> None:
        day = at.astimezone(ZoneInfo(keys[company_key].timezone)).date()
        deeds[company_key].append(Deed(day, what, need_key, cluster_key))

    for one in sorted(told, key=lambda k: (k.composed_at, k.digest_key)):
        for line in one.digest.lines:
            add(one.digest.company_key, one.composed_at, "told", line.need_key, line.cluster_key)
    for answer in said:
        add(answer.company_key, answer.answered_at, f"answer {answer.verb}", answer.need_key, answer.cluster_key)
    for decision in (s.decision for s in stands if s.decision.company_key in keys):
        add(decision.company_key, decision.decided_at, decision.verb, decision.need_key, decision.cluster_key)
    by_company = {key: tuple(o for o in noted if o.company_key == key) for key in keys}
    return [Past(company, tuple(_first_only(deeds[key])), by_company[key]) for key, company in keys.items()]


def figures_of(past: Past, first: date, after: date) -> dict[FigureName, int]:
    """Items by what happened to them from `first` up to the day before `after`; an item counts once a figure."""
    count = {what: len({d.cluster_key for d in found}) for what, found in _by_what(past.deeds, first, after).items()}
    answered = {d.cluster_key for d in past.deeds if d.what.startswith("answer") and first <= d.on < after}
    noted = [o for o in past.outcomes if first <= o.happened_on < after]
    won = {o.ref: o.amount_eur or 0 for o in noted if o.ending == "won"}
    steps = count_steps(noted)
    return {
        "told": count.get("told", 0),
        "answered": len(answered),
        "useful": count.get("answer useful", 0),
        "accepted": count.get("accept", 0),
        "rejected": count.get("reject", 0),
        "conversation": steps["conversation"],
        "project idea": steps["project idea"],
        "application": steps["application"],
        "result": steps["result"],
        "won": len(won),
        "won_eur": sum(won.values()),
    }


def months_of(past: Past, first: date, until: date) -> tuple[Month, ...]:
    """One row a month from `first` up to `until`, both with their month; () where it has not begun."""
    found = list[Month]()
    while first <= until and len(found) < 6:
        after = _next_month(first)
        figures = figures_of(past, first, after)
        found.append(Month(first=first, told=figures["told"], accepted=figures["accepted"]))
        first = after
    return tuple(found)


def served(house: House, scope: Scope) -> list[Company]:
    """The watched companies of the scope. Raises NotFound where there is none."""
    found = [company for company in read_watched(house) if company.id in scope.companies]
    if not found:
        raise NotFound("there is no company that you serve; `varde company list` shows those there are")
    return found


def _first_only(deeds: Iterable[Deed]) -> Iterator[Deed]:
    """What was told again counts where it was told first."""
    seen = set[tuple[str, str]]()
    for deed in deeds:
        if (deed.what, deed.cluster_key) not in seen:
            seen.add((deed.what, deed.cluster_key))
            yield deed


def _by_what(deeds: Iterable[Deed], first: date, after: date) -> dict[str, list[Deed]]:
    found: dict[str, list[Deed]] = {}
    for deed in deeds:
        if first <= deed.on < after:
            found.setdefault(deed.what, []).append(deed)
    return found


def _needs(past: Past, first: date, after: date) -> Iterator[NeedHalf]:
    for need in past.company.needs:
        key = f"{past.company.id}/{need.id}"
        mine = past._replace(
            deeds=tuple(d for d in past.deeds if d.need_key == key),
            outcomes=tuple(o for o in past.outcomes if o.need_key == key),
        )
        figures = figures_of(mine, first, after)
        yield NeedHalf(
            title=need.title if need.confidentiality == "open" else None,
            told=figures["told"],
            accepted=figures["accepted"],
            conversations=figures["conversation"],
        )


def _chains(past: Past, after: date) -> Iterator[Chain]:
    """Each item that anything became of, the one that got furthest first."""
    by_ref: dict[str, list[Outcome]] = {}
    for outcome in past.outcomes:
        if outcome.happened_on < after:
            by_ref.setdefault(outcome.ref, []).append(outcome)
    found = [_chain(ref, held) for ref, held in by_ref.items()]
    yield from sorted(found, key=lambda c: (-max(STEPS.index(step) for step, _ in c.steps), c.steps[0][1], c.ref))


def _chain(ref: str, held: Sequence[Outcome]) -> Chain:
    ordered = sorted(held, key=lambda o: (o.happened_on, o.noted_at))
    steps = {step: o.happened_on for o in reversed(ordered) for step in STEPS if o.verb == step}
    last = ordered[-1]
    return Chain(
        ref=ref,
        title=last.title,
        steps=tuple((step, steps[step]) for step in STEPS if step in steps),
        ending=next((o.ending for o in reversed(ordered) if o.ending), None),
        amount_eur=next((o.amount_eur for o in reversed(ordered) if o.amount_eur is not None), None),
    )


def months_between(start: date, end: date) -> int:
    """Whole months from one day to another; negative where the end comes first."""
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
