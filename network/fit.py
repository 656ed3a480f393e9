"""How well deeds, and organisations by all their deeds, fit what is asked: BM25 over stems, looked up by word."""

from array import array
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from network.rank import Floats

_K1, _B = 1.2, 0.75
Word = str | int
Counts = Mapping[Word, float] | Mapping[str, float] | Mapping[int, float]


class Postings(NamedTuple):
    """Word w stands in rows[starts[w]:starts[w + 1]], with these weights. size: rows in all."""

    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    weights: NDArray[np.float32]
    size: int


class Counted(NamedTuple):
    """Texts as counts of words, a row each. columns: the column of each word, which may be named by a number."""

    rows: csr_matrix
    columns: Mapping[Word, int]


def counted_of(texts: Iterable[Mapping[str, float]]) -> Counted:
    """A few texts, counted one by one."""
    known: dict[Word, int] = {}
    columns, values, starts = array("i"), array("f"), array("q", [0])
    for text in texts:
        columns.extend(known.setdefault(word, len(known)) for word in text)
        values.extend(text.values())
        starts.append(len(columns))
    entries = np.array(values, dtype=np.float32), np.array(columns, dtype=np.int32), np.array(starts)
    return Counted(csr_matrix(entries, shape=(len(starts) - 1, len(known))), known)


class Library:
    """Counted texts, looked up by word. members: groups x texts, 1 where the text belongs to the group."""

    def __init__(self, texts: Counted, members: csr_matrix) -> None:
        self._columns = texts.columns
        self._texts = _weighted(texts.rows)
        self._groups = _weighted((members.astype(np.float32) @ texts.rows).tocsr())

    def fit_of_texts(self, asked: Counts) -> Floats:
        """A score for each text."""
        return self._fit(asked, self._texts)

    def fit_of_groups(self, asked: Counts) -> Floats:
        """A score for each group; all texts of a group are read as one."""
        return self._fit(asked, self._groups)

    def _fit(self, asked: Counts, held: Postings) -> Floats:
        from network.kernel import add_up  # noqa: PLC0415 - numba takes most of a second to import

        known = [(self._columns[word], often) for word, often in asked.items() if word in self._columns]
        words, often = np.array([w for w, _ in known], np.int32), np.array([n for _, n in known], np.float64)
        fits = np.zeros(held.size)
        add_up(words, often, held.starts, held.rows, held.weights, fits)
        return fits


def _weighted(held: csr_matrix) -> Postings:
    """The weight of each word in each row, as BM25 has it (Robertson & Zaragoza 2009)."""
    lengths = np.asarray(held.sum(axis=1)).ravel()
    holding = np.bincount(held.indices, minlength=held.shape[1])
    rarity = np.log1p((held.shape[0] - holding + 0.5) / (holding + 0.5))
    long = 1 - _B + _B * lengths / max(float(lengths.mean()) if len(lengths) else 0.0, 1.0)
    heavy = held.tocsc()
    often = heavy.data.astype(np.float64)
    word_of = np.repeat(np.arange(held.shape[1]), np.diff(heavy.indptr))
    heavy.data = rarity[word_of] * often * (_K1 + 1) / (often + _K1 * long[heavy.indices])
    return Postings(
        heavy.indptr.astype(np.int64), heavy.indices.astype(np.int32), heavy.data.astype(np.float32), held.shape[0]
    )
