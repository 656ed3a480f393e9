"""The eighteen months of an engagement as a picture: a lane a step, a mark an outcome, in the picture's own units."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from terms.company import Engagement
from terms.outcome import STEPS, Ending, Outcome, OutcomeStep

LEFT, RIGHT, TOP, LANE = 150.0, 790.0, 24.0, 30.0


class Mark(NamedTuple):
    """One outcome. x, y: its middle."""

    x: float
    y: float
    verb: OutcomeStep
    ending: Ending | None
    on: date
    title: str


class Timeline(NamedTuple):
    """lanes: a step with its height. ticks: the first day of each quarter with its place. today: None outside."""

    lanes: tuple[tuple[OutcomeStep, float], ...]
    ticks: tuple[tuple[date, float], ...]
    marks: tuple[Mark, ...]
    today: float | None
    foot: float


def timeline(engagement: Engagement, found: Sequence[Outcome], today: date) -> Timeline:
    """From start to planned end; what happened before or after stands at that end."""
    start, end = engagement.start, max(engagement.planned_end, engagement.start)
    heights = {step: TOP + LANE * (number + 0.5) for number, step in enumerate(STEPS)}
    marks = tuple(
        Mark(_x(one.happened_on, start, end), heights[one.verb], one.verb, one.ending, one.happened_on, one.title)
        for one in found
        if one.verb != "undo"
    )
    return Timeline(
        tuple(heights.items()),
        tuple((day, _x(day, start, end)) for day in _quarters(start, end)),
        marks,
        _x(today, start, end) if start <= today <= end else None,
        TOP + LANE * len(STEPS),
    )


def _x(day: date, start: date, end: date) -> float:
    whole = (end - start).days or 1
    return round(LEFT + (RIGHT - LEFT) * min(max((day - start).days / whole, 0.0), 1.0), 1)


def _quarters(start: date, end: date) -> list[date]:
    first = [date(year, month, 1) for year in range(start.year, end.year + 1) for month in (1, 4, 7, 10)]
    return [day for day in first if start <= day <= end]
