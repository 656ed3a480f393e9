"""What keeps the house in order: recovery, a copy of the ledger, old hauls packed, learned classes."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from warehouse import runs
from watch.collect import pending_hauls
from watch.hauls import Damaged, pack, read_haul
from watch.house import House

_PACK_HAULS = timedelta(days=30)
_KEEP_BACKUPS = 14


class Kept(NamedTuple):
    """What housekeeping did. backup: the fresh copy of the ledger, None on PostgreSQL, which has pg_dump.
    classes: what became of the model that gives classes."""

    backup: Path | None
    hauls_packed: int
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
    return Kept(backup, _pack_hauls(house), _remove_backups(folder), refresh_classes(house))


def _pack_hauls(house: House) -> int:
    """The newest haul of a source stays as it is: it is read again to look things up."""
    with house.warehouse.read() as connection:
        absorbed = runs.absorbed_hauls(connection)
    limit, newest = house.clock() - _PACK_HAULS, {folder.parent.name: folder for folder in pending_hauls(house)}
    packed = 0
    for folder in list(pending_hauls(house)):
        if (folder.parent.name, folder.name) in absorbed and folder != newest[folder.parent.name]:
            packed += _is_older(folder, limit) and pack(folder)
    return packed


def _is_older(folder: Path, limit: datetime) -> bool:
    try:
        return read_haul(folder).finished_at < limit
    except Damaged:  # absorbing says so
        return False


def _remove_backups(folder: Path) -> int:
    old = sorted(folder.glob("ledger-*.sqlite"))[:-_KEEP_BACKUPS]
    for path in old:
        path.unlink()
    return len(old)
