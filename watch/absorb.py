"""Hop 3: finished hauls into the warehouse in short transactions; run and cursor come with the last one."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ledger import incidents
from terms.haul import Haul
from terms.incident import Incident
from warehouse import checks, items, loading, matches, revisions, runs
from warehouse.loading import Progress
from warehouse.store import Connection, Turn, Warehouse
from watch.collect import pending_hauls
from watch.hauls import PART, Damaged, Part, left_out, parts, read_haul
from watch.house import House
from watch.organisations import enter, is_register
from watch.splits import bring_splits
from watch.twins import join

_SHIFT_S = 2.0
"""So long small hauls share a turn: to open, close and publish the warehouse costs more than to absorb one of them."""


class Load(NamedTuple):
    """What absorbing one haul did, in items. twins: new items that joined a cluster that was there."""

    haul: Haul
    new: int
    changed: int
    unchanged: int
    twins: int


def absorb(house: House, *, size: int = PART) -> list[Load]:
    """Load every finished haul that is not in yet, oldest first. A haul that is in changes nothing (P11, P63).

    size: lines stored in one transaction. A haul that cannot be read, or has lost items, is an incident, stays where it
    is, and stops no other; so is a line that is no item, which is left out.
    """
    with house.warehouse.read() as connection:
        absorbed = runs.absorbed_hauls(connection)
    waiting = [folder for folder in pending_hauls(house) if (folder.parent.name, folder.name) not in absorbed]
    if waiting:
        bring_splits(house, house.warehouse)
    return absorb_folders(house, house.warehouse, waiting, size=size)


def absorb_folders(house: House, into: Warehouse, folders: Sequence[Path], *, size: int = PART) -> list[Load]:
    """Load the hauls of these folders into a warehouse, in this order; as `absorb` does. size: lines a transaction."""
    loads, waiting = list[Load](), deque(folders)
    while waiting:
        with into.turn() as turn:
            until = time.monotonic() + _SHIFT_S
            loads += _absorb_one(house, turn, waiting.popleft(), size)
            while waiting and time.monotonic() < until:
                loads += _absorb_one(house, turn, waiting.popleft(), size)
    return loads


def _absorb_one(house: House, turn: Turn, folder: Path, size: int) -> list[Load]:
    """One haul; nothing where it is damaged, or another process absorbed it while we waited for our turn."""
    try:
        haul = read_haul(folder)
        if _is_in(turn, haul):
            return []
        if is_register(folder):
            return [Load(haul, *enter(turn, haul, folder), 0)]
        return [load_haul(turn, haul, folder, partial(_note, house, run=folder.name), size)]
    except Damaged as why:
        _note(house, _damaged(folder, str(why)), run=folder.name)
    return []


def _is_in(turn: Turn, haul: Haul) -> bool:
    with turn.transaction() as connection:
        return runs.is_absorbed(connection, haul.source, haul.run_key)


def load_haul(turn: Turn, haul: Haul, folder: Path, note: Callable[[Incident], None], size: int = PART) -> Load:
    """One haul, a transaction for `size` lines, taken up where it was left. Raises Damaged where it is damaged."""
    tally, refused = checks.Tally(), list[str]()
    with turn.transaction() as connection:
        progress = loading.read_progress(connection, haul)
    for part in parts(folder, size):
        tally.add(part.items)
        refused += part.refused
        if part.is_last and refused:
            note(left_out(haul, folder, refused))
        if part.lines <= progress.lines and not part.is_last:
            continue
        with turn.transaction() as connection:
            progress, absorb_no = _store(connection, haul, part, progress)
            if not part.is_last:
                loading.keep_progress(connection, haul, progress)
                continue
            loading.forget_progress(connection, haul)
            runs.store_run(connection, haul, progress.counts, absorb_no)
            checks.store_check(connection, haul, tally)
    return Load(haul, *progress.counts, progress.twins)


def _store(connection: Connection, haul: Haul, part: Part, progress: Progress) -> tuple[Progress, int]:
    """The items of one part; how far the haul is in then, and the number of this load."""
    absorb_no = matches.last_absorb(connection) + 1
    if not part.items:
        return progress.after(part.lines, items.Absorbed((), (), 0), 0), absorb_no
    absorbed = items.absorb(connection, part.items, absorb_no=absorb_no, seen_at=haul.finished_at)
    revisions.store_changes(connection, absorbed.changed)
    twins = join(connection, (*absorbed.new, *absorbed.changed))
    return progress.after(part.lines, absorbed, twins), absorb_no


def _damaged(folder: Path, why: str) -> Incident:
    facts = {"haul": str(folder), "reason": why, "do": "remove the folder and collect the source again"}
    return Incident(where=f"source:{folder.parent.name}", level="error", message="A haul is damaged", facts=facts)


def _note(house: House, incident: Incident, run: str) -> None:
    with house.ledger.write() as connection:
        incidents.note_incidents(connection, [incident], at=house.clock(), run=run)
