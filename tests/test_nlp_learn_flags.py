"""Queues of a size, chance below the threshold, probabilities that hold: the pure parts (P20, P26, Deliver 5)."""

import numpy as np
import pytest

from nlp.calibrate import calibrated, calibration_error, fit_curve, sigmoid
from nlp.explore import draw, miss_rate, wanted
from nlp.flags import Scored, above, flags
from nlp.learn_recipe import Learning

SMALL = Learning(flags_per_company=6, least_per_need=2, explored_share=0.2)


def scored(need: str, count: int, fit: float, is_above: bool = True) -> list[Scored]:
    return [Scored(need, f"{need}{n:02}", fit - n / 1000, is_above) for n in range(count)]


def test_the_budget_holds_and_no_need_starves() -> None:
    """A loud need leaves room for a quiet one."""
    found = flags([*scored("loud", 20, 0.9), *scored("quiet", 5, 0.3)], seed="tind", recipe=SMALL)
    needs = [flag.need_key for flag in found if not flag.is_explored]
    assert (needs.count("loud"), needs.count("quiet")) == (4, 2)
    assert [flag.cluster_key for flag in found][:4] == ["loud00", "loud01", "loud02", "loud03"]


def test_a_cluster_comes_once_on_its_best_need() -> None:
    twice = [Scored("a", "same", 0.4, True), Scored("b", "same", 0.8, True)]
    assert [(f.need_key, f.cluster_key) for f in flags(twice, seed="s", recipe=SMALL)] == [("b", "same")]


def test_what_an_include_term_asks_for_is_never_cut() -> None:
    """P22 stands above budgets and fits."""
    asked = [Scored("a", f"asked{n}", 0.0, False, is_wanted=True) for n in range(9)]
    found = [f.cluster_key for f in flags([*scored("a", 20, 0.9), *asked], seed="s", recipe=SMALL) if not f.is_explored]
    assert set(found) >= {one.cluster_key for one in asked}


def test_a_fixed_share_of_the_queue_is_drawn_from_below() -> None:
    found = flags([*scored("a", 8, 0.9), *scored("b", 50, 0.1, is_above=False)], seed="s", recipe=SMALL)
    explored = [f for f in found if f.is_explored]
    assert len(explored) / len(found) == pytest.approx(SMALL.explored_share, abs=0.1)
    assert {f.need_key for f in explored} == {"b"}


def test_h_05_scores_that_are_none_or_equal_keep_one_order() -> None:
    """NaN last, ties by key, whatever order they come in."""
    odd = [Scored("a", "n", float("nan"), True), *(Scored("a", key, 0.5, True) for key in "cab")]
    wide = Learning(explored_share=0.0)
    assert [f.cluster_key for f in flags(odd, seed="s", recipe=wide)] == ["a", "b", "c", "n"]
    assert flags(odd, seed="s", recipe=wide) == flags(odd[::-1], seed="s", recipe=wide)
    assert flags([], seed="s") == []


def test_learning_never_empties_a_queue() -> None:
    """As many as the matcher flagged, by learned fit; more where they are probable."""
    fits = {"a": 0.02, "b": 0.01, "c": 0.03}
    assert above(fits, {"a", "b"}) == {"a", "c"}
    assert above({"a": 0.9, "b": 0.8, "c": 0.1}, set()) == {"a", "b"}


def test_the_draw_is_random_stable_and_blind_to_order() -> None:
    keys = [f"k{n}" for n in range(100)]
    first = draw(keys, 10, "seed")
    assert first == draw(keys[::-1], 10, "seed")
    assert first != draw(keys, 10, "other")
    assert set(draw([k for k in keys if k != first[0]], 10, "seed")) >= set(first[1:])


@pytest.mark.parametrize(
    ("queue", "share", "count"), [(9, 0.1, 1), (18, 0.1, 2), (1, 0.1, 1), (0, 0.1, 0), (9, 0.0, 0)]
)
def test_how_many_make_a_share(queue: int, share: float, count: int) -> None:
    assert wanted(queue, share) == count


@pytest.mark.parametrize(
    ("good", "looked", "low", "high"),
    [(0, 10, 0.0, 0.3085), (1, 10, 0.0025, 0.4450), (5, 10, 0.1871, 0.8129), (0, 0, 0, 1)],
)
def test_the_interval_is_that_of_clopper_and_pearson(good: int, looked: int, low: float, high: float) -> None:
    """Values of the tables in print."""
    found = miss_rate(good, looked)
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_more_good_ones_than_looked_at_cannot_be() -> None:
    with pytest.raises(ValueError, match="cannot be"):
        miss_rate(3, 2)


def test_a_curve_finds_the_probabilities_that_made_the_labels() -> None:
    dice = np.random.default_rng(1)
    values = dice.normal(size=4000)
    good = dice.random(4000) < sigmoid(3 * values - 1)
    curve = fit_curve(values, good, np.ones(4000))
    assert curve.slope == pytest.approx(3, abs=0.3)
    assert calibration_error(curve.at(values), good) < 0.02


def test_the_explored_ones_speak_for_what_was_not_looked_at() -> None:
    """90 chosen ones, nearly all good, must not make the rest look good where chance found none."""
    held = np.concatenate((np.full(90, 1.0), np.full(10, -0.5)))
    good = np.concatenate((np.ones(85), np.zeros(15))).astype(np.bool_)
    explored = np.arange(100) >= 90
    below = np.random.default_rng(2).normal(-0.5, 0.2, 2000)
    assert calibrated(held, good, explored, below).at(below).mean() < 0.06


def test_h_05_curves_of_one_label_stay_numbers() -> None:
    values = np.zeros(20)
    for good in (np.ones(20, dtype=np.bool_), np.zeros(20, dtype=np.bool_)):
        curve = calibrated(values, good, np.zeros(20, dtype=np.bool_), np.array([0.0, 1.0, -1.0]))
        assert np.isfinite(curve.at(values)).all()
        assert curve.slope >= 0


def test_the_error_is_zero_only_where_said_is_found() -> None:
    good = np.array([True, False] * 50)
    assert calibration_error(np.full(100, 0.5), good) == pytest.approx(0)
    assert calibration_error(np.full(100, 0.9), good) == pytest.approx(0.4)
    assert calibration_error(np.zeros(0), np.zeros(0, dtype=np.bool_)) == 0.0
