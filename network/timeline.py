"""The way to a deadline: when to decide, find partners, write and hand in, from the company's own lead time."""

from datetime import date, timedelta

from terms.project import Step, StepName

# Shares of the lead time that are left when a step must be done; guess: a third each for partners and the draft.
_LEFT: tuple[tuple[StepName, float], ...] = (("decide", 1.0), ("partners", 2 / 3), ("draft", 1 / 3))
REVIEW_DAYS, SUBMIT_DAYS = 5, 2  # guess: portals are slow on the last day


def timeline(deadline: date, lead_days: int, today: date) -> tuple[Step, ...]:
    """Steps in order; () where the deadline has passed. lead_days: what the company needs for an application.

    A step whose day has passed is late: due now. No step comes after a later one, however short the lead time.
    """
    if deadline < today:
        return ()
    days: list[tuple[StepName, int]] = [(name, round(lead_days * left)) for name, left in _LEFT]
    days += [("review", REVIEW_DAYS), ("submit", SUBMIT_DAYS)]
    longest = 0
    steps: list[Step] = []
    for name, before in reversed(days):
        longest = max(longest, before)
        on = deadline - timedelta(days=longest)
        steps.append(Step(name=name, on=on, is_late=on < today))
    return tuple(reversed(steps))
