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
def best_three(fits: Doubles, starts: Places, who: Numbers, best: Doubles) -> None:
    """Keep in `best` (organisations x 3, zeros, falling) the highest fits of each one's deeds.

    Those who did deed d are who[starts[d]:starts[d + 1]].
    """
    for deed in range(len(fits)):
        fit = fits[deed]
        if fit > 0:
            for place in range(starts[deed], starts[deed + 1]):
                row = who[place]
                if fit > best[row, 0]:
                    best[row, 2], best[row, 1], best[row, 0] = best[row, 1], best[row, 0], fit
                elif fit > best[row, 1]:
                    best[row, 2], best[row, 1] = best[row, 1], fit
                elif fit > best[row, 2]:
                    best[row, 2] = fit
