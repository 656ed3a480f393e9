"""How well deeds, and organisations by all their deeds, fit what is asked: BM25 over stems."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.sparse import csr_matrix

from network.rank import Floats

_K1, _B = 1.2, 0.75
Counts = Mapping[str, int]


class Library:
    """Counted texts, a row each. members: groups x texts, 1 where the text belongs to the group."""

    def __init__(self, texts: Sequence[Counts], members: csr_matrix) -> None:
        self._columns = {word: at for at, word in enumerate(sorted({word for text in texts for word in text}))}
        self._texts = self._rows(texts)
        self._groups = (members @ self._texts).tocsr()

    def fit_of_texts(self, asked: Sequence[Counts]) -> Floats:
        """Scores, asked x texts."""
        return self._fit(asked, self._texts)

    def fit_of_groups(self, asked: Sequence[Counts]) -> Floats:
        """Scores, asked x groups; all texts of a group are read as one."""
        return self._fit(asked, self._groups)

    def _rows(self, texts: Sequence[Counts]) -> csr_matrix:
        told = [
            (row, self._columns[w], n) for row, text in enumerate(texts) for w, n in text.items() if w in self._columns
        ]
        rows, columns, counts = zip(*told, strict=True) if told else ((), (), ())
        shape = (len(texts), len(self._columns))
        return csr_matrix((np.array(counts, dtype=float), (np.array(rows, int), np.array(columns, int))), shape=shape)

    def _fit(self, asked: Sequence[Counts], held: csr_matrix) -> Floats:
        lengths = np.asarray(held.sum(axis=1)).ravel()
        holding = np.bincount(held.indices, minlength=held.shape[1])
        rarity = np.log1p((held.shape[0] - holding + 0.5) / (holding + 0.5))
        heavy = held.copy()
        row_of = np.repeat(np.arange(held.shape[0]), np.diff(held.indptr))
        damping = _K1 * (1 - _B + _B * lengths[row_of] / max(lengths.mean(), 1.0)) if held.nnz else held.data
        heavy.data = rarity[held.indices] * held.data * (_K1 + 1) / (held.data + damping)
        scores: Floats = (self._rows(asked) @ heavy.T).toarray()
        return scores
