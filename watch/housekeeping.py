"""What keeps the house in order: recovery, a copy of the ledger, hauls that are absorbed and old, learned classes."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from terms.haul import Haul
from warehouse import runs
from watch.collect import pending_hauls
from watch.house import House

_KEEP_HAULS = timedelta(days=30)
_KEEP_BACKUPS = 14


class Kept(NamedTuple):
    """What housekeeping did. backup: the fresh copy of the ledger, None on PostgreSQL, which has pg_dump.
    classes: what became of the model that gives classes."""

    backup: Path | None
    hauls_removed: int
    backups_removed: int
    classes: str = ""


def keep_house(house: House) -> Kept:
    """Recover the warehouse, back the ledger up, remove absorbed hauls older than 30 days. Captures always stay.

    Classes are learned anew where the patents have outgrown them.
    """
    from watch.classes import refresh_classes  # noqa: PLC0415 - numpy and numba take a while, and most verbs need none

    house.warehouse.recover()
    folder = house.settings.home / "backups"
    backup = house.ledger.backup(folder / f"ledger-{house.clock():%Y%m%dT%H%M%SZ}.sqlite")
    return Kept(backup, _remove_hauls(house), _remove_backups(folder), refresh_classes(house))


def _remove_hauls(house: House) -> int:
    limit = house.clock() - _KEEP_HAULS
    removed = 0
    for folder in list(pending_hauls(house)):
        try:
            haul = Haul.model_validate_json((folder / "haul.json").read_bytes())
        except ValueError:  # absorbing says so
            continue
        with house.warehouse.read() as connection:
            is_in = runs.is_absorbed(connection, haul.source, haul.run_key)
        if is_in and haul.finished_at < limit:
            shutil.rmtree(folder)
            removed += 1
    return removed


def _remove_backups(folder: Path) -> int:
    old = sorted(folder.glob("ledger-*.sqlite"))[:-_KEEP_BACKUPS]
    for path in old:
        path.unlink()
    return len(old)
