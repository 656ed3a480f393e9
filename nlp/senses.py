"""What words mean beyond this collection: a small table of word vectors, shipped with Varde (nlp/tables/README.md)."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_FOLDER = Path(__file__).resolve().parent / "tables"


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, int], NDArray[np.int8]]:
    stems = (_FOLDER / "senses.txt").read_text("utf-8").split()
    vectors: NDArray[np.int8] = np.load(_FOLDER / "senses.npy", allow_pickle=False)
    return {stem: row for row, stem in enumerate(stems)}, vectors


def senses_of(columns: Mapping[str, int]) -> NDArray[np.float64]:
    """A vector for each column (columns x 96), -1..1; zeros for a stem that the table does not know."""
    known, vectors = _table()
    found = np.zeros((len(columns), vectors.shape[1]))
    for stem, column in columns.items():
        if (row := known.get(stem)) is not None:
            found[column] = vectors[row] / 127.0
    return found
