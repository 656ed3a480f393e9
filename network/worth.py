"""What a project suggestion is worth to a company: fit, gate, money, time left, effort and novelty (P40).

A product of shares between 0 and 1, so that one thing that is bad cannot be made good by another; its order is what is
shown first. Every number here is a guess until outcomes say otherwise (P44).
"""

from datetime import date
from typing import NamedTuple

from terms.gate import Outcome

_GATE: dict[Outcome, float] = {"eligible": 1.0, "unknown": 0.7, "not eligible": 0.05}
_MONEY_EUR, _LEAST_MONEY = 500_000, 0.5  # a grant of this size counts fully; an unknown one by the least
_TOLD = 0.6  # told before, and nothing changed since
_EFFORT = 0.05  # each further partner that the call asks for
_LATE = 0.3  # less time left than half of the lead time


class Prospect(NamedTuple):
    """One call for one need. grant_eur: highest grant; partners: how many more the call asks for."""

    fit: float
    outcome: Outcome
    grant_eur: int | None
    deadline_on: date | None
    partners: int
    was_told: bool


def worth(prospect: Prospect, lead_days: int, today: date) -> float:
    """Between 0 and 1; higher is to be told first."""
    grant = min(1.0, (prospect.grant_eur or 0) / _MONEY_EUR)
    money = _LEAST_MONEY + (1 - _LEAST_MONEY) * grant
    effort = max(0.5, 1 - _EFFORT * prospect.partners)
    told = _TOLD if prospect.was_told else 1.0
    return prospect.fit * _GATE[prospect.outcome] * money * effort * told * _time(prospect, lead_days, today)


def _time(prospect: Prospect, lead_days: int, today: date) -> float:
    """Full with the lead time left, falling to _LATE at half of it; an unknown deadline counts in between."""
    if prospect.deadline_on is None:
        return (1 + _LATE) / 2
    share = (prospect.deadline_on - today).days / max(1, lead_days)
    return max(_LATE, min(1.0, _LATE + (1 - _LATE) * (share - 0.5) / 0.5))
