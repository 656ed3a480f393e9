"""Probabilities from few decisions: they rise with the score; their mean follows what was explored and the scores."""

import numpy as np
import pytest

from nlp.calibrate import calibrated, calibration_error
from nlp.learn_recipe import LEARNING


def drawn(good_share: float, seed: int, size: int = 3000) -> tuple[np.ndarray, np.ndarray]:
    """Scores of a stream and which are good: good ones lie higher, with overlap."""
    dice = np.random.default_rng(seed)
    good = dice.random(size) < good_share
    return np.where(good, dice.normal(0.8, 0.35, size), dice.normal(0.0, 0.35, size)), good


def decided(values: np.ndarray, good: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Ninety of the best and ten at random."""
    dice = np.random.default_rng(seed)
    best = np.argsort(-values)[:90]
    lots = dice.choice(np.setdiff1d(np.arange(len(values)), best), 10, replace=False)
    return np.concatenate((best, lots)), np.concatenate((np.zeros(90, dtype=bool), np.ones(10, dtype=bool)))


@pytest.mark.parametrize("share", [0.02, 0.06, 0.12])
def test_probabilities_hold_on_what_nobody_decided(share: float) -> None:
    """Over draws, whatever the share of good ones."""
    errors = []
    for seed in range(12):
        values, good = drawn(share, seed)
        places, explored = decided(values, good, seed)
        rest = np.setdiff1d(np.arange(len(values)), places)
        curve = calibrated(values[places], good[places], explored, values[rest])
        assert np.all(np.diff(curve.at(np.sort(values[rest]))) >= 0)
        errors.append(calibration_error(curve.at(values[rest]), good[rest]))
    assert np.mean(errors) <= 0.05


def test_the_mean_follows_exploration_the_more_of_it_there_is() -> None:
    """A share of good ones among explored decisions pulls the mean there."""
    values, good = drawn(0.3, 1)
    rest = values[2000:]
    means = []
    for looked in (10, 100, 1000):
        explored = np.concatenate((np.zeros(90, dtype=bool), np.ones(looked, dtype=bool)))
        curve = calibrated(values[: 90 + looked], good[: 90 + looked], explored, rest)
        means.append(float(curve.at(rest).mean()))
    assert means[0] < means[1] < means[2]
    assert means[2] == pytest.approx(0.3, abs=0.05)


def test_little_to_go_on_gives_no_nonsense() -> None:
    """Nothing undecided, nothing explored, nothing good."""
    one = np.array([0.2, 0.4])
    for good in ([True, False], [False, False], [True, True]):
        for explored in ([False, False], [True, True]):
            curve = calibrated(one, np.array(good), np.array(explored), np.array([0.1, 0.9]))
            assert np.isfinite(curve.at(one)).all()
    assert np.isfinite(calibrated(one, np.array([True, False]), np.zeros(2, dtype=bool), np.empty(0)).at(one)).all()
    assert LEARNING.yield_trust > 0
