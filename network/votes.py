"""What single deeds say of those who did them: each votes by its rank for the need, and the best three by their fit.

An organisation's texts read as one hide who did exactly this once; a vote by rank (reciprocal rank fusion: Cormack,
Clarke, Büttcher 2009) tells it, and does not let one long text win by its score.
"""

import numpy as np
from scipy.sparse import csr_matrix

from network.rank import Floats

_BEST = 3


def rank_votes(fits: Floats, owns: csr_matrix, flat: float) -> Floats:
    """ln of the votes of each organisation's deeds, needs x organisations: the deed of rank r votes 1 / (flat + r).

    fits: needs x deeds. owns: organisations x deeds, each organisation with one at least. Ranks count from 0; flat: how
    little the first ones differ.
    """
    ranks = np.argsort(np.argsort(-fits, axis=1, kind="stable"), axis=1)
    votes: Floats = np.log(np.asarray((owns @ (1.0 / (flat + ranks)).T).T))
    return votes


def best_fits(fits: Floats, owns: csr_matrix) -> Floats:
    """The mean fit of each organisation's three best deeds, or of as many as it has; needs x organisations."""
    means = np.empty((fits.shape[0], owns.shape[0]))
    for row in range(owns.shape[0]):
        own = fits[:, owns.indices[owns.indptr[row] : owns.indptr[row + 1]]]
        means[:, row] = np.sort(own, axis=1)[:, -_BEST:].mean(axis=1)
    return means
