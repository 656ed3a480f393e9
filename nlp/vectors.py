"""Second opinions on a text: its letters (character n-grams, help across languages) and its topics (LSA)."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import HashingVectorizer

from nlp.recipe import Recipe
from nlp.senses import senses_of
from nlp.terms import Floats

SEED = 20261123
_WIDTH = 2**20  # columns of hashed n-grams


@lru_cache(maxsize=1)
def _cutter() -> HashingVectorizer:
    return HashingVectorizer(
        analyzer="char_wb", ngram_range=(3, 5), n_features=_WIDTH, alternate_sign=False, norm=None, lowercase=False
    )


def letters_of(forms: Sequence[str]) -> csr_matrix:
    """Counts of the 3- to 5-letter pieces of each word, one row a word, padded with blanks at its ends."""
    return _cutter().transform(forms).tocsr() if forms else csr_matrix((0, _WIDTH))


def damped(counts: csr_matrix) -> csr_matrix:
    """Counts -> 1 + ln(count): the tenth mention tells less than the first. Counts below 1 count as 1."""
    tamed = counts.copy()
    tamed.data = 1.0 + np.log(np.maximum(tamed.data, 1.0))
    return tamed


def weighted(counts: csr_matrix, idf: Floats) -> csr_matrix:
    """Damped counts times idf, rows of unit length; rows of zeros stay so."""
    return unit(csr_matrix(damped(counts).multiply(idf[np.newaxis, :])))


def unit(rows: csr_matrix) -> csr_matrix:
    """Rows divided by their length; rows of zeros stay so (scikit-learn's refuses matrices without columns)."""
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    scaled = rows.copy()
    scaled.data = scaled.data / np.repeat(np.where(lengths > 0, lengths, 1.0), np.diff(rows.indptr))
    return scaled


def _unit_dense(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1.0), dtype=np.float64)


class Topics:
    """The meaning space of a corpus: its own topics (latent semantic analysis, Deerwester 1990) and the shipped senses.

    A corpus too small for topics of its own has the senses alone. topics, senses: a direction for each column.
    """

    def __init__(self, topics: Floats, senses: Floats, share: float) -> None:
        """share: of the topics in the mean of both; 0 where there are none."""
        self._topics, self._senses = topics, senses
        self._share = share if topics.shape[1] else 0.0

    @classmethod
    def of(cls, arrays: Mapping[str, Floats]) -> "Topics":
        """A space from what `arrays` gave."""
        return cls(arrays["topics"], arrays["senses"], float(arrays["share"]))

    def arrays(self) -> dict[str, Floats]:
        """All that a space holds, to be stored."""
        return {"topics": self._topics, "senses": self._senses, "share": np.array(self._share)}

    def __bool__(self) -> bool:
        return bool(self._topics.size or self._senses.any())

    def vectors(self, rows: csr_matrix) -> Floats:
        """Each TF-IDF row's direction: the product of two is the mean of both opinions' cosines.

        Topics and senses stand side by side; a row that one of them does not know has zeros there.
        """
        sides = (
            np.sqrt(1 - self._share) * _unit_dense(rows @ self._senses),
            np.sqrt(self._share) * _unit_dense(rows @ self._topics),
        )
        joined: Floats = np.nan_to_num(np.hstack(sides))
        return joined

    def likeness(self, documents: csr_matrix, needs: csr_matrix) -> Floats:
        """Mean cosine of each document with each need, 0 where they point apart or nothing is known."""
        return np.clip(self.vectors(documents) @ self.vectors(needs).T, 0.0, 1.0)


def topics_of(reference: csr_matrix, columns: Mapping[str, int], average: float, recipe: Recipe) -> Topics:
    """The space of a corpus. reference: TF-IDF rows over `columns`; average: their mean length in telling words.

    Fitted with a fixed seed. Titles alone say little about topics, so there the senses count more.
    """
    own = np.zeros((len(columns), 0))
    if reference.shape[0] >= recipe.topics_fewest_documents and reference.shape[1] > recipe.topics_most:
        fitted = TruncatedSVD(recipe.topics_most, n_iter=2, random_state=SEED).fit(reference)
        own = np.ascontiguousarray(fitted.components_.T)  # read row by row, for each word of a document
    return Topics(own, senses_of(columns), recipe.topics_share * average / (average + recipe.topics_length))
