"""Letter pieces of columns of texts: each distinct word is cut once, rows are summed by compiled code."""

import numpy as np
from numba import njit

from nlp.columns import Columns
from nlp.columns_scan import Counts, Hashes, Numbers, Places
from nlp.columns_words import Lexicon
from nlp.languages import fold
from nlp.postings import Doubles, Sparse
from nlp.vectors import letters_of

_UNCUT = -1


class LetterBook:
    """The pieces of every word of a lexicon, by its numbers. A new lexicon needs a new book."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._starts = np.empty(0, dtype=np.int64)
        self._lengths = np.empty(0, dtype=np.int32)
        self._pieces = np.empty(0, dtype=np.int32)
        self._filled = 0

    @property
    def stems(self) -> Hashes:
        """Languages x words of the lexicon: the stems as far as they were asked for."""
        return self._lexicon.known_stems

    @property
    def cut(self) -> tuple[Places, Numbers, Numbers]:
        """Where each word's pieces begin, how many they are, and the pieces."""
        return self._starts, self._lengths, self._pieces

    def rows(self, columns: Columns, title_weight: float, idf: Doubles) -> tuple[Sparse, Doubles]:
        """What `nlp.ground.letter_rows` and `nlp.vectors.weighted` give for these documents: idf-weighted, of length 1.

        And the lengths they had before. idf: a number for each piece (nlp.vectors.letters_of).
        """
        forms = columns.forms
        self._cut(forms.words)
        starts, lengths = self._starts[forms.words], self._lengths[forms.words]
        ends, terms, values, sizes = _letter_rows(
            forms.indptr, forms.places, forms.in_title, forms.in_text, title_weight, starts, lengths, self._pieces, idf
        )
        return Sparse(ends, terms, values), sizes

    def _cut(self, words: Numbers) -> None:
        """Cut the words that are not cut yet."""
        missing = len(self._lexicon.surfaces) - len(self._starts)
        self._starts = np.concatenate((self._starts, np.full(missing, _UNCUT, dtype=np.int64)))
        self._lengths = np.concatenate((self._lengths, np.zeros(missing, dtype=np.int32)))
        fresh = words[self._starts[words] == _UNCUT]
        if not len(fresh):
            return
        cut = letters_of([fold(self._lexicon.surfaces[word].lower()) for word in fresh.tolist()])
        pieces = np.repeat(cut.indices, cut.data.astype(np.int64)).astype(np.int32)
        ends = np.concatenate((np.zeros(1), np.cumsum(cut.data))).astype(np.int64)[cut.indptr]
        self._starts[fresh] = self._filled + ends[:-1]
        self._lengths[fresh] = np.diff(ends)
        while self._filled + len(pieces) > len(self._pieces):
            self._pieces = np.concatenate((self._pieces, np.empty(len(self._pieces) + 2**20, dtype=np.int32)))
        self._pieces[self._filled : self._filled + len(pieces)] = pieces
        self._filled += len(pieces)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def _letter_rows(
    indptr: Places,
    places: Numbers,
    in_title: Counts,
    in_text: Counts,
    title_weight: float,
    starts: Places,
    lengths: Numbers,
    pieces: Numbers,
    idf: Doubles,
) -> tuple[Places, Numbers, Doubles, Doubles]:
    most = 0
    for entry in range(places.size):
        most += lengths[places[entry]]
    ends = np.zeros(indptr.size, dtype=np.int64)
    terms, values = np.empty(most, dtype=np.int32), np.empty(most, dtype=np.float64)
    held, sizes = np.zeros(idf.size, dtype=np.float64), np.zeros(indptr.size - 1, dtype=np.float64)
    total = 0
    for row in range(indptr.size - 1):
        begin = total
        for entry in range(indptr[row], indptr[row + 1]):
            form = places[entry]
            weight = title_weight * in_title[entry] + in_text[entry]
            for place in range(starts[form], starts[form] + lengths[form]):
                piece = pieces[place]
                if held[piece] == 0.0:
                    terms[total] = piece
                    total += 1
                held[piece] += weight
        square = 0.0
        for place in range(begin, total):
            value = (1.0 + np.log(max(held[terms[place]], 1.0))) * idf[terms[place]]
            held[terms[place]] = 0.0
            values[place] = value
            square += value * value
        length = np.sqrt(square) if square > 0.0 else 1.0
        sizes[row] = length
        for place in range(begin, total):
            values[place] /= length
        ends[row + 1] = total
    return ends, terms[:total].copy(), values[:total].copy(), sizes
