"""Which pairs of a block are worth an exact score, compiled."""

import numpy as np
from numba import njit

from nlp.columns_scan import Numbers, Places
from nlp.postings import Singles


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def add_positive(scores: Singles, more: Singles) -> None:
    """Add what is above zero, in place."""
    for row in range(scores.shape[0]):
        for need in range(scores.shape[1]):
            scores[row, need] += max(more[row, need], np.float32(0.0))


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def select(
    scores: Singles,
    proses: Singles,
    code_ends: Places,
    code_needs: Numbers,
    code_much: Singles,
    codes_weight: np.float32,
    floors: Singles,
    asked_ends: Places,
    asked_needs: Numbers,
) -> tuple[Numbers, Numbers, Singles]:
    """Pairs that reach their floor once prose and codes count, or that are asked for, with the part of the codes."""
    rows, needs, codes = np.empty(4096, np.int32), np.empty(4096, np.int32), np.empty(4096, np.float32)
    much, is_asked = np.zeros(scores.shape[1], dtype=np.float32), np.zeros(scores.shape[1], dtype=np.bool_)
    total = 0
    for row in range(scores.shape[0]):
        for place in range(code_ends[row], code_ends[row + 1]):
            much[code_needs[place]] = max(much[code_needs[place]], code_much[place])
        is_asked[asked_needs[asked_ends[row] : asked_ends[row + 1]]] = True
        if total + scores.shape[1] > rows.size:
            room = np.empty(rows.size + scores.shape[1], np.int32)  # at least twice the room: few moves
            rows, needs = np.concatenate((rows, room)), np.concatenate((needs, room))
            codes = np.concatenate((codes, np.empty(room.size, np.float32)))
        for need in range(scores.shape[1]):
            if scores[row, need] * proses[row] + codes_weight * much[need] >= floors[need] or is_asked[need]:
                rows[total], needs[total], codes[total] = row, need, much[need]
                total += 1
        for place in range(code_ends[row], code_ends[row + 1]):
            much[code_needs[place]] = 0.0
        is_asked[asked_needs[asked_ends[row] : asked_ends[row + 1]]] = False
    return rows[:total].copy(), needs[:total].copy(), codes[:total].copy()
