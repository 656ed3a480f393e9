"""Hop 3: finished hauls into the warehouse, each in one transaction with its run and its cursor."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from terms.haul import Haul
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
    """Load every finished haul that is not in yet, oldest first. A haul that is in changes nothing (P11, P63)."""
    with house.warehouse.read() as connection:
        waiting = [
            folder for folder in pending_hauls(house)
            if not runs.is_absorbed(connection, folder.parent.name, folder.name)
        ]  # fmt: skip
    return [_absorb_one(house, folder) for folder in waiting]


def _absorb_one(house: House, folder: Path) -> Load:
    haul = Haul.model_validate_json((folder / "haul.json").read_text("utf-8"))
    arriving = list(_items(folder))
    with house.warehouse.write() as connection:
        absorb_no = matches.last_absorb(connection) + 1
        absorbed = items.absorb(connection, arriving, absorb_no=absorb_no, seen_at=haul.finished_at)
        revisions.store_changes(connection, absorbed.changed)
        twins = join(connection, absorbed.new + absorbed.changed)
        runs.store_run(connection, haul, absorbed, absorb_no)
        checks.store_check(connection, haul, arriving)
    return Load(haul, len(absorbed.new), len(absorbed.changed), absorbed.unchanged, twins)


def _items(folder: Path) -> Iterator[Item]:
    path = folder / "items.jsonl"
    if path.exists():
        with path.open(encoding="utf-8") as lines:
            yield from (Item.model_validate_json(line) for line in lines)
