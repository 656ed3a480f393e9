"""Many sparse rows against a few thousand sparse needs, compiled: each word of a row looks up the needs that hold it.

The cost is the sum of the posting lists that a row's words touch, so it grows with rows and with needs, and never with
the width of the columns. Every function leaves Python's lock, and a row's numbers depend on that row alone.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from nlp.columns_scan import Numbers, Places

Singles = NDArray[np.float32]
Doubles = NDArray[np.float64]


class Sparse(NamedTuple):
    """Rows of (term, value): row r holds indptr[r] to indptr[r+1]. terms < 0 are not counted."""

    indptr: Places
    terms: Numbers
    values: Doubles

    def __len__(self) -> int:
        return len(self.indptr) - 1


class Postings(NamedTuple):
    """For each term the needs that hold it: term t holds indptr[t] to indptr[t+1].

    weights: kinds of row x entries; a row of another language may weigh the same need's word otherwise.
    """

    indptr: Places
    needs: Numbers
    weights: Singles

    def scaled(self, factors: Doubles) -> "Postings":
        """The same with a factor for each kind and need (kinds x needs)."""
        weights = self.weights[0].astype(np.float64) * factors[:, self.needs]
        return self._replace(weights=weights.astype(np.float32))


class Pairs(NamedTuple):
    """Row and need of each pair, ordered by row."""

    rows: Numbers
    needs: Numbers

    def __len__(self) -> int:
        return len(self.rows)


def sparse_of(matrix: csr_matrix) -> Sparse:
    """A scipy matrix as this module's rows."""
    return Sparse(matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32), matrix.data.astype(np.float64))


def postings_of(needs: csr_matrix, skipped: NDArray[np.bool_] | None = None) -> Postings:
    """Needs (one row each) turned about; terms that `skipped` marks have no postings: they stand nearly everywhere."""
    columns = needs.tocsc()
    columns.sort_indices()
    if skipped is not None:
        columns.data[np.repeat(skipped, np.diff(columns.indptr))] = 0.0
        columns.eliminate_zeros()
    return Postings(
        columns.indptr.astype(np.int64),
        columns.indices.astype(np.int32),
        columns.data.astype(np.float32)[np.newaxis, :],
    )


def add_scores(rows: Sparse, postings: Postings, scores: Singles, kinds: NDArray[np.uint8] | None = None) -> None:
    """Add each row's dot product with every need to scores (rows x needs, float32), in place.

    kinds: which of the postings' weights count for each row; the first for all without.
    """
    of_row = np.zeros(len(rows), dtype=np.uint8) if kinds is None else kinds
    _add_scores(*rows, *postings, of_row, scores)


def pair_scores(rows: Sparse, needs: csr_matrix, pairs: Pairs) -> tuple[Doubles, Numbers]:
    """The dot product of each pair in float64, terms in the need's order, and how many of its terms the row holds."""
    return _pair_scores(
        *rows, needs.indptr.astype(np.int64), needs.indices.astype(np.int32), needs.data.astype(np.float64),
        needs.shape[1], *pairs,
    )  # fmt: skip


def dense_pair_scores(rows: Doubles, needs: Doubles, pairs: Pairs) -> Doubles:
    """The dot product of each pair of dense vectors, summed in float64 in the order of their dimensions."""
    return _dense_pair_scores(rows, needs, *pairs)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def _add_scores(
    indptr: Places,
    terms: Numbers,
    values: Doubles,
    starts: Places,
    needs: Numbers,
    weights: Singles,
    kinds: NDArray[np.uint8],
    scores: Singles,
) -> None:
    for row in range(indptr.size - 1):
        mine, worth = scores[row], weights[kinds[row]]
        for place in range(indptr[row], indptr[row + 1]):
            term = terms[place]
            if term >= 0:
                value = np.float32(values[place])
                for entry in range(starts[term], starts[term + 1]):
                    mine[needs[entry]] += value * worth[entry]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def _pair_scores(
    indptr: Places,
    terms: Numbers,
    values: Doubles,
    starts: Places,
    wanted: Numbers,
    weights: Doubles,
    width: int,
    rows: Numbers,
    needs: Numbers,
) -> tuple[Doubles, Numbers]:
    held = np.zeros(width, dtype=np.float64)
    scores, found = np.zeros(rows.size, dtype=np.float64), np.zeros(rows.size, dtype=np.int32)
    for pair in range(rows.size):
        row = rows[pair]
        if pair == 0 or rows[pair - 1] != row:
            for place in range(indptr[row], indptr[row + 1]):
                if terms[place] >= 0:
                    held[terms[place]] = values[place]
        for entry in range(starts[needs[pair]], starts[needs[pair] + 1]):
            if held[wanted[entry]] > 0.0:
                scores[pair] += held[wanted[entry]] * weights[entry]
                found[pair] += 1
        if pair + 1 == rows.size or rows[pair + 1] != row:
            for place in range(indptr[row], indptr[row + 1]):
                if terms[place] >= 0:
                    held[terms[place]] = 0.0
    return scores, found


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def _dense_pair_scores(rows: Doubles, needs: Doubles, row_of: Numbers, need_of: Numbers) -> Doubles:
    scores = np.zeros(row_of.size, dtype=np.float64)
    for pair in range(row_of.size):
        total = 0.0
        for place in range(rows.shape[1]):
            total += rows[row_of[pair], place] * needs[need_of[pair], place]
        scores[pair] = total
    return scores
