"""Whether each source still does what it usually does: healthy, degraded or silent, why, and since when (P15).

A source is held against its own past, so that one with empty weekends or slow feeds raises no false alarm twice.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from math import comb
from statistics import median
from typing import Literal, NamedTuple

from spiders.kinds.trouble import UNKNOWN_FIELDS
from terms.source import SourceFacts
from warehouse import checks
from warehouse.checks import Checked
from watch.house import House

LOOK_BACK = 40  # runs
FEWEST_RUNS = 3  # a past that can be compared with
_HALF = 0.5
_BY_CHANCE = 1e-4
_SURE = 0.95  # no field counts as filled more surely than this
_FROZEN_PERIODS = 3
_DAY = timedelta(days=1)
_SILENT_PERIODS = 2
_TELLING = {"No item in any page", UNKNOWN_FIELDS}  # incidents of complete runs that are the source's own trouble


class Health(NamedTuple):
    """One source that was ever collected. why: "" where healthy. since: the first run in a row that was like this."""

    source: str
    state: Literal["healthy", "degraded", "silent"]
    why: str
    since: datetime


def read_health(house: House, facts: Mapping[str, SourceFacts]) -> dict[str, Health]:
    """The health of every known source that was ever collected; nothing of this is stored."""
    with house.warehouse.read() as connection:
        runs = checks.read_checked(connection, LOOK_BACK)
    return {name: health_of(runs[name], facts[name].every, house.clock()) for name in sorted(runs.keys() & facts)}


def health_of(runs: Sequence[Checked], every: int, now: datetime) -> Health:
    """The health of one source. runs: newest first, at least one. every: hours between two collections."""
    newest, period = runs[0], timedelta(hours=every)
    if now - newest.finished_at > _SILENT_PERIODS * period:
        late = (now - newest.finished_at) // timedelta(hours=1)
        return Health(newest.source, "silent", f"not collected for {late} h, due every {every} h", newest.finished_at)
    why = "; ".join(_faults(runs, period))
    if not why:
        return Health(newest.source, "healthy", "", _since(runs, period, is_bad=False))
    return Health(newest.source, "degraded", why, _since(runs, period, is_bad=True))


def _since(runs: Sequence[Checked], period: timedelta, *, is_bad: bool) -> datetime:
    since = runs[0].finished_at
    for place in range(1, len(runs)):
        if any(_faults(runs[place:], period)) is not is_bad:
            break
        since = runs[place].finished_at
    return since


def _faults(runs: Sequence[Checked], period: timedelta) -> Iterator[str]:
    """What is wrong with the newest of these runs, worst first."""
    newest, past = runs[0], [run for run in runs[1:] if run.state == "complete"]
    if newest.state != "complete":
        yield f"{newest.state} run" + (f": {newest.trouble[0]}" if newest.trouble else "")
        return
    yield from sorted(_TELLING & set(newest.trouble))
    yield from _low_yield(newest, past)
    yield from _vanished(newest, past)
    yield from _frozen(runs, period)


def _low_yield(newest: Checked, past: Sequence[Checked]) -> Iterator[str]:
    """Under half the usual, for more runs in a row than it was at two earlier times."""
    told = [_yield(run) for run in past if not _is_unmodified(run)]
    if len(told) < FEWEST_RUNS or _is_unmodified(newest):
        return
    usual = median(told)
    spells = _low_spells([_yield(newest), *told], usual * _HALF)
    earlier = sorted(spells[1:], reverse=True)
    if spells[0] > (earlier[1] if len(earlier) > 1 else 0):
        yield f"{_yield(newest)} items, usually {usual:g}"


def _yield(run: Checked) -> int:
    """Items of a list that was read whole, be it in two crawls."""
    return run.items + run.earlier


def _low_spells(items: Sequence[int], limit: float) -> list[int]:
    """Lengths of the runs of low yields, the one going on first (0 if none is)."""
    spells, was_low = [0], True
    for number in items:
        is_low = number < limit
        if is_low and not was_low:
            spells.append(0)
        spells[-1] += is_low
        was_low = is_low
    return spells


def _is_unmodified(run: Checked) -> bool:
    """Whether the publisher only said that nothing had changed (304), which is no low yield."""
    return run.items == 0 and run.unchanged > 0


def _vanished(newest: Checked, past: Sequence[Checked]) -> Iterator[str]:
    """Fields that hold less than half of their lowest share so far, and could not by chance."""
    told = [run for run in past if run.items >= FEWEST_RUNS and run.filled]
    if len(told) < FEWEST_RUNS or newest.items == 0:
        return
    gone = []
    for field in sorted({field for run in told for field in run.filled}):
        lowest = min(run.filled.get(field, 0) / run.items for run in told)
        found = newest.filled.get(field, 0)
        is_low = found / newest.items < lowest * _HALF
        if is_low and _chance(found, newest.items, min(lowest, _SURE)) < _BY_CHANCE:
            gone.append(f"{field} in {found} of {newest.items}")
    if gone:
        yield f"fields vanished: {', '.join(gone)}"


def _chance(found: int, items: int, share: float) -> float:
    """Binomial: how probable `found` or fewer are of `items` at a share."""
    return sum(comb(items, k) * share**k * (1 - share) ** (items - k) for k in range(found + 1))


def _frozen(runs: Sequence[Checked], period: timedelta) -> Iterator[str]:
    """The same captures for over three periods of a day or more, and for twice as long as ever before.

    A night is no freeze, nor is a weekend, however often one asks.
    """
    spells = _same_spells([run for run in runs if run.state == "complete"])
    usual = max(spells[1:], default=timedelta())
    if spells[0] > max(_FROZEN_PERIODS * max(period, _DAY), 2 * usual):
        yield f"the same answer for {spells[0] // timedelta(hours=1)} h"


def _same_spells(runs: Sequence[Checked]) -> list[timedelta]:
    """How long each answer stayed, the newest first; a 304 is the answer before it again."""
    spells: list[tuple[str, datetime, datetime]] = []
    for run in reversed(runs):
        is_again = spells and (_is_unmodified(run) or (run.captures and run.captures == spells[-1][0]))
        if is_again:
            spells[-1] = (spells[-1][0], spells[-1][1], run.finished_at)
        else:
            spells.append((run.captures, run.finished_at, run.finished_at))
    return [last - first for _, first, last in reversed(spells)]
