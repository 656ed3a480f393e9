"""Stored documents against one need: their strength but for rounding, from arrays, some million documents a second."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nlp.columns_codes import CodeBook
from nlp.columns_match import Wanted
from nlp.columns_scan import Numbers, Places
from nlp.columns_stored import Chunk
from nlp.postings import Doubles, Singles

NEAR = 0.04  # of strength: how far what is found here may stand from the exact score (tests/test_nlp_stored.py)


class Sought(NamedTuple):
    """One need as arrays. stems: sorted, with their weights; pieces: for each letter piece its place in piece_worth, or
    -1; full: by language."""

    need: int
    stems: NDArray[np.uint64]
    weights: Singles
    full: Singles
    piece_places: Numbers
    piece_worth: Singles
    topics: Singles


def sought(asked_for: Wanted, need: int) -> Sought:
    """The need in this row of prepared needs."""
    row, letters = asked_for.words[[need]], asked_for.asking.letters[[need]]
    places = np.full(asked_for.asking.letters.shape[1], -1, dtype=np.int32)
    places[letters.indices] = np.arange(len(letters.indices), dtype=np.int32)
    worth = letters.data * asked_for.ground.letters_idf[letters.indices]
    return Sought(
        need,
        asked_for.stems[row.indices],
        row.data.astype(np.float32),
        asked_for.full[:, need].astype(np.float32),
        places,
        worth.astype(np.float32),
        asked_for.topics[need].astype(np.float32),
    )


def strengths(chunk: Chunk, asked_for: Wanted, needs: Sequence[Sought], floor: float) -> list[Singles]:
    """For each need the strength of every document of a chunk, nearly; what cannot reach the floor may be told lower.

    Codes count, rules do not.
    """
    recipe = asked_for.recipe
    code_ends, code_needs, code_much = CodeBook([asked_for.asking.needs[one.need] for one in needs]).strengths(
        chunk.codes
    )
    found = []
    for number, one in enumerate(needs):
        stem_places = _places(chunk, one)
        codes = np.zeros(len(chunk.proses), dtype=np.float32)
        mine = code_needs == number
        rows = np.repeat(np.arange(len(codes)), np.diff(code_ends))[mine]
        np.maximum.at(codes, rows, code_much[mine])
        letter_worth = _word_worth(chunk.piece_ends, chunk.pieces, one.piece_places, one.piece_worth)
        found.append(
            _near(
                chunk.ends, chunk.words, chunk.weights, chunk.languages, chunk.proses, chunk.norms,
                chunk.letter_lengths, chunk.topics, chunk.scales, stem_places, one.weights, one.full, letter_worth,
                chunk.piece_ends, chunk.pieces, one.piece_places, one.piece_worth, one.topics, codes,
                np.array((recipe.k1 + 1, recipe.letters_weight, recipe.topics_weight, recipe.codes_weight, floor)),
            )
        )  # fmt: skip
    return found


def _places(chunk: Chunk, one: Sought) -> Numbers:
    """For each language and word of the chunk the place of its stem among the need's, or -1."""
    if not len(one.stems):
        return np.full(chunk.stems.shape, -1, dtype=np.int32)
    places = np.minimum(np.searchsorted(one.stems, chunk.stems), len(one.stems) - 1)
    return np.where(one.stems[places] == chunk.stems, places, -1).astype(np.int32)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def _word_worth(piece_ends: Places, pieces: Numbers, places: Numbers, worth: Singles) -> Singles:
    """What each word's pieces could add to the letters at most."""
    found = np.zeros(piece_ends.size - 1, dtype=np.float32)
    for word in range(found.size):
        for place in range(piece_ends[word], piece_ends[word + 1]):
            if places[pieces[place]] >= 0:
                found[word] += worth[places[pieces[place]]]
    return found


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def _letters(
    words: Numbers, weights: NDArray[np.uint16], piece_ends: Places, pieces: Numbers, places: Numbers, worth: Singles,
    held: Doubles,
) -> float:  # fmt: skip
    """The dot product of one document's damped pieces with the need's. held: zeros, and left so."""
    for entry in range(words.size):
        for place in range(piece_ends[words[entry]], piece_ends[words[entry] + 1]):
            if places[pieces[place]] >= 0:
                held[places[pieces[place]]] += weights[entry]
    total = 0.0
    for piece in range(worth.size):
        if held[piece] > 0.0:
            total += (1.0 + np.log(max(held[piece], 1.0))) * worth[piece]
            held[piece] = 0.0
    return total


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def _near(
    ends: Places, words: Numbers, weights: NDArray[np.uint16], languages: NDArray[np.uint8], proses: Singles,
    norms: Singles, letter_lengths: Singles, topics: NDArray[np.int8], scales: Singles, stem_places: Numbers,
    stem_weights: Singles, full: Singles, word_worth: Singles, piece_ends: Places, pieces: Numbers,
    piece_places: Numbers, piece_worth: Singles, direction: Singles, codes: Singles, factors: Doubles,
) -> Singles:  # fmt: skip
    found = np.zeros(ends.size - 1, dtype=np.float32)
    often, held = np.zeros(stem_weights.size), np.zeros(piece_worth.size)
    for row in range(found.size):
        mine, lexical, most = stem_places[languages[row]], 0.0, 0.0
        for entry in range(ends[row], ends[row + 1]):
            most += word_worth[words[entry]] * (1.0 + np.log(max(weights[entry], 1)))
            if mine[words[entry]] >= 0:
                often[mine[words[entry]]] += weights[entry]
        for entry in range(ends[row], ends[row + 1]):
            stem = mine[words[entry]]
            if stem >= 0 and often[stem] > 0.0:
                lexical += stem_weights[stem] * often[stem] * factors[0] / (often[stem] + norms[row])
                often[stem] = 0.0
        near = 0.0
        for place in range(direction.size):
            near += topics[row, place] * direction[place]
        text = lexical / full[languages[row]] + factors[2] * min(max(near * scales[row], 0.0), 1.0)
        length = letter_lengths[row] if letter_lengths[row] > 0.0 else np.float32(1.0)
        if proses[row] * (text + factors[1] * most / length) + factors[3] * codes[row] >= factors[4]:
            part = slice(ends[row], ends[row + 1])
            most = _letters(words[part], weights[part], piece_ends, pieces, piece_places, piece_worth, held)
        else:
            most = 0.0
        found[row] = proses[row] * (text + factors[1] * most / length) + factors[3] * codes[row]
    return found
