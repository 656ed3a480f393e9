"""The inner loop of learning, compiled: a linear support vector machine by dual coordinate descent.

Hsieh, Chang, Lin, Keerthi and Sundararajan 2008, algorithm 1, squared hinge loss. Always started cold and swept in the
orders given, so the same lessons give the same weights to the last bit.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def descend(
    indptr: NDArray[np.int32],
    columns: NDArray[np.int32],
    values: NDArray[np.float32],
    signs: Floats,
    costs: Floats,
    orders: NDArray[np.int64],
    width: int,
    tolerance: float,
) -> Floats:
    """Weights of `width` columns and, last, the bias. signs: +1 or -1 a row. costs: > 0 a row, how much it may pull.

    orders: one order of the rows a sweep. A row's pull on the weights is its dual variable, at most 2 x its cost x its
    loss. Ends after the last sweep, or once no dual variable moves by more than `tolerance`.
    """
    weights, duals = np.zeros(width + 1), np.zeros(signs.size)
    squares = np.ones(signs.size)
    for row in range(signs.size):
        for place in range(indptr[row], indptr[row + 1]):
            squares[row] += values[place] * values[place]
    for sweep in range(orders.shape[0]):
        largest = 0.0
        for row in orders[sweep]:
            product, give = weights[width], 0.5 / costs[row]
            for place in range(indptr[row], indptr[row + 1]):
                product += weights[columns[place]] * values[place]
            slope = signs[row] * product - 1.0 + give * duals[row]
            step = max(-duals[row], -slope / (squares[row] + give))
            if step == 0.0:
                continue
            duals[row] += step
            for place in range(indptr[row], indptr[row + 1]):
                weights[columns[place]] += step * signs[row] * values[place]
            weights[width] += step * signs[row]
            largest = max(largest, abs(step))
        if largest <= tolerance:
            break
    return weights
