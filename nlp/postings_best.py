"""The best few of every need while rows stream by, in bounded memory; the order in which they come changes nothing."""

import numpy as np
from numpy.typing import NDArray

from nlp.postings import Doubles, Pairs, Singles


class Best:
    """For each need the `most` highest scores so far; equal scores: the smaller row number stays.

    floors: below these scores nothing can enter any more (float32, one a need).
    """

    def __init__(self, needs: int, most: int, floor: float) -> None:
        self._most = most
        self._floor = np.float32(floor)
        self._needs = np.empty(0, dtype=np.int32)
        self._rows = np.empty(0, dtype=np.int64)
        self._scores = np.empty(0, dtype=np.float64)
        self.floors: Singles = np.full(needs, self._floor, dtype=np.float32)

    def add(self, pairs: Pairs, first_row: int, scores: Doubles) -> None:
        """Take in the pairs of one block. first_row: the number of the block's first row over all blocks."""
        good = scores >= self._floor
        self._needs = np.concatenate((self._needs, pairs.needs[good]))
        self._rows = np.concatenate((self._rows, pairs.rows[good].astype(np.int64) + first_row))
        self._scores = np.concatenate((self._scores, scores[good]))
        if len(self._needs) > 2 * self._most * len(self.floors):
            self._trim()

    def _trim(self) -> None:
        order = np.lexsort((self._rows, -self._scores, self._needs))
        needs = self._needs[order]
        starts = np.searchsorted(needs, np.arange(len(self.floors)))
        rank = np.arange(len(needs)) - starts[needs]
        stays = order[rank < self._most]
        last = order[rank == self._most - 1]
        self.floors[self._needs[last]] = np.nextafter(
            self._scores[last].astype(np.float32), np.float32(-np.inf), dtype=np.float32
        )
        self._needs, self._rows, self._scores = self._needs[stays], self._rows[stays], self._scores[stays]

    def ranked(self) -> tuple[NDArray[np.int32], NDArray[np.int64], Doubles]:
        """Needs, rows and scores of what is kept: by need, best first, then by row."""
        self._trim()
        return self._needs, self._rows, self._scores
