"""Needs as the statistics see them, prepared once: the next run reads them."""

import logging
from collections.abc import Sequence
from zipfile import BadZipFile

from nlp.columns_ground import stamp_of
from nlp.columns_needs import Rows, asked_again, joined, packed_needs, rows_of, unpacked_needs
from nlp.ground import Ground
from nlp.parts import Asked, asked
from nlp.recipe import Recipe
from terms.company import NeedVersion
from warehouse.shelf import Shelf

_MOST = 20_000  # prepared needs kept; former versions among them
_log = logging.getLogger(__name__)


def prepared_needs(shelf: Shelf | None, needs: Sequence[NeedVersion], ground: Ground, recipe: Recipe) -> Asked:
    """The needs prepared; what is new among them is kept on the shelf, if there is one, beside what stands there."""
    if shelf is None:
        return asked(needs, ground, recipe)
    name = f"needs-{stamp_of(ground, recipe)}.npz"
    kept = _read(shelf, name)
    asking, fresh = asked_again(needs, kept, ground, recipe)
    if fresh:
        for other in shelf.names():
            if other.startswith("needs-") and other != name:
                shelf.remove(other)
        shelf.put(name, packed_needs(_beside(kept, rows_of(asking))))
    return asking


def _beside(kept: Rows | None, rows: Rows) -> Rows:
    """What is kept and was not asked for now goes along, as long as it is not too much."""
    if kept is None or len(kept.keys) + len(rows.keys) > _MOST:
        return rows
    said = set(rows.keys)
    others = [place for place, key in enumerate(kept.keys) if key not in said]
    return joined(kept.chosen(others), rows) if others else rows


def _read(shelf: Shelf, name: str) -> Rows | None:
    octets = shelf.read(name)
    try:
        return unpacked_needs(octets) if octets else None
    except (ValueError, KeyError, BadZipFile) as why:
        _log.warning("%s on the shelf cannot be read and is made again: %s", name, why)
        return None
