"""What the decisions on one need teach: a score for every document, and nothing but those that stand (P25)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from nlp.learn_recipe import LEARNING, Learning
from nlp.learn_rows import SEED, dot
from nlp.learn_solver import descend

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Lessons:
    """Places of decided documents, whether each was good for the need, and its weight: 1 for a decision."""

    places: Places
    good: NDArray[np.bool_]
    weights: Floats

    @staticmethod
    def of(places: "list[int] | Places", good: "list[bool] | NDArray[np.bool_]") -> "Lessons":
        """Decisions of full weight, in the order of their places: the order in which they were made plays no part."""
        order = np.argsort(np.asarray(places, dtype=np.int64), kind="stable")
        return Lessons(
            np.asarray(places, dtype=np.int64)[order], np.asarray(good, dtype=np.bool_)[order], np.ones(len(order))
        )


def train(
    rows: csr_matrix, need: csr_matrix, lessons: Lessons, strangers: Places, recipe: Learning = LEARNING
) -> Floats:
    """Weights of the columns and, last, the bias; `nlp.learn_rows.dot` scores rows by them.

    need: one row, a good example that fades as good decisions come in. strangers: places of undecided documents that
    stand for bad ones. A single decision's pull is bounded by its cost, whatever the others are.
    """
    needed = recipe.need_fade / (recipe.need_fade + float(lessons.weights[lessons.good].sum()))
    signs = np.concatenate(([1.0], np.where(lessons.good, 1.0, -1.0), np.full(len(strangers), -1.0)))
    weights = np.concatenate(([needed], lessons.weights, np.full(len(strangers), recipe.stranger_weight)))
    chosen = rows[np.concatenate((lessons.places, strangers))]
    indptr = np.concatenate(([0, need.nnz], need.nnz + chosen.indptr[1:])).astype(np.int32)
    columns = np.concatenate((need.indices, chosen.indices)).astype(np.int32)
    values = np.concatenate((need.data, chosen.data)).astype(np.float32)
    costs = _costs(signs, weights, recipe)
    return descend(indptr, columns, values, signs, costs, _orders(len(signs), recipe), rows.shape[1], recipe.tolerance)


def _orders(count: int, recipe: Learning) -> Places:
    """Another order of the rows for each sweep, the same ones each time: far fewer sweeps than in one order (Hsieh)."""
    dice = np.random.default_rng(SEED)
    return dice.permuted(np.tile(np.arange(count), (recipe.sweeps, 1)), axis=1)


def _costs(signs: Floats, weights: Floats, recipe: Learning) -> Floats:
    """Good ones together cost `balance` times as much as bad ones together; all of them as many as there are."""
    good, bad = float(weights[signs > 0].sum()), float(weights[signs < 0].sum())
    lift = recipe.balance * bad / good if bad > 0 else 1.0
    scale = (good + bad) / (lift * good + bad)
    return np.maximum(weights * np.where(signs > 0, lift, 1.0) * scale * recipe.cost, 1e-9)


def scores(
    rows: csr_matrix, need: csr_matrix, lessons: Lessons, strangers: Places, recipe: Learning = LEARNING
) -> Floats:
    """Every row's learned score; higher is better, 1 is the margin of a good example."""
    return dot(rows, train(rows, need, lessons, strangers, recipe))
