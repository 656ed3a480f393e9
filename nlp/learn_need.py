"""One need: its lessons in, learned probabilities out, with what learning is worth there and whether it is on (P25)."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from nlp.calibrate import calibrated, held_out
from nlp.explore import MissRate, miss_rate
from nlp.learn import Lessons, train
from nlp.learn_lessons import Lesson, bounded, state_of
from nlp.learn_recipe import LEARNING, Learning
from nlp.learn_rows import Asked, Space, dot
from nlp.learn_screen import drawn
from terms.company import Need
from terms.match import Document

Floats = NDArray[np.float64]
State = Literal["waiting", "on", "off"]


class Learnt(NamedTuple):
    """What learning is worth on one need. learned, unlearned: precision among decided clusters, None if not comparable.

    state: waiting (too few decisions), on, or off (worse than the unlearned baseline). misses: of what lay below the
    threshold. version: a hash of the lessons. fits: cluster -> probability of acceptance, where the state is on.
    """

    state: State
    decisions: int
    learned: float | None
    unlearned: float | None
    misses: MissRate
    version: str
    fits: dict[str, float]


def learn(
    need: Need,
    lessons: Sequence[Lesson],
    documents: Mapping[str, Document],
    fits: Mapping[str, float],
    undecided: Sequence[str],
    space: Space,
    recipe: Learning = LEARNING,
) -> Learnt:
    """Learn from the lessons that stand, compare with the engine's own fit, and score the undecided.

    documents: of decided and undecided clusters. fits: the engine's fit of each; 0 where a cluster has none. Lessons on
    clusters without a document are left out. Nothing but the arguments counts, in whatever order they come.
    """
    told = [lesson for lesson in bounded(lessons, recipe) if lesson.cluster_key in documents]
    version, misses = state_of(told, recipe), _misses(told)
    good = np.array([lesson.is_good for lesson in told], dtype=np.bool_)
    if len(told) < recipe.fewest_decisions or not good.any():
        return Learnt("waiting", len(told), None, None, misses, version, {})
    decided = sorted({lesson.cluster_key for lesson in told})
    pool = [*decided, *sorted(set(undecided) - set(decided))]
    rows, asked = space.rows([documents[key] for key in pool]), space.need_row(need)
    held, learned, unlearned = _compared(told, pool, rows, asked, fits, recipe)
    if learned is not None and unlearned is not None and learned < unlearned - recipe.worse_by:
        return Learnt("off", len(told), learned, unlearned, misses, version, {})
    scored = _probabilities(told, held, pool, rows, asked, recipe)
    return Learnt("on", len(told), learned, unlearned, misses, version, scored)


def without_space(lessons: Sequence[Lesson], recipe: Learning = LEARNING) -> Learnt:
    """What is known of a need with too few lessons to learn from; no text is read."""
    told = bounded(lessons, recipe)
    return Learnt("waiting", len(told), None, None, _misses(told), state_of(told, recipe), {})


def _misses(told: Sequence[Lesson]) -> MissRate:
    looked = {lesson.cluster_key: lesson.is_good for lesson in told if lesson.is_explored}
    return miss_rate(sum(looked.values()), len(looked))


def _lessons(told: Sequence[Lesson], pool: Sequence[str]) -> Lessons:
    places = {key: place for place, key in enumerate(pool)}
    return Lessons(
        np.array([places[lesson.cluster_key] for lesson in told], dtype=np.int64),
        np.array([lesson.is_good for lesson in told], dtype=np.bool_),
        np.array([lesson.weight for lesson in told], dtype=np.float64),
    )


def _strangers(told: Sequence[Lesson], pool: Sequence[str], recipe: Learning) -> NDArray[np.int64]:
    decided = len({lesson.cluster_key for lesson in told})
    return decided + drawn(len(pool) - decided, recipe)


def _compared(
    told: Sequence[Lesson],
    pool: Sequence[str],
    rows: csr_matrix,
    asked: Asked,
    fits: Mapping[str, float],
    recipe: Learning,
) -> tuple[Floats, float | None, float | None]:
    """Held-out scores of the lessons, and the precision of both rankings of them; None below `compared_fewest`."""
    lessons = _lessons(told, pool)
    held = held_out(rows, asked, lessons, _strangers(told, pool, recipe), recipe)
    if len(told) < recipe.compared_fewest or lessons.good.all():
        return held, None, None
    own = np.nan_to_num(np.array([fits.get(lesson.cluster_key, 0.0) for lesson in told]))
    return held, precision(held, lessons.good), precision(own, lessons.good)


def _probabilities(
    told: Sequence[Lesson],
    held: Floats,
    pool: Sequence[str],
    rows: csr_matrix,
    asked: Asked,
    recipe: Learning,
) -> dict[str, float]:
    lessons, decided = _lessons(told, pool), len({lesson.cluster_key for lesson in told})
    values = dot(rows, train(rows, asked, lessons, _strangers(told, pool, recipe), recipe))[decided:]
    explored = np.array([lesson.is_explored for lesson in told], dtype=np.bool_)
    curve = calibrated(held, lessons.good, explored, values, recipe)
    return {key: float(p) for key, p in zip(pool[decided:], curve.at(values), strict=True)}


def precision(values: Floats, good: NDArray[np.bool_]) -> float:
    """Share of good ones among the best, where as many are taken as there are good ones (R-precision).

    Equal values share their places evenly, so that the order of the input does not matter.
    """
    wanted, found, taken = int(good.sum()), 0.0, 0
    for value in np.unique(values)[::-1]:
        alike = values == value
        room = min(int(alike.sum()), wanted - taken)
        found += float(good[alike].mean()) * room
        taken += room
    return found / wanted
