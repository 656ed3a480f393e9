"""The same fingerprints as those of `nlp.sketch` in numpy, compiled: ten times as fast, once numba is there.

Compiled once a machine (numba keeps the code beside this file). Import it only where there is much to do.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

_EMPTY = np.uint32(0xFFFFFFFF)
_PRIME = np.uint64(1_099_511_628_211)
_MIX, _MIX_2, _MIX_3 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_U20, _U27, _U30, _U31, _U32, _U58 = (np.uint64(bits) for bits in (20, 27, 30, 31, 32, 58))
_EVEN = np.uint64(0xFFFFFFFE)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def _mixed(number: np.uint64) -> np.uint64:
    mixed = number * _MIX
    mixed = (mixed ^ (mixed >> _U30)) * _MIX_2
    mixed = (mixed ^ (mixed >> _U27)) * _MIX_3
    return mixed ^ (mixed >> _U31)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def _least_of(octets: NDArray[np.uint8], gram: int, least: NDArray[np.uint32]) -> None:
    least[:] = _EMPTY
    for start in range(len(octets) - gram + 1):
        rolled = np.uint64(0)
        for place in range(gram):
            rolled = rolled * _PRIME + np.uint64(octets[start + place])
        hashed = _mixed(rolled)
        slot = np.int64(hashed >> _U58)
        least[slot] = min(least[slot], np.uint32((hashed >> _U20) & _EVEN))


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def _fill(full: NDArray[np.uint32], drawn: NDArray[np.uint8], least: NDArray[np.uint32]) -> None:
    for place in range(len(full)):
        least[place] = full[place]
        draw = 0
        while least[place] == _EMPTY and draw < len(drawn):
            least[place] = full[drawn[draw, place]]
            draw += 1
        if least[place] == _EMPTY:
            least[place] = 0


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def _banded(least: NDArray[np.uint32], bands: NDArray[np.uint32]) -> None:
    rows = len(least) // len(bands)
    for band in range(len(bands)):
        rolled = np.uint64(band + 1)
        for place in range(rows):
            rolled = _mixed(rolled ^ np.uint64(least[band * rows + place]))
        bands[band] = np.uint32(rolled >> _U32) | np.uint32(1)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def sketch_rows(
    octets: NDArray[np.uint8],
    ends: NDArray[np.int64],
    gram: int,
    drawn: NDArray[np.uint8],
    least: NDArray[np.uint32],
    bands: NDArray[np.uint32],
) -> None:
    """Fill least (n x bins) and bands (n x bands) of n texts; a text shorter than `gram` leaves zeros.

    octets: the texts behind each other. ends: where each ends. drawn: draws x bins, the bin that is borrowed from.
    """
    full = np.empty(least.shape[1], dtype=np.uint32)
    begin = 0
    for row in range(len(ends)):
        end = ends[row]
        if end - begin >= gram:
            _least_of(octets[begin:end], gram, full)
            _fill(full, drawn, least[row])
            _banded(least[row], bands[row])
        begin = end
