"""Learned scores as probabilities of acceptance, and how far such probabilities are off (P20)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from nlp.learn import Lessons, Places, train
from nlp.learn_recipe import LEARNING, Learning
from nlp.learn_rows import Asked, dot

Floats = NDArray[np.float64]
_MOST = 30.0  # beyond it a sigmoid is 0 or 1 to 13 digits


class Curve(NamedTuple):
    """p = 1 / (1 + exp(-(slope x score + offset))); slope is never negative."""

    slope: float
    offset: float

    def at(self, scores: Floats) -> Floats:
        """Probabilities of the scores."""
        return sigmoid(self.slope * scores + self.offset)


def sigmoid(strength: Floats) -> Floats:
    """1 / (1 + exp(-strength)), bounded so that nothing overflows."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(strength, -_MOST, _MOST))), dtype=np.float64)


def fit_curve(scores: Floats, good: NDArray[np.bool_], weights: Floats, recipe: Learning = LEARNING) -> Curve:
    """Platt's curve (1999) by Newton's method, weighted; the slope leans to `usual_slope` where little is known."""
    design, theta = np.stack([scores, np.ones_like(scores)], axis=1), np.array([recipe.usual_slope, 0.0])
    ridge = np.array([recipe.slope_trust, 1e-6])
    for _ in range(100):
        expected = sigmoid(design @ theta)
        slope = design.T @ (weights * (expected - good)) + ridge * (theta - [recipe.usual_slope, 0.0])
        bend = (design.T * (weights * expected * (1 - expected))) @ design + np.diag(ridge + 1e-9)
        step = np.clip(np.linalg.solve(bend, slope), -2.0, 2.0)
        theta = theta - step
        if np.abs(step).max() < 1e-9:
            break
    return Curve(max(0.0, float(theta[0])), float(theta[1]))


def held_out(rows: csr_matrix, need: Asked, lessons: Lessons, strangers: Places, recipe: Learning = LEARNING) -> Floats:
    """Each decision's score under a model that did not see it: every fifth left out in turn."""
    values = np.zeros(len(lessons.places))
    fold = np.unique(lessons.places, return_inverse=True)[1] % recipe.folds
    for out in range(min(recipe.folds, len(lessons.places))):
        rest = fold != out
        seen = Lessons(lessons.places[rest], lessons.good[rest], lessons.weights[rest])
        values[~rest] = dot(rows[lessons.places[~rest]], train(rows, need, seen, strangers, recipe))
    return values


def calibrated(
    decided: Floats,
    good: NDArray[np.bool_],
    explored: NDArray[np.bool_],
    undecided: Floats,
    recipe: Learning = LEARNING,
) -> Curve:
    """The curve for the undecided. decided: held-out scores; explored: which decisions came by chance from below.

    Chosen decisions stand for themselves, explored ones also for what was not looked at (Horvitz and Thompson 1952):
    that gives the slope. The mean over the undecided is that of the explored ones' good; as they are few, it leans to
    what the scores let expect, where little is expected below if little was found above.
    """
    looked = int(explored.sum())
    alike = len(undecided) / looked if looked else 1.0
    curve = fit_curve(decided, good, np.where(explored, alike, 1.0), recipe)
    if not len(undecided):
        return curve
    rough = fit_curve(decided, good, np.where(explored, np.sqrt(alike), 1.0), recipe).at(undecided).mean()
    hits = float(good[~explored].mean()) if (~explored).any() else 0.0
    usual = recipe.usual_yield * float(np.sqrt(rough)) * hits
    share = (float(good[explored].sum()) + recipe.yield_trust * usual) / (looked + recipe.yield_trust)
    return _shifted(curve, undecided, share)


def _shifted(curve: Curve, scores: Floats, mean: float) -> Curve:
    """The same slope with the offset at which the scores' mean probability is `mean`, by bisection."""
    middle = -curve.slope * float(np.mean(scores))
    reach = _MOST + curve.slope * float(np.abs(scores - np.mean(scores)).max())
    low, high = middle - reach, middle + reach
    for _ in range(80):
        offset = (low + high) / 2
        below = float(sigmoid(curve.slope * scores + offset).mean()) < mean
        low, high = (offset, high) if below else (low, offset)
    return Curve(curve.slope, (low + high) / 2)


def calibration_error(probabilities: Floats, good: NDArray[np.bool_], bins: int = 10) -> float:
    """Expected calibration error over bins of equal numbers: mean |said - found|, weighted by the bins' sizes.

    Naeini, Cooper and Hauskrecht 2015, with equal-mass bins; 0 for nothing.
    """
    if not len(probabilities):
        return 0.0
    parts = np.array_split(np.argsort(probabilities, kind="stable"), bins)
    off = [len(part) * abs(float(probabilities[part].mean() - good[part].mean())) for part in parts if len(part)]
    return float(sum(off) / len(probabilities))
