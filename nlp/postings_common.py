"""Terms that most needs hold, as a few dense dimensions: their postings would cost more than all others together.

Their weights (needs x terms) are projected on their own strongest directions (truncated SVD), so what a row's score
loses is small and unbiased; whoever uses this looks at what comes near a threshold again, exactly.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.utils.extmath import randomized_svd

from nlp.columns_scan import Numbers, Places
from nlp.postings import Doubles, Singles, Sparse

_SHARE = 0.05  # of the needs that hold a common term
_FEWEST_NEEDS = 500  # fewer have no long postings
_RANK = 128
_SEED = 20261123


class Common(NamedTuple):
    """places: for each term its row in `basis`, or -1. basis: terms x rank. needs: rank x needs."""

    places: Numbers
    basis: Singles
    needs: Singles

    def scores(self, rows: Sparse) -> Singles:
        """What the common terms add to each row's dot product with each need (rows x needs), nearly."""
        if not len(self.basis):
            return np.zeros((len(rows), self.needs.shape[1]), dtype=np.float32)
        product: Singles = _project(*rows, self.places, self.basis) @ self.needs
        return product


def common_of(needs: csr_matrix, folded: bool = True) -> tuple[Common, NDArray[np.bool_]]:
    """The common terms of needs (one row each), and which they are; none of few needs, or if not folded."""
    holders = np.bincount(needs.indices, minlength=needs.shape[1])
    is_common = holders > _SHARE * needs.shape[0] if folded and needs.shape[0] >= _FEWEST_NEEDS else holders < 0
    terms = np.flatnonzero(is_common)
    places = np.full(needs.shape[1], -1, dtype=np.int32)
    places[terms] = np.arange(len(terms), dtype=np.int32)
    if len(terms) <= _RANK:
        return Common(places, np.eye(len(terms), dtype=np.float32), _dense(needs, terms)), is_common
    left, strong, right = randomized_svd(needs[:, terms], _RANK, n_iter=2, random_state=_SEED)
    return Common(places, right.T.astype(np.float32).copy(), (left * strong).T.astype(np.float32).copy()), is_common


def _dense(needs: csr_matrix, terms: NDArray[np.int64]) -> Singles:
    return np.asarray(needs[:, terms].toarray().T, dtype=np.float32)


@njit(cache=True, nogil=True, fastmath={"contract"})  # type: ignore[untyped-decorator, unused-ignore]
def _project(indptr: Places, terms: Numbers, values: Doubles, places: Numbers, basis: Singles) -> Singles:
    projected = np.zeros((indptr.size - 1, basis.shape[1]), dtype=np.float32)
    for row in range(indptr.size - 1):
        mine = projected[row]
        for entry in range(indptr[row], indptr[row + 1]):
            place = places[terms[entry]]
            if place >= 0:
                value = np.float32(values[entry])
                for direction in range(basis.shape[1]):
                    mine[direction] += value * basis[place, direction]
    return projected
