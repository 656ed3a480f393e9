"""The queues of many companies at once, as `nlp.flags.flags` makes each: for those that have decided nothing yet."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp.explore import draw, wanted
from nlp.learn_recipe import LEARNING, Learning

NOT, FLAGGED, EXPLORED = 0, 1, 2
Places = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Undecided(NamedTuple):
    """Kept matches, one row each, as numbers that are in the order of their keys. clusters: into the keys that
    `flags_of` is given; a need is of one company."""

    companies: Places
    needs: Places
    clusters: Places
    fits: NDArray[np.float64]
    is_above: Mask
    is_wanted: Mask


def flags_of(
    rows: Undecided, keys: Sequence[str], seeds: Sequence[str], recipe: Learning = LEARNING
) -> NDArray[np.int8]:
    """NOT, FLAGGED or EXPLORED for each row. keys: of the clusters. seeds: of the companies."""
    best = _once(rows)
    is_top = rows.is_above[best] | rows.is_wanted[best]
    chosen = best[is_top][_within_budget(rows, best[is_top], len(seeds), recipe)]
    drawn = _drawn(rows, best[~is_top], np.bincount(rows.companies[chosen], minlength=len(seeds)), keys, seeds, recipe)
    flags = np.full(len(rows.fits), NOT, dtype=np.int8)
    pairs = rows.needs * (len(keys) + 1) + rows.clusters
    flags[np.isin(pairs, pairs[drawn])] = EXPLORED
    flags[np.isin(pairs, pairs[chosen])] = FLAGGED
    return flags


def _once(rows: Undecided) -> Places:
    """Each cluster of each company on its best need: by company, best first, numbers that are none last."""
    known = ~np.isnan(rows.fits)
    falling = np.where(known, -rows.fits, 0.0)
    order = np.lexsort((rows.needs, rows.clusters, falling, ~known, ~rows.is_wanted, rows.companies))
    pairs = rows.companies * (int(rows.clusters.max(initial=0)) + 1) + rows.clusters
    _, first = np.unique(pairs[order], return_index=True)
    return np.asarray(order[np.sort(first)], dtype=np.int64)


def _within_budget(rows: Undecided, above: Places, companies: int, recipe: Learning) -> Mask:
    """Asked for by a rule, or among its need's best few, or within what the company's budget leaves."""
    kept = rows.is_wanted[above].copy()
    others = np.flatnonzero(~kept)
    kept[others] = _rank(rows.needs[above[others]]) < recipe.least_per_need
    owners = rows.companies[above]
    room = np.maximum(0, recipe.flags_per_company - np.bincount(owners[kept], minlength=companies))
    rest = np.flatnonzero(~kept)
    kept[rest] = _rank(owners[rest]) < room[owners[rest]]
    return kept


def _rank(groups: Places) -> Places:
    """How many entries of the same group stand before each one."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    ranks = np.empty(len(groups), dtype=np.int64)
    ranks[order] = np.arange(len(groups)) - np.searchsorted(ordered, ordered, side="left")
    return ranks


def _drawn(
    rows: Undecided, below: Places, queues: Places, keys: Sequence[str], seeds: Sequence[str], recipe: Learning
) -> Places:
    """The explored ones of each company. below: by company."""
    bounds = np.searchsorted(rows.companies[below], np.arange(len(seeds) + 1))
    found = list[int]()
    for company, seed in enumerate(seeds):
        mine = below[bounds[company] : bounds[company + 1]].tolist()
        count = wanted(int(queues[company]), recipe.explored_share)
        if mine and count:
            place = {keys[int(rows.clusters[one])]: one for one in mine}
            found += [place[key] for key in draw(place, count, seed)]
    return np.array(found, dtype=np.int64)
