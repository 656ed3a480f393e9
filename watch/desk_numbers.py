"""What the desk counts: how much waits where, since when, and whether it is time to stop."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from terms.item import status_of
from terms.person import EVERY_COMPANY, Scope
from watch.desk_lines import Tally, Waiting, tally
from watch.desk_queue import Workroom
from watch.people import list_people

_STREAK = 8  # rejections in a row after which a broker is told what is left
_WEAK = 0.4  # fit
_RECENT = 200  # decisions of one person


class Counts(NamedTuple):
    """How many wait, since when the oldest does, how many close soon; by company and by need, most first."""

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


def count(found: Sequence[Waiting], now: datetime) -> Counts:
    """Count what waits."""
    return counts_of(tally(found), now)


def counts_of(told: Tally, now: datetime) -> Counts:
    """What was counted before, and how many of it close soon by now."""
    closing = sum(status_of(entry.call, now) == "closing soon" for entry in told.calls)
    return Counts(told.waiting, closing, told.oldest_at, told.by_company, told.by_need)


def stop_hint(room: Workroom, scope: Scope, left: Sequence[Waiting], company: str) -> StopHint | None:
    """After a row of rejections by this person, in one company or in all: how much of what is left is weak."""
    keys = frozenset((company,)) if company else scope.companies
    rejected = 0
    for stood in room.decided.latest(scope.person.name, keys, most=_RECENT):
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
