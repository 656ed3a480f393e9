"""Companies that have decided nothing yet: their queues as columns, all at once (P26)."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from nlp.flags_columns import EXPLORED as DRAWN
from nlp.flags_columns import NOT, Undecided, flags_of
from terms.match import EXPLORED
from warehouse.learned import Taught
from warehouse.reasons import Untold


class Quiet(NamedTuple):
    """taught: rows of the overlay. untold: what is flagged and has no reasons yet."""

    taught: list[Taught]
    untold: list[Untold]


def quiet_queues(kept: pa.Table) -> Quiet:
    """The flags of matches that nobody has decided on (warehouse.learned.read_kept_columns)."""
    if not kept.num_rows:
        return Quiet([], [])
    needs, names = _numbers(kept["need_key"])
    clusters, keys = _numbers(kept["cluster_key"])
    owners = [name.partition("/")[0] for name in names]
    seeds = sorted(set(owners))
    place = {owner: number for number, owner in enumerate(seeds)}
    companies = np.array([place[owner] for owner in owners], dtype=np.int64)[needs]
    fits, is_flagged, is_wanted, is_told = (
        kept[name].to_numpy() for name in ("fit", "is_flagged", "is_wanted", "is_told")
    )
    flags = flags_of(Undecided(companies, needs, clusters, fits, is_flagged, is_wanted), keys, seeds)
    is_drawn = flags == DRAWN
    differs = np.flatnonzero(((flags != NOT) != is_flagged) | is_drawn)
    return Quiet(
        _taught(kept, differs, flags != NOT, is_drawn), _untold(kept, np.flatnonzero((flags != NOT) & ~is_told))
    )


def _numbers(column: pa.ChunkedArray) -> tuple[NDArray[np.int64], list[str]]:
    """Each string as its place among the different ones in order, and those."""
    coded = column.combine_chunks().dictionary_encode()
    order = pc.array_sort_indices(coded.dictionary).to_numpy()
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.arange(len(order))
    return places[coded.indices.to_numpy()], coded.dictionary.take(pa.array(order)).to_pylist()


def _taught(
    kept: pa.Table, rows: NDArray[np.int64], is_flagged: NDArray[np.bool_], is_drawn: NDArray[np.bool_]
) -> list[Taught]:
    columns = [
        kept[name].take(pa.array(rows)).to_pylist()
        for name in ("need_key", "need_version", "matched_key", "fit", "model_version")
    ]
    return [
        Taught(need, version, key, fit, flagged, f"{model}{EXPLORED}" if drawn else model)
        for need, version, key, fit, model, flagged, drawn in zip(
            *columns, is_flagged[rows].tolist(), is_drawn[rows].tolist(), strict=True
        )
    ]


def _untold(kept: pa.Table, rows: NDArray[np.int64]) -> list[Untold]:
    names = ("need_key", "need_version", "matched_key", "item_key", "model_version")
    columns = (kept[name].take(pa.array(rows)).to_pylist() for name in names)
    return [Untold(*row) for row in zip(*columns, strict=True)]
