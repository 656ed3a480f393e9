"""How well learned probabilities hold on what nobody decided on: read some, explore a share, look at all the rest."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from nlp.calibrate import calibrated, calibration_error, held_out
from nlp.explore import MissRate, miss_rate
from nlp.learn import Lessons, scores
from nlp.learn_recipe import LEARNING, Learning
from nlp.learn_rows import SEED, Asked
from nlp.learn_screen import drawn


class Checked(NamedTuple):
    """After some decisions: expected calibration error over all undecided, their true share of good ones, and what
    exploration estimated of it."""

    decisions: int
    error: float
    share: float
    misses: MissRate


def check(
    rows: csr_matrix,
    need: Asked,
    good: NDArray[np.bool_],
    *,
    decisions: int = 100,
    batch: int = 10,
    seed: int = SEED,
    recipe: Learning = LEARNING,
) -> Checked:
    """Simulate `decisions`, the recipe's share of each batch drawn at random from all undecided, and hold the
    probabilities against the labels of the undecided, none of which the model saw.

    seed: of the random ones. They make the estimate fair: they come from everything that is left, whatever its score.
    """
    dice, strangers = np.random.default_rng(seed), drawn(rows.shape[0], recipe)
    value = np.asarray((rows @ need.row.T).todense(), dtype=np.float64).ravel()
    left, seen, explored = np.ones(rows.shape[0], dtype=np.bool_), list[int](), list[bool]()
    by_chance = max(1, round(batch * recipe.explored_share))
    while len(seen) < decisions and left.sum() > batch:
        places = np.flatnonzero(left)
        lots = dice.choice(places, size=min(by_chance, len(places)), replace=False)
        best = [p for p in places[np.argsort(-value[places], kind="stable")][:batch] if p not in lots]
        chosen = [*best[: batch - by_chance], *lots]
        seen += [int(place) for place in chosen]
        explored += [place in lots for place in chosen]
        left[chosen] = False
        value = scores(rows, need, Lessons.of(seen, good[seen]), strangers[left[strangers]], recipe)
    order = np.argsort(seen, kind="stable")
    lessons, chance = Lessons.of(seen, good[seen]), np.array(explored)[order]
    held = held_out(rows, need, lessons, strangers[left[strangers]], recipe)
    curve = calibrated(held, lessons.good, chance, value[left], recipe)
    error = calibration_error(curve.at(value[left]), good[left])
    looked = miss_rate(int(lessons.good[chance].sum()), int(chance.sum()))
    return Checked(len(seen), error, float(good[left].mean()), looked)
