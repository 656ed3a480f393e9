"""Hop 3: finished hauls into the warehouse, each in one transaction with its run and its cursor."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ledger import incidents
from terms.haul import Haul
from terms.incident import Incident
from terms.item import Item
from warehouse import checks, items, matches, revisions, runs
from watch.collect import pending_hauls
from watch.house import House
from watch.twins import join


class Load(NamedTuple):
    """What absorbing one haul did, in items. twins: new items that joined a cluster that was there."""

    haul: Haul
    new: int
    changed: int
    unchanged: int
    twins: int


def absorb(house: House) -> list[Load]:
    """Load every finished haul that is not in yet, oldest first. A haul that is in changes nothing (P11, P63).

    One that cannot be read, or has lost items, is an incident, stays where it is, and stops no other.
    """
    with house.warehouse.read() as connection:
        waiting = [
            folder for folder in pending_hauls(house)
            if not runs.is_absorbed(connection, folder.parent.name, folder.name)
        ]  # fmt: skip
    return [load for folder in waiting if (load := _absorb_one(house, folder))]


def _absorb_one(house: House, folder: Path) -> Load | None:
    try:
        haul, arriving = _read(folder)
    except ValueError as why:
        _note_unreadable(house, folder, type(why).__name__)
        return None
    with house.warehouse.write() as connection:
        absorb_no = matches.last_absorb(connection) + 1
        absorbed = items.absorb(connection, arriving, absorb_no=absorb_no, seen_at=haul.finished_at)
        revisions.store_changes(connection, absorbed.changed)
        twins = join(connection, absorbed.new + absorbed.changed)
        runs.store_run(connection, haul, absorbed, absorb_no)
        checks.store_check(connection, haul, arriving)
    return Load(haul, len(absorbed.new), len(absorbed.changed), absorbed.unchanged, twins)


def _read(folder: Path) -> tuple[Haul, list[Item]]:
    """A haul with its items. Raises ValueError where either cannot be read, or fewer items lie there than were told."""
    haul = Haul.model_validate_json((folder / "haul.json").read_bytes())
    arriving = list(_items(folder))
    if len(arriving) != haul.counts.get("items", len(arriving)):
        raise ValueError(f"{len(arriving)} items")
    return haul, arriving


def _note_unreadable(house: House, folder: Path, why: str) -> None:
    facts = {"haul": str(folder), "reason": why, "do": "remove the folder and collect the source again"}
    incident = Incident(where=f"source:{folder.parent.name}", level="error", message="A haul is damaged", facts=facts)
    with house.ledger.write() as connection:
        incidents.note_incidents(connection, [incident], at=house.clock(), run=folder.name)


def _items(folder: Path) -> Iterator[Item]:
    path = folder / "items.jsonl"
    if path.exists():
        with path.open(encoding="utf-8") as lines:
            yield from (Item.model_validate_json(line) for line in lines)
