"""What the desk counts: how much waits where, since when, and whether it is time to stop."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from terms.item import status_of
from terms.person import EVERY_COMPANY, Scope
from watch.desk_queue import Waiting, Workroom
from watch.people import list_people

_STREAK = 8  # rejections in a row after which a broker is told what is left
_WEAK = 0.4  # fit
_RECENT = 100  # decisions of one company


class Counts(NamedTuple):
    """How many wait, since when the oldest does; by company and by need, most first."""

    waiting: int
    closing: int
    oldest_at: datetime | None
    by_company: tuple[tuple[str, int], ...]
    by_need: tuple[tuple[str, int], ...]


class StopHint(NamedTuple):
    """So many rejections in a row, so many left of which so many are weak."""

    rejected: int
    left: int
    weak: int
    below: float = _WEAK


def count(found: Iterable[Waiting], now: datetime) -> Counts:
    """Count what waits."""
    every = list(found)
    companies: dict[str, int] = {}
    needs: dict[str, int] = {}
    for one in every:
        companies[one.entry.company_key] = companies.get(one.entry.company_key, 0) + 1
        needs[one.entry.need_key] = needs.get(one.entry.need_key, 0) + 1
    return Counts(
        waiting=len(every),
        closing=sum(status_of(one.entry.call, now) == "closing soon" for one in every if one.entry.call),
        oldest_at=min((one.entry.first_seen_at for one in every), default=None),
        by_company=_most_first(companies),
        by_need=_most_first(needs),
    )


def stop_hint(room: Workroom, scope: Scope, left: Sequence[Waiting], company: str) -> StopHint | None:
    """After a row of rejections by this person, in one company or in all: how much of what is left is weak."""
    keys = [company] if company else sorted(scope.companies)
    recent = (s for key in keys for s in room.decided.history(key)[-_RECENT:])
    mine = [s for s in recent if s.decision.broker == scope.person.name]
    rejected = 0
    for stood in sorted(mine, reverse=True):
        if stood.decision.verb != "reject":
            break
        rejected += 1
    if rejected < _STREAK:
        return None
    return StopHint(rejected, len(left), sum(one.entry.fit < _WEAK for one in left))


def without_broker(room: Workroom, scope: Scope) -> frozenset[str]:
    """Companies served that no active broker serves by name."""
    brokers = [one for one in list_people(room.house) if one.person.role == "broker" and one.person.is_active]
    served = {key for one in brokers for key in one.serves}
    return frozenset() if EVERY_COMPANY in served else scope.companies - served


def _most_first(counted: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))
