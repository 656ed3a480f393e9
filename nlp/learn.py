"""What the decisions on one need teach: a score for every document, and nothing but those that stand (P25)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from nlp.learn_recipe import LEARNING, Learning
from nlp.learn_rows import SEED, Asked, dot
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


def train(rows: csr_matrix, need: Asked, lessons: Lessons, strangers: Places, recipe: Learning = LEARNING) -> Floats:
    """Weights of the columns and, last, the bias; `nlp.learn_rows.dot` scores rows by them.

    need: a good example that fades as good decisions come in. strangers: places of undecided documents that stand for
    bad ones. A second opinion, learned from topics alone, is added: it finds what is alike in other words. A single
    decision's pull is bounded by its cost, whatever the others are.
    """
    chosen = rows[np.concatenate((lessons.places, strangers))]
    weights = _learned(vstack([need.row, chosen], format="csr"), lessons, len(strangers), recipe.cost, recipe)
    first, end = need.topics
    if end > first and recipe.opinion > 0:
        weights += _opinion(chosen, weights, need, lessons, len(strangers), recipe)
    return weights


def _opinion(
    chosen: csr_matrix, weights: Floats, need: Asked, lessons: Lessons, strangers: int, recipe: Learning
) -> Floats:
    """What topics alone teach, as weights of all columns, on the scale of the first opinion of the undecided."""
    first, end = need.topics
    lift = 1 / np.sqrt(recipe.topics_weight)
    topics = csr_matrix(chosen[:, first:end] * np.float32(lift))
    blank = csr_matrix((1, end - first), dtype=np.float32)
    second = _learned(vstack([blank, topics], format="csr"), lessons, strangers, recipe.opinion_cost, recipe)
    undecided = slice(len(lessons.places) if strangers else 0, None)
    spread = float(dot(topics[undecided], second).std())
    share = recipe.opinion * float(dot(chosen[undecided], weights).std()) / spread if spread > 0 else 0.0
    added = np.zeros_like(weights)
    added[first:end], added[-1] = second[:-1] * lift * share, second[-1] * share
    return added


def _learned(rows: csr_matrix, lessons: Lessons, strangers: int, cost: float, recipe: Learning) -> Floats:
    """rows: the need, then the lessons, then the strangers."""
    needed = recipe.need_fade / (recipe.need_fade + float(lessons.weights[lessons.good].sum()))
    signs = np.concatenate(([1.0], np.where(lessons.good, 1.0, -1.0), np.full(strangers, -1.0)))
    weights = np.concatenate(([needed], lessons.weights, np.full(strangers, recipe.stranger_weight)))
    costs = cost * _balanced(signs, weights, recipe)
    places = (rows.indptr.astype(np.int32), rows.indices.astype(np.int32), rows.data.astype(np.float32))
    return descend(*places, signs, costs, _orders(len(signs), recipe), rows.shape[1], recipe.tolerance)


def _orders(count: int, recipe: Learning) -> Places:
    """Another order of the rows for each sweep, the same ones each time: far fewer sweeps than in one order (Hsieh)."""
    dice = np.random.default_rng(SEED)
    return dice.permuted(np.tile(np.arange(count), (recipe.sweeps, 1)), axis=1)


def _balanced(signs: Floats, weights: Floats, recipe: Learning) -> Floats:
    """Good ones together cost `balance` times as much as bad ones together; all of them as many as there are."""
    good, bad = float(weights[signs > 0].sum()), float(weights[signs < 0].sum())
    lift = recipe.balance * bad / good if bad > 0 else 1.0
    scale = (good + bad) / (lift * good + bad)
    return np.maximum(weights * np.where(signs > 0, lift, 1.0) * scale, 1e-6)


def scores(rows: csr_matrix, need: Asked, lessons: Lessons, strangers: Places, recipe: Learning = LEARNING) -> Floats:
    """Every row's learned score; higher is better, 1 is the margin of a good example."""
    return dot(rows, train(rows, need, lessons, strangers, recipe))
