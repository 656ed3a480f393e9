"""Votes of single deeds for those who did them."""

import numpy as np
from scipy.sparse import csr_matrix

from network.rank import Candidates, rank_partners
from network.votes import best_fits, rank_votes

OWNS = csr_matrix(np.array([[1, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 1]]))
FITS = np.array([[9.0, 1.0, 8.0, 2.0, 3.0]])


def test_a_deed_votes_by_its_rank_and_not_by_its_score() -> None:
    """One that fits a hundred times as well has the same rank; two deeds say more than one of the same rank."""
    votes = rank_votes(FITS, OWNS, 1.0)[0]
    assert np.allclose(np.exp(votes), [1 / 1 + 1 / 5, 1 / 2, 1 / 4 + 1 / 3])
    assert np.array_equal(rank_votes(FITS * np.array([100, 1, 1, 1, 1]), OWNS, 1.0)[0], votes)


def test_the_best_three_or_as_many_as_there_are() -> None:
    many = csr_matrix(np.array([[1, 1, 1, 1, 0], [0, 0, 0, 0, 1]]))
    assert np.allclose(best_fits(FITS, many), [[(9 + 8 + 2) / 3, 3.0]])


def test_weights_make_one_text_count_more() -> None:
    texts = [np.array([[1.0, 0.0, 0.0]]), np.array([[0.0, 1.0, 0.0]])]
    some = Candidates(np.ones(3))
    first = rank_partners(texts, np.array([100]), some, np.array([-1]), weights=[2.0, 0.5])[0]
    second = rank_partners(texts, np.array([100]), some, np.array([-1]), weights=[0.5, 2.0])[0]
    assert first.argmax() == 0 and second.argmax() == 1
