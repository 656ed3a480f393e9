"""Sources and runs for the desk: worst first, yields over time (P36)."""

from collections.abc import Sequence
from typing import NamedTuple

from digests.links import safe_link
from terms.errors import NotFound
from terms.source import SourceFacts
from warehouse import checks, runs
from warehouse.checks import Checked
from watch.collect import source_facts
from watch.desk_queue import Workroom
from watch.health import LOOK_BACK, Health, read_health
from watch.report import Rows, sources_table


class Bar(NamedTuple):
    """One run in a plot: x and width, y and height in its units. is_bad: the run was not complete."""

    x: float
    y: float
    height: float
    is_bad: bool


class SourcePage(NamedTuple):
    """One source. runs: newest first. bars: oldest first. home: None where it is no plain web address."""

    facts: SourceFacts
    health: Health | None
    runs: Sequence[Checked]
    bars: Sequence[Bar]
    most: int
    home: str | None


def source_rows(room: Workroom) -> Rows:
    """Every source, worst first; sources belong to no company."""
    return sources_table(room.house)


def source_page(room: Workroom, name: str) -> SourcePage:
    """One source with its last runs. Raises NotFound."""
    facts = source_facts(room.house)
    if name not in facts:
        raise NotFound("there is no such source")
    with room.house.warehouse.read() as connection:
        found = checks.read_checked(connection, LOOK_BACK).get(name, [])
    most = max((run.items for run in found), default=0)
    health = read_health(room.house, facts).get(name)
    return SourcePage(facts[name], health, found, bars(found, most), most, safe_link(facts[name].home))


def last_runs(room: Workroom) -> list[runs.Run]:
    """The last run of each source, newest first."""
    with room.house.warehouse.read() as connection:
        return sorted(runs.latest_runs(connection), key=lambda run: run.finished_at, reverse=True)


def bars(found: Sequence[Checked], most: int, height: float = 80.0) -> list[Bar]:
    """Items per run as bars of at most `height`, oldest first, each 10 units wide."""
    scale = height / most if most else 0.0
    drawn = []
    for place, run in enumerate(reversed(found)):
        tall = max(1.0, run.items * scale)
        drawn.append(Bar(place * 10.0, height - tall, tall, run.state != "complete"))
    return drawn
