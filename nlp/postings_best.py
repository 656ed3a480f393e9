"""The best few of every need while rows stream by, in bounded memory; the order in which they come changes nothing."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp.postings import Doubles, Pairs, Singles


class Kept(NamedTuple):
    """What is kept: by need, best score first, then by row. facts: further numbers of each pair, as they came."""

    needs: NDArray[np.int32]
    rows: NDArray[np.int64]
    scores: Doubles
    facts: Doubles

    def chosen(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> "Kept":
        """Some of the pairs, by mask or by place."""
        return Kept(self.needs[which], self.rows[which], self.scores[which], self.facts[which])

    def joined(self, more: "Kept") -> "Kept":
        """These pairs and others."""
        return Kept(
            np.concatenate((self.needs, more.needs)),
            np.concatenate((self.rows, more.rows)),
            np.concatenate((self.scores, more.scores)),
            np.concatenate((self.facts, more.facts)),
        )


class Best:
    """For each need the `most` highest scores so far, and whatever must stay; equal scores: the smaller row stays.

    floors: below these scores nothing can enter any more (float32, one a need).
    """

    def __init__(self, needs: int, most: int, floor: float, facts: int) -> None:
        """facts: how many further numbers come with each pair."""
        self._most, self._floor = most, floor
        self._kept = Kept(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0), np.empty((0, facts)))
        self._stays = np.empty(0, dtype=np.bool_)
        self.floors: Singles = np.full(needs, floor, dtype=np.float32)

    def add(self, pairs: Pairs, first_row: int, scores: Doubles, facts: Doubles, stays: NDArray[np.bool_]) -> None:
        """Take in the pairs of one block. first_row: the number of its first row over all blocks. stays: whatever
        the score."""
        good = (scores >= self._floor) | stays
        rows = pairs.rows[good].astype(np.int64) + first_row
        self._kept = self._kept.joined(Kept(pairs.needs[good], rows, scores[good], facts[good]))
        self._stays = np.concatenate((self._stays, stays[good]))
        if len(self._kept.needs) > 2 * self._most * len(self.floors):
            self._trim()

    def _trim(self) -> None:
        kept = self._kept
        order = np.lexsort((kept.rows, -kept.scores, kept.needs))
        kept, stays = kept.chosen(order), self._stays[order]
        begins = np.searchsorted(kept.needs, np.arange(len(self.floors)))
        rank = np.arange(len(order)) - begins[kept.needs]
        last = rank == self._most - 1
        self.floors = self.floors.copy()  # another thread may be reading the old ones
        self.floors[kept.needs[last]] = np.nextafter(kept.scores[last].astype(np.float32), np.float32(-np.inf))
        good = (rank < self._most) | stays
        self._kept, self._stays = kept.chosen(good), stays[good]

    def ranked(self) -> Kept:
        """What is kept, in order."""
        self._trim()
        return self._kept
