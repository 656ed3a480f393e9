"""Registers, projects and announcements into the warehouse, every organisation as one identity (P17, P41)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from network.names import name_key
from network.register import Register
from spiders.catalogue import all_sources
from terms.haul import Haul
from terms.organisation import RECORDS, Announcement, Participation, Project, RegisterEntry
from warehouse import matches, organisations, organisations_entries, projects, runs
from warehouse.checks import Tally, store_check
from warehouse.items import Counts
from warehouse.organisations import Named
from warehouse.store import Connection, Turn
from watch.hauls import Damaged, lines_of
from watch.house import House

PART = 4_000
"""Records stored in one go; what bounds the memory of a whole register."""
_RANKS = {"ror": 0, "brreg": 1, "cordis": 2, "rcn_eu_grants": 3, "openalex": 4}
_LAST_RANK = 5
Found = RegisterEntry | Project | Announcement
Kind = TypeVar("Kind", RegisterEntry, Project, Announcement)


@cache
def _register_sources() -> dict[str, str]:
    """Sources that bring no items, with what they bring."""
    return {name: source.kind for name, source in all_sources().items() if source.kind in RECORDS}


def is_register(folder: Path) -> bool:
    """Whether a haul's folder belongs to a source of organisations, projects or announcements."""
    return folder.parent.name in _register_sources()


def enter(turn: Turn, haul: Haul, folder: Path) -> Counts:
    """One finished haul, a transaction for a few thousand records; run and cursor come with the last one.

    Taken up after a kill it finds what is in unchanged. Raises Damaged where a record cannot be read.
    """
    changed, tally = 0, Tally()
    for part in _parts(folder):
        tally.items += len(part)
        with turn.transaction() as connection:
            changed += _store(connection, part, haul.finished_at)
    counts = Counts(changed, 0, tally.items - changed)
    with turn.transaction() as connection:
        runs.store_run(connection, haul, counts, matches.last_absorb(connection) + 1)
        store_check(connection, haul, tally)
    return counts


def _parts(folder: Path) -> Iterator[list[Found]]:
    """The records of a haul, a few thousand at a time."""
    lines, noun = lines_of(folder), RECORDS[_register_sources()[folder.parent.name]]
    try:
        while part := [noun.model_validate_json(line) for line in islice(lines, PART)]:
            yield part
    except ValidationError as why:
        raise Damaged(f"a record is no {noun.__name__}: {why.error_count()} fields are wrong") from why


def _store(connection: Connection, part: Sequence[Found], at: datetime) -> int:
    """Store what is new or changed of one part; how many that were."""
    entries = organisations_entries.changed_entries(connection, _of(part, RegisterEntry))
    if entries:
        keys = organisations.identify(connection, [_named(entry, entry.source) for entry in entries])
        organisations_entries.store_entries(connection, entries, keys, at)
    fresh = projects.changed_projects(connection, _of(part, Project))
    if fresh:
        every = [_named(one, project.source) for project in fresh for one in project.organisations]
        found = iter(organisations.identify(connection, every) if every else ())
        keys_of = [[next(found) for _ in project.organisations] for project in fresh]
        projects.store_projects(connection, fresh, keys_of, at)
    told = projects.changed_announcements(connection, _of(part, Announcement))
    if told:
        projects.store_announcements(connection, told, _announcers(connection, told), at)
    return len(entries) + len(fresh) + len(told)


def _of(part: Sequence[Found], noun: type[Kind]) -> list[Kind]:
    return [one for one in part if isinstance(one, noun)]


def _named(one: RegisterEntry | Participation, source: str) -> Named:
    spellings = dict.fromkeys((one.name, *one.aliases))
    return Named(
        name=one.name,
        name_keys={spelling: name_key(spelling) for spelling in spellings},
        country=one.country,
        region=one.region,
        town=one.town,
        type=one.type,
        web=one.web,
        ids=one.ids,
        rank=_RANKS.get(source, _LAST_RANK),
    )


def _announcers(connection: Connection, told: Sequence[Announcement]) -> list[str | None]:
    """The identity behind each announcement; one that gives neither name nor known id stays without."""
    known = [one for one in told if one.organisation]
    named = [
        Named(one.organisation or "", {one.organisation or "": name_key(one.organisation or "")}, one.country, None,
              None, "unknown", None, one.ids, _LAST_RANK)
        for one in known
    ]  # fmt: skip
    keys = iter(organisations.identify(connection, named) if named else ())
    by_id = organisations.keys_of_ids(connection, [known for one in told for known in one.ids])
    return [
        next(keys) if one.organisation else next((by_id[i] for i in one.ids if i in by_id), None) for one in told
    ]  # fmt: skip


def read_register(house: House) -> Register:
    """An index of all that the warehouse knows."""
    with house.warehouse.read() as connection:
        return Register(organisations.read_organisations(connection).values())
