"""What a sweep keeps of every need, as columns: fit, confidence, flag, as `nlp.match.match` gives them; no reasons."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp.columns_match import CODES, FOUND, LANGUAGE, LENGTH, LETTERS, LEXICAL, VERB
from nlp.columns_rules import INCLUDE, NONE
from nlp.columns_run import Swept
from nlp.confidence import HALF_FOUND, HALF_TEXT, OTHER_LANGUAGE, WEIGHTS
from nlp.languages import LANGUAGES
from nlp.postings import Doubles
from nlp.recipe import Recipe

Places = NDArray[np.int64]


class Found(NamedTuple):
    """The pairs that become matches, by need, best fit first. places: into Swept.kept. is_ruled: a rule fired."""

    places: Places
    confidences: Doubles
    is_flagged: NDArray[np.bool_]
    is_ruled: NDArray[np.bool_]


def found_of(swept: Swept, ranks: Places, recipe: Recipe) -> Found:
    """Choose as `nlp.match.matches_of` does. ranks: the order of each kept pair's cluster key, for equal fits."""
    order = np.lexsort((ranks, -swept.fits, swept.kept.needs))
    facts = swept.kept.facts[order]
    can_tell = (facts[:, FOUND] > 0) | (facts[:, CODES] > 0) | (facts[:, VERB] != NONE)
    order, facts = order[can_tell], facts[can_tell]
    place = _place_within(swept.kept.needs[order])
    stays = (place < recipe.keep_per_need) | (facts[:, VERB] == INCLUDE)
    order, facts = order[stays], facts[stays]
    needs, verbs = swept.kept.needs[order], facts[:, VERB]
    eligible = (verbs == NONE) & (swept.fits[order] >= recipe.flag_floor)
    is_flagged = (eligible & (_counted(eligible, needs) <= recipe.flags_per_need)) | (verbs == INCLUDE)
    return Found(order, _confidences(facts, _spoken(swept)[needs]), is_flagged, verbs != NONE)


def parts_of(needs: NDArray[np.int32], most: int) -> list[tuple[int, slice]]:
    """Each need of an ordered column, and where its entries stand, at most so many at once."""
    ends = [*np.flatnonzero(np.diff(needs, prepend=-1)).tolist(), len(needs)]
    return [
        (int(needs[start]), slice(begin, min(begin + most, end)))
        for start, end in pairwise(ends)
        for begin in range(start, end, most)
    ]


def _place_within(needs: NDArray[np.int32]) -> Places:
    """How many entries of the same need stand before each one, in an ordered column."""
    starts = np.searchsorted(needs, needs, side="left")
    return np.arange(len(needs)) - starts


def _counted(chosen: NDArray[np.bool_], needs: NDArray[np.int32]) -> Places:
    """How many of the chosen of the same need stand up to each one."""
    running = np.cumsum(chosen)
    before = np.concatenate((np.zeros(1, dtype=np.int64), running))[np.searchsorted(needs, needs, side="left")]
    return np.asarray(running - before, dtype=np.int64)


def _spoken(swept: Swept) -> NDArray[np.int64]:
    """Number of each need's language."""
    return np.array([LANGUAGES.index(reading.language) for reading in swept.asking.readings], dtype=np.int64)


def _confidences(facts: Doubles, spoken: NDArray[np.int64]) -> Doubles:
    """`nlp.confidence.confidence` of many pairs. spoken: the need's language of each."""
    lexical, letters = np.minimum(1.0, facts[:, LEXICAL]), np.minimum(1.0, 4.0 * facts[:, LETTERS])
    sides = (
        facts[:, LENGTH] / (facts[:, LENGTH] + HALF_TEXT),
        facts[:, FOUND] / (facts[:, FOUND] + HALF_FOUND),
        1.0 - (np.maximum(lexical, letters) - np.minimum(lexical, letters)),
        np.where(facts[:, LANGUAGE] == spoken, 1.0, OTHER_LANGUAGE),
    )
    total = np.zeros(len(facts))
    for weight, side in zip(WEIGHTS, sides, strict=True):
        total = total + weight * side
    return np.array([round(one, 3) for one in total.tolist()], dtype=np.float64)
