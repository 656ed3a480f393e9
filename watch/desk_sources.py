"""Sources, runs and trouble for the desk: worst first, yields over time; nothing of others' companies (P36)."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from digests.links import safe_link
from ledger import incidents
from ledger.company_names import read_names
from ledger.incidents import Counted
from terms.errors import NotFound
from terms.person import Scope
from terms.source import SourceFacts
from warehouse import checks, runs
from warehouse.checks import Checked
from watch.collect import source_facts
from watch.desk_queue import Workroom
from watch.health import LOOK_BACK, Health, read_health
from watch.report import Rows, sources_table

_OPEN = timedelta(days=7)  # trouble that was not seen for so long is over
_MOST = 300


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


class Trouble(NamedTuple):
    """One incident. is_open: seen within the last week. owner: who should act, where it says so."""

    counted: Counted
    is_open: bool
    owner: str


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


def trouble(room: Workroom, scope: Scope) -> list[Trouble]:
    """Incidents that name no company others serve: going on before over, errors first."""
    with room.house.ledger.read() as connection:
        found = incidents.read_incidents(connection)
        every = read_names(connection)
    strange = _names({key: name for key, name in every.items() if key not in scope.companies})
    now = room.house.clock()
    shown = [_told(one, now) for one in found if not (strange and strange.search(_text(one)))]
    return sorted(shown, key=lambda one: not one.is_open)[:_MOST]


def _told(counted: Counted, now: datetime) -> Trouble:
    return Trouble(counted, now - counted.last_seen_at <= _OPEN, counted.incident.facts.get("broker", ""))


def _text(counted: Counted) -> str:
    incident = counted.incident
    return " ".join((incident.where, incident.message, *incident.facts, *incident.facts.values()))


def _names(others: Mapping[str, str]) -> re.Pattern[str] | None:
    """Any key or name of these companies, as a word of its own."""
    words = sorted({re.escape(word) for pair in others.items() for word in pair}, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(words)})(?![\w-])", re.IGNORECASE) if words else None
