"""The warehouse built anew from what crawls left: it holds only what was observed and computed (HOUSE 1.3)."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from terms.errors import VardeError
from warehouse import runs
from warehouse.store import Warehouse
from watch.absorb import absorb_folders
from watch.collect import pending_hauls
from watch.house import House
from watch.lock import only_one
from watch.match import match
from watch.splits import bring_splits

Sizes = Mapping[tuple[str, str], int]  # (source, kind) -> items


class Rebuilt(NamedTuple):
    """What a rebuild did. before, after: items in the warehouse that was, and in the one that is."""

    hauls: int
    before: int
    after: int


def rebuild(house: House, *, even_if_less: bool = False, on_step: Callable[[str], None] = lambda step: None) -> Rebuilt:
    """Absorb every haul there is into a new warehouse, match, compare, and put it in the place of the old one.

    Until the last moment nothing of the old one is touched. Raises VardeError where the new one would hold less, since
    hauls were removed by hand or are damaged, unless `even_if_less`; RunBusy where a rebuild is going on.
    """
    with only_one(house, "rebuild"):
        place = house.settings.home / "rebuilt"
        shutil.rmtree(place, ignore_errors=True)
        fresh = house.warehouse.beside(place)
        try:
            return _swap(house, fresh, _fill(house, fresh, on_step), even_if_less=even_if_less)
        finally:
            shutil.rmtree(place, ignore_errors=True)


def _fill(house: House, fresh: Warehouse, on_step: Callable[[str], None]) -> int:
    """Everything into the new warehouse, in the order it came; returns the hauls that are in."""
    bring_splits(house, house.warehouse)  # a split that only the old one knows goes to the ledger first
    bring_splits(house, fresh)
    loaded = 0
    for folder in pending_hauls(house):
        on_step(f"absorbing {folder.parent.name} of {folder.name}")
        loaded += len(absorb_folders(house, fresh, [folder]))
    on_step("matching")
    match(replace(house, warehouse=fresh))
    return loaded


def _swap(house: House, fresh: Warehouse, loaded: int, *, even_if_less: bool) -> Rebuilt:
    before, after = _sizes(house.warehouse), _sizes(fresh)
    less = list(_less(before, after))
    if less and not even_if_less:
        raise VardeError(
            f"a rebuilt warehouse would hold less ({'; '.join(less)}), as hauls are gone or damaged; nothing was "
            "changed. With --even-if-less it takes the place of the old one all the same"
        )
    house.warehouse.replace_with(fresh)
    return Rebuilt(loaded, sum(before.values()), sum(after.values()))


def _sizes(warehouse: Warehouse) -> Sizes:
    with warehouse.read() as connection:
        return {(source, kind): items for source, kind, items in runs.size(connection)}


def _less(before: Sizes, after: Sizes) -> Iterator[str]:
    for (source, kind), items in sorted(before.items()):
        found = after.get((source, kind), 0)
        if found < items:
            yield f"{found} of {items} items of {source}"
