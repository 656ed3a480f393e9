"""Columns of titles and texts -> counts of stems by field: what `nlp.terms.read` does for one text, for many."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from nlp.columns_scan import Counts, Hashes, Numbers, Octets, Places, tally
from nlp.columns_words import NO_STEM, Lexicon
from nlp.languages import LANGUAGES, UNSTATED, guess, known
from nlp.text import readable

Field = tuple[Numbers, Places]
"""The words of a field in order, as numbers of the lexicon, and where each row's words end (a leading 0)."""


class Forms(NamedTuple):
    """Counts of telling words as written (lower case), one row a document; places: numbers into `words`.

    words: for each form a word of the lexicon that it was read by.
    """

    indptr: Places
    places: Numbers
    in_title: Counts
    in_text: Counts
    words: Numbers


@dataclass(frozen=True)
class Columns:
    """Counts of telling stems, one row a document: row r holds entries indptr[r] to indptr[r+1].

    places: numbers into `vocabulary`, the sorted 64-bit numbers of stems (`columns_words.hash_of`). in_title, in_text:
    how often. languages: into LANGUAGES. length, telling, distinct: as in `nlp.terms.Reading`. forms: the words behind.
    words: title and text word by word.
    """

    indptr: Places
    places: Numbers
    in_title: Counts
    in_text: Counts
    vocabulary: Hashes
    languages: NDArray[np.uint8]
    length: Numbers
    telling: Numbers
    distinct: Numbers
    forms: Forms
    words: tuple[Field, Field]

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def weighted(self, title_weight: float) -> csr_matrix:
        """Rows of title_weight x mentions in the title + mentions in the text; columns are those of `vocabulary`."""
        weights = title_weight * self.in_title.astype(np.float64) + self.in_text
        return csr_matrix((weights, self.places, self.indptr), shape=(len(self), len(self.vocabulary)))


def text_column(texts: Sequence[str]) -> pa.Array:
    """Strings as a column; what UTF-8 cannot hold becomes a blank, as in `nlp.text.readable`."""
    try:
        return pa.array(texts, pa.large_string())
    except UnicodeEncodeError:
        return pa.array([readable(text) for text in texts], pa.large_string())


def read_columns(titles: pa.Array, texts: pa.Array, stated: Sequence[str], lexicon: Lexicon) -> Columns:
    """Count the stems of documents. titles, texts: string columns of one length. stated: language codes as published.

    Equal to `nlp.terms.read` row by row, whatever the lexicon holds and however the rows are cut into blocks.
    """
    words = lexicon.numbered(*octets_of(titles)), lexicon.numbered(*octets_of(texts))
    (title, title_ends), (text, text_ends) = words
    used = _used((title, text), len(lexicon.surfaces))
    languages = _languages(titles, texts, stated)
    table, vocabulary = _stem_columns(((title, title_ends), (text, text_ends)), used, languages, lexicon)
    slots = np.empty(len(lexicon.surfaces), dtype=np.int32)
    slots[used] = np.arange(len(used), dtype=np.int32)
    title, text = slots[title], slots[text]
    stems = [
        table[np.repeat(languages, np.diff(ends)), words] for words, ends in ((title, title_ends), (text, text_ends))
    ]
    counts = tally(stems[0], title_ends, stems[1], text_ends, len(vocabulary))
    forms = _forms(((title, title_ends), (text, text_ends)), stems, used, lexicon)
    telling = _within(stems[0] >= 0, title_ends) + _within(stems[1] >= 0, text_ends)
    length = np.diff(title_ends) + np.diff(text_ends)
    distinct = np.diff(forms.indptr)
    return Columns(*counts, vocabulary, languages, _narrow(length), _narrow(telling), _narrow(distinct), forms, words)


def _forms(fields: Sequence[Field], stems: Sequence[Numbers], used: Numbers, lexicon: Lexicon) -> Forms:
    """The telling words by form. fields: words as places in `used`. stems: their columns, -1: they tell nothing."""
    _, first, form_of = np.unique(lexicon.forms[used], return_index=True, return_inverse=True)
    told = [np.where(stem >= 0, form_of[words], -1) for stem, (words, _) in zip(stems, fields, strict=True)]
    counts = tally(_narrow(told[0]), fields[0][1], _narrow(told[1]), fields[1][1], len(used))
    return Forms(*counts, used[first])


def _narrow(numbers: Places) -> Numbers:
    return numbers.astype(np.int32)


def _within(flags: NDArray[np.bool_], ends: Places) -> Places:
    """How many flags are set in each row."""
    running = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(flags, dtype=np.int64)))
    return np.diff(running[ends])


def octets_of(column: pa.Array | pa.ChunkedArray) -> tuple[Octets, Places]:
    """The UTF-8 octets of a string column and where its rows begin and end."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays(whole.chunks) if whole.num_chunks else pa.array([], pa.large_string())
    whole = pc.fill_null(whole.cast(pa.large_string()), "")
    _, offsets, octets = whole.buffers()
    bounds = np.frombuffer(offsets, dtype=np.int64)[whole.offset : whole.offset + len(whole) + 1] if offsets else None
    if bounds is None or not len(bounds):
        return np.empty(0, dtype=np.uint8), np.zeros(1, dtype=np.int64)
    used = np.frombuffer(octets, dtype=np.uint8)[bounds[0] : bounds[-1]] if octets else np.empty(0, dtype=np.uint8)
    return used, bounds - bounds[0]


def _languages(titles: pa.Array, texts: pa.Array, stated: Sequence[str]) -> NDArray[np.uint8]:
    """Number of each row's language; its text is only read where the publisher does not say."""
    codes = {code: LANGUAGES.index(known(code)) for code in set(stated)}
    numbers = np.array([codes[code] for code in stated], dtype=np.uint8)
    for row, code in enumerate(stated):
        if code.lower() in UNSTATED:
            told = guess(f"{titles[row].as_py() or ''} {texts[row].as_py() or ''}")
            numbers[row] = LANGUAGES.index(told)
    return numbers


def _stem_columns(
    fields: Sequence[Field], used: Numbers, languages: NDArray[np.uint8], lexicon: Lexicon
) -> tuple[NDArray[np.int32], Hashes]:
    """Column of each used word by each language's rules (languages x words, -1: tells nothing), and the columns."""
    stems = np.zeros((len(LANGUAGES), len(used)), dtype=np.uint64)
    spoken = np.unique(languages).tolist()
    for language in spoken:
        rows = [np.repeat(languages == language, np.diff(ends)) for _, ends in fields]
        said = _used([words[mask] for (words, _), mask in zip(fields, rows, strict=True)], len(lexicon.surfaces))
        stems[language, np.searchsorted(used, said)] = lexicon.stems(language, said)
    vocabulary = np.unique(stems)
    vocabulary = vocabulary[vocabulary != NO_STEM]
    table = np.searchsorted(vocabulary, stems).astype(np.int32)
    table[stems == NO_STEM] = -1
    return table, vocabulary


def _used(words: Sequence[Numbers], size: int) -> Numbers:
    """The words that occur, in order of their numbers."""
    seen = np.zeros(size, dtype=np.bool_)
    for some in words:
        seen[some] = True
    return np.flatnonzero(seen).astype(np.int32)
