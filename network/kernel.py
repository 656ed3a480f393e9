"""The inner loops of fit, compiled: words against postings, and each organisation's best deeds.

Compiled once a machine (numba keeps the code beside this file), without Python's lock, so two threads use two cores.
Import it only where something is ranked.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Places = NDArray[np.int64]
Numbers = NDArray[np.int32]
Singles = NDArray[np.float32]
Doubles = NDArray[np.float64]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def add_up(words: Numbers, often: Doubles, starts: Places, rows: Numbers, weights: Singles, into: Doubles) -> None:
    """Add to `into` (a sum per row) what each asked word weighs in the rows that hold it.

    Word w stands in rows[starts[w]:starts[w + 1]], with the weights there.
    """
    for at in range(len(words)):
        word = words[at]
        for place in range(starts[word], starts[word + 1]):
            into[rows[place]] += often[at] * weights[place]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def mean_of_best(fits: Doubles, starts: Places, deeds: Numbers, means: Doubles) -> None:
    """Put into `means` the mean fit of each organisation's three best deeds, or of as many as it has.

    Organisation o did deeds[starts[o]:starts[o + 1]].
    """
    for row in range(len(starts) - 1):
        first = second = third = 0.0
        for place in range(starts[row], starts[row + 1]):
            fit = fits[deeds[place]]
            if fit > first:
                first, second, third = fit, first, second
            elif fit > second:
                second, third = fit, second
            elif fit > third:
                third = fit
        many = min(3, starts[row + 1] - starts[row])
        means[row] = (first + second + third) / many if many else 0.0
