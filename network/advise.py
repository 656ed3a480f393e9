"""Accepted opportunities -> what a company is advised to do: projects first, then partners (HOUSE hop 6)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime

from network.lines import line_of, ref_of
from network.partners import Standing, partners
from terms.digest import Accepted, Line, Suggestion
from terms.item import next_deadline, status_of

EVIDENCE = 3
_FAR = datetime.max.replace(tzinfo=UTC)


def advise(accepted: Sequence[Accepted], now: datetime, company_name: str | None = None) -> tuple[Suggestion, ...]:
    """Projects by deadline, then partners by the evidence behind them; the same for any order of `accepted`.

    A project is a call that is not closed at `now` (aware) with up to three pieces of evidence of the same need. A
    call without a deadline is suggested without one (P24: unknown is not open). A partner is an organisation other than
    `company_name` behind two or more pieces of evidence; never a person.
    """
    ordered = _ordered(accepted)
    return (*_projects(ordered, now), *_partners(ordered, now, company_name))


def unadvised(accepted: Sequence[Accepted], suggestions: Sequence[Suggestion], now: datetime) -> tuple[Line, ...]:
    """Lines of the evidence that stands in no suggestion, best fit first; a closed call is no evidence for anything."""
    told = {line.ref for s in suggestions for line in (*((s.call,) if s.call else ()), *s.evidence)}
    lines = dict[str, Line]()
    for one in _ordered(accepted):
        if not is_call(one) and ref_of(one.company_key, one.cluster_key) not in told:
            line = line_of(one, now)
            lines.setdefault(line.ref, line)
    return tuple(lines.values())


def is_call(accepted: Accepted) -> bool:
    """Whether this is a call for funding; papers and patents are evidence."""
    return accepted.item.kind == "call"


def _ordered(accepted: Iterable[Accepted]) -> list[Accepted]:
    """Best fit first, then the need that matters more; ties by keys. Each pair of need and cluster once, the last."""
    latest = {(a.need_key, a.cluster_key): a for a in sorted(accepted, key=lambda a: (a.decided_at, a.need_version))}
    return sorted(latest.values(), key=lambda a: (-a.fit, -a.need_priority, a.need_key, a.cluster_key))


def _projects(ordered: Sequence[Accepted], now: datetime) -> Iterator[Suggestion]:
    """One project for each open call, for the need it fits best; the nearest deadline first."""
    calls = {a.cluster_key: a for a in reversed(ordered) if is_call(a) and status_of(a.item.call, now) != "closed"}
    for call in sorted(calls.values(), key=lambda a: (next_deadline(a.item.call, now) or _FAR, -a.fit, a.cluster_key)):
        evidence = [a for a in ordered if not is_call(a) and a.need_key == call.need_key][:EVIDENCE]
        yield Suggestion(
            kind="project",
            need_key=call.need_key,
            need_title=call.need_title,
            call=line_of(call, now),
            evidence=tuple(line_of(a, now) for a in evidence),
        )


def _partners(ordered: Sequence[Accepted], now: datetime, company_name: str | None) -> Iterator[Suggestion]:
    for standing in partners([a for a in ordered if not is_call(a)], company_name):
        yield _partner(standing, now)


def _partner(standing: Standing, now: datetime) -> Suggestion:
    """The organisation with its evidence, newest first; the need is that of its best evidence."""
    newest = sorted(standing.evidence, key=lambda a: (-(a.item.published_on or date.min).toordinal(), a.cluster_key))
    return Suggestion(
        kind="partner",
        need_key=standing.evidence[0].need_key,
        need_title=standing.evidence[0].need_title,
        partner=standing.name,
        partner_country=standing.country,
        evidence=tuple(line_of(a, now) for a in newest),
    )
