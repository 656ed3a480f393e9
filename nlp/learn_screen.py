"""A simulated broker: sees the best of what is left, says good or bad, and the model learns from that alone."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from nlp.learn import Lessons, scores
from nlp.learn_recipe import LEARNING, Learning
from nlp.learn_rows import SEED, Asked


def screen(
    rows: csr_matrix,
    need: Asked,
    reveal: Callable[[int], bool],
    wanted: int,
    *,
    batch: int = 10,
    step: Callable[[int, int], None] = lambda shown, found: None,
    recipe: Learning = LEARNING,
) -> list[int]:
    """Places in the order shown, until `wanted` good ones are found or none are left.

    reveal: tells whether a place is good; asked once a place, after it was shown. The first order is that of the need's
    words. A batch is at most `batch`, smaller while little is known, and the model is trained anew after each.
    """
    strangers = drawn(rows.shape[0], recipe)
    value = np.asarray((rows @ need.row.T).todense(), dtype=np.float64).ravel()
    order, good = list[int](), list[bool]()
    left = np.ones(rows.shape[0], dtype=np.bool_)
    while sum(good) < wanted and len(order) < rows.shape[0]:
        size = max(1, min(batch, len(order) // recipe.ramp))
        for place in _best(value, left, size):
            order.append(place)
            good.append(reveal(place))
            left[place] = False
        step(len(order), sum(good))
        value = scores(rows, need, Lessons.of(order, good), strangers[left[strangers]], recipe)
    return order


def drawn(count: int, recipe: Learning = LEARNING) -> NDArray[np.int64]:
    """Places of the documents that stand for bad ones while nobody has decided on them, at random by a fixed seed."""
    return np.random.default_rng(SEED).permutation(count)[: recipe.strangers].astype(np.int64)


def _best(value: NDArray[np.float64], left: NDArray[np.bool_], size: int) -> Sequence[int]:
    """The places of the highest values among those left, the earlier place first where they are equal."""
    places = np.flatnonzero(left)
    return [int(place) for place in places[np.argsort(-value[places], kind="stable")[:size]]]
