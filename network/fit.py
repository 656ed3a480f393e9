"""How well deeds, and organisations by all their deeds, fit what is asked: BM25 over stems, looked up by word."""

from array import array
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from network.rank import Floats

_K1, _B = 1.2, 0.75
Counts = Mapping[str, float]


class Postings(NamedTuple):
    """Word w stands in rows[starts[w]:starts[w + 1]], with these weights. size: rows in all."""

    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    weights: NDArray[np.float32]
    size: int


class Library:
    """Counted texts, a row each, read once. members: groups x texts, 1 where the text belongs to the group."""

    def __init__(self, texts: Iterable[Counts], members: csr_matrix) -> None:
        self._columns: dict[str, int] = {}
        counted = self._rows(texts, members.shape[1])
        self._texts = _weighted(counted)
        self._groups = _weighted((members @ counted).tocsr())

    def fit_of_texts(self, asked: Counts) -> Floats:
        """A score for each text."""
        return self._fit(asked, self._texts)

    def fit_of_groups(self, asked: Counts) -> Floats:
        """A score for each group; all texts of a group are read as one."""
        return self._fit(asked, self._groups)

    def _rows(self, texts: Iterable[Counts], many: int) -> csr_matrix:
        columns, values, starts = array("i"), array("f"), array("q", [0])
        for text in texts:
            columns.extend(self._columns.setdefault(word, len(self._columns)) for word in text)
            values.extend(text.values())
            starts.append(len(columns))
        entries = np.array(values, dtype=np.float32), np.array(columns, dtype=np.int32), np.array(starts)
        return csr_matrix(entries, shape=(many, len(self._columns)))

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
