"""Texts and codes as rows to learn on: words and pairs of words, the corpus's topics, classification codes."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from nlp.learn_recipe import LEARNING, Learning
from nlp.text import readable
from terms.company import Need
from terms.match import Document

SEED = 20261123
_WORD = r"[^\W_]{2,}"
_MOST_COMMON = 0.95  # share of documents; a word in more of them tells nothing
_FEW = 20  # documents
_SYMBOL = re.compile(r"\s+")


class Asked(NamedTuple):
    """A need's own words as one row, and from which column to before which one the topics stand in every row."""

    row: csr_matrix
    topics: tuple[int, int]


class Space:
    """Columns fitted once on a reference corpus; every text is later folded in alone.

    A row has unit length, so no text pulls harder for being long.
    """

    def __init__(self, reference: Sequence[Document], recipe: Learning = LEARNING) -> None:
        """reference: what word frequencies and topics are taken from. Raises ValueError where it holds no word."""
        self._recipe = recipe
        texts = [_text(document) for document in reference]
        most, least = (_MOST_COMMON, 2) if len(texts) >= _FEW else (1.0, 1)  # two of three documents are no usage
        self._words = TfidfVectorizer(
            ngram_range=(1, 2), sublinear_tf=True, token_pattern=_WORD, max_df=most, min_df=least, dtype=np.float32
        ).fit(texts)
        self._single = TfidfVectorizer(
            stop_words="english", sublinear_tf=True, token_pattern=_WORD, max_df=most, min_df=least, dtype=np.float32
        )
        self._topics = self._fitted_topics(texts)
        self._codes = _fitted_codes(reference)

    def _fitted_topics(self, texts: Sequence[str]) -> TruncatedSVD | None:
        if len(texts) <= self._recipe.topics or self._recipe.topics_weight == 0:
            return None
        counted = self._single.fit_transform(texts)
        if counted.shape[1] <= self._recipe.topics:
            return None
        return TruncatedSVD(self._recipe.topics, n_iter=4, random_state=SEED).fit(counted)

    def rows(self, documents: Sequence[Document]) -> csr_matrix:
        """One unit row a document, as float32; a text without a known word or code is a row of zeros."""
        texts = [_text(document) for document in documents]
        blocks = [self._words.transform(texts)]
        if self._topics is not None:
            topics = _unit(csr_matrix(self._topics.transform(self._single.transform(texts))))
            blocks.append(topics * np.float32(np.sqrt(self._recipe.topics_weight)))
        if self._codes is not None:
            codes = self._codes.transform([_symbols(document) for document in documents])
            blocks.append(codes * np.float32(np.sqrt(self._recipe.codes_weight)))
        joined = _unit(csr_matrix(hstack(blocks, format="csr", dtype=np.float32)))
        joined.sort_indices()
        return joined

    def need_row(self, need: Need) -> Asked:
        """The need's own words as one row."""
        text = "\n".join((need.description, *need.include))
        asked = Document(
            cluster_key="need", item_key="need", kind="publication", title=need.title, text=text,
            codes=tuple(f"cpc:{code}" for code in need.cpc),
        )  # fmt: skip
        first = len(self._words.vocabulary_)
        return Asked(self.rows([asked]), (first, first + (self._recipe.topics if self._topics is not None else 0)))


def joined(first: csr_matrix, then: csr_matrix) -> csr_matrix:
    """csr_matrix of one space below each other."""
    return vstack([first, then], format="csr", dtype=np.float32)


def dot(rows: csr_matrix, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each row's value under weights whose last entry is the bias."""
    # single precision as the rows are: mixed precision would copy them whole
    values: NDArray[np.float64] = np.asarray(rows @ weights[:-1].astype(np.float32), dtype=np.float64)
    return values + float(weights[-1])


def _fitted_codes(reference: Sequence[Document]) -> TfidfVectorizer | None:
    symbols = [_symbols(document) for document in reference]
    if not any(symbols):
        return None
    return TfidfVectorizer(analyzer=_pieces, dtype=np.float32).fit(symbols)


def _pieces(symbols: Sequence[str]) -> Sequence[str]:
    return symbols


def _symbols(document: Document) -> list[str]:
    return sorted({piece for code in document.codes for piece in _within(code)})


def _within(code: str) -> Iterator[str]:
    """A code and the classes that hold it: B60R21/34 is in B60R21, B60R and B60."""
    symbol = _SYMBOL.sub("", code.partition(":")[2] or code).upper()
    yield from {symbol[:3], symbol[:4], symbol.partition("/")[0], symbol}


def _text(document: Document) -> str:
    return readable(f"{document.title}\n{document.text}")


def _unit(rows: csr_matrix) -> csr_matrix:
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    scaled = csr_matrix(rows, dtype=np.float32)
    scaled.data = scaled.data / np.repeat(np.where(lengths > 0, lengths, 1.0), np.diff(scaled.indptr))
    return csr_matrix(scaled, dtype=np.float32)
