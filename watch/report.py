"""What a run did, as tables: the command line prints them, Prefect keeps them as artifacts."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ledger import incidents
from ledger.incidents import Counted
from terms.haul import Haul
from terms.source import SourceFacts
from terms.urgent import Closing
from warehouse import runs
from watch.absorb import Load
from watch.collect import missing_keys, source_facts
from watch.deliver import Delivered
from watch.digest import Drafted
from watch.health import Health, read_health
from watch.house import House

if TYPE_CHECKING:  # spaCy takes seconds to import, and a table does not need it
    from watch.match import Matched

Rows = list[dict[str, str]]
_WORST = ("silent", "degraded", "healthy")


def hauls_table(hauls: Iterable[Haul]) -> Rows:
    """One row a source: state, pages, items, and the first incident."""
    return [
        {
            "source": haul.source,
            "state": haul.state,
            "pages": str(haul.counts.get("pages", 0)),
            "items": str(haul.counts.get("items", 0)),
            "incidents": str(len(haul.incidents)),
            "first": haul.incidents[0].message if haul.incidents else "",
        }
        for haul in hauls
    ]


def loads_table(loads: Iterable[Load]) -> Rows:
    """One row a haul: new, changed, unchanged, twins."""
    return [
        {
            "source": load.haul.source,
            "new": str(load.new),
            "changed": str(load.changed),
            "unchanged": str(load.unchanged),
            "twins": str(load.twins),
        }
        for load in loads
    ]


def matched_table(matched: "Matched") -> Rows:
    """One row: what was scored and flagged, by which model."""
    return [{name: str(value) for name, value in matched._asdict().items()}]


def drafts_table(drafts: Iterable[Drafted]) -> Rows:
    """One row a company."""
    return [
        {"company": d.company_key, "state": d.state, "lines": str(d.lines), "held back": str(d.held_back)}
        for d in drafts
    ]


def closing_table(found: Iterable[Closing]) -> Rows:
    """One row a call that closes before its company's next digest, the next to close first."""
    return [
        {
            "company": one.company_key,
            "ref": one.ref,
            "closes": f"{one.closes_at:%Y-%m-%d %H:%M}",
            "standing": one.standing,
            "title": one.title,
        }
        for one in found
    ]


def delivered_table(delivered: Delivered) -> Rows:
    """One row: mails by state."""
    return [{**{state: str(n) for state, n in sorted(delivered.states.items())}, "settled": str(delivered.settled)}]


def read_incidents(house: House) -> list[Counted]:
    """Trouble, worst first."""
    with house.ledger.read() as connection:
        return incidents.read_incidents(connection)


def incidents_table(found: Iterable[Counted]) -> Rows:
    """One row an incident, worst first."""
    return [
        {
            "level": counted.incident.level,
            "where": counted.incident.where,
            "what": counted.incident.message,
            "facts": ", ".join(f"{k}: {v}" for k, v in counted.incident.facts.items()),
            "since": f"{counted.first_seen_at:%Y-%m-%d}",
            "times": str(counted.times),
        }
        for counted in found
    ]


def sources_table(house: House) -> Rows:
    """Every source, worst first, with its last run (P15)."""
    facts = source_facts(house)
    with house.warehouse.read() as connection:
        latest = {run.source: run for run in runs.latest_runs(connection)}
    health = read_health(house, facts)
    ordered = sorted(
        facts, key=lambda name: (_WORST.index(health[name].state) if name in health else len(_WORST), name)
    )
    lacking = missing_keys(house)
    return [_source_row(facts[n], latest.get(n), health.get(n), lacking.get(n)) for n in ordered]


def _source_row(facts: SourceFacts, run: runs.Run | None, health: Health | None, lacks: str | None) -> dict[str, str]:
    never = "skipped" if lacks else "never collected"
    return {
        "source": facts.name,
        "kind": facts.kind,
        "health": health.state if health else never,
        "since": f"{health.since:%Y-%m-%d}" if health else "",
        "why": health.why if health else "",
        "last run": f"{run.finished_at:%Y-%m-%d %H:%M}" if run else "",
        "said": f"{run.new_items} new of {run.items} examined" if run else lacks or "",
        "every": f"{facts.every} h",
        "licence": facts.licence,
        "title": facts.title,
    }
