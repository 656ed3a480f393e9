"""Blocks of documents against every need: a cheap score of all pairs, and nlp/parts.py's own for those that may stay.

First every pair gets its lexical, letter, topic and code parts from postings and one matrix product (float32). The few
that reach their need's floor are computed anew, part by part, in float64, as the plain path does; only these count.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from nlp.columns import Columns, read_columns
from nlp.columns_codes import CodeBook, Strengths
from nlp.columns_letters import LetterBook
from nlp.columns_rules import INCLUDE, NONE, RuleBook
from nlp.columns_scan import Hashes, Numbers, Places
from nlp.columns_select import add_positive, select
from nlp.columns_stored import Part
from nlp.columns_words import Lexicon, hashes_of
from nlp.ground import Ground
from nlp.languages import LANGUAGES
from nlp.parts import Asked, Parts, fit_of, prose
from nlp.postings import (
    Doubles,
    Pairs,
    Postings,
    Singles,
    Sparse,
    add_scores,
    dense_pair_scores,
    pair_scores,
    postings_of,
)
from nlp.postings_common import Common, common_of
from nlp.recipe import Recipe
from nlp.terms import Reading
from nlp.vectors import weighted

LEXICAL, LETTERS, VERB, FOUND, CODES, LENGTH, LANGUAGE = range(7)  # FOUND: need stems in the document
SLACK = 0.03  # of strength: how far the first score may fall below the exact one (tests/test_nlp_slack.py)


@dataclass(frozen=True)
class Wanted:
    """The needs of a matching in the shapes that columns are scored against.

    stems, ground_stems: sorted numbers of the needs' and the ground's stems. words: needs x stems. full: languages x
    needs. ground_order: where in the ground's columns each ground stem stands.
    """

    asking: Asked
    ground: Ground
    recipe: Recipe
    stems: Hashes
    words: csr_matrix
    full: Doubles
    word_postings: Postings
    letter_postings: Postings
    common_letters: Common
    topics: Doubles
    ground_stems: Hashes
    ground_order: NDArray[np.int64]


@dataclass(frozen=True)
class Scored:
    """Pairs of one block with their exact strength. verbs: the rule, if any. facts: one row a pair, columns LEXICAL to
    LANGUAGE: what is asked of a pair once it is kept. part: the documents, to be stored."""

    pairs: Pairs
    strength: Doubles
    verbs: NDArray[np.uint8]
    facts: Doubles
    part: Part


def wanted(asking: Asked, ground: Ground, recipe: Recipe, *, folded: bool = True) -> Wanted:
    """Turn prepared needs about, for blocks of documents.

    folded: whether letter pieces that many needs hold become a few dimensions; for few documents that costs more than
    it saves.
    """
    hashes = hashes_of(asking.names)
    order = np.argsort(hashes)
    ground_hashes = hashes_of(list(ground.columns))
    ground_order = np.argsort(ground_hashes)
    full = np.vstack([asking.full[language] for language in LANGUAGES])
    words = asking.words[:, order].tocsr()
    words.sort_indices()
    letters = csr_matrix(recipe.letters_weight * asking.letters)
    dense_letters, is_common = common_of(letters, folded)
    return Wanted(
        asking, ground, recipe, hashes[order], words, full,
        postings_of(words).scaled(1.0 / full),
        postings_of(letters, is_common),
        dense_letters,
        ground.topics.vectors(asking.topics),
        ground_hashes[ground_order], ground_order,
    )  # fmt: skip


@dataclass(frozen=True)
class Block:
    """Columns of some documents with their letter pieces, the needs their codes agree with, and the rules that fire.

    verbs: INCLUDE or EXCLUDE for each pair of `ruled`. told: the codes as they came. book: what the letters came from.
    """

    columns: Columns
    letters: Sparse
    codes: Strengths
    ruled: Pairs
    verbs: NDArray[np.uint8]
    letter_lengths: Doubles
    told: pa.Array
    book: LetterBook


class Sweep:
    """Scores blocks of documents against the same needs; prepare blocks in one thread, score them in several."""

    def __init__(self, asked_for: Wanted) -> None:
        self._wanted = asked_for
        self._codes = CodeBook(asked_for.asking.needs)
        self._begin_books()

    def _begin_books(self) -> None:
        self._lexicon = Lexicon()
        self._letters = LetterBook(self._lexicon)
        self._rules = RuleBook(self._wanted.asking.needs, self._lexicon)

    def prepared(self, titles: pa.Array, texts: pa.Array, stated: Sequence[str], codes: pa.Array) -> Block:
        """What a block needs before it is scored. stated: languages as published; codes: a list of codes a row."""
        if self._lexicon.is_full:
            self._begin_books()
        columns = read_columns(titles, texts, stated, self._lexicon)
        title_weight, idf = self._wanted.recipe.title_weight, self._wanted.ground.letters_idf
        ruled, verbs = self._rules.fired(columns, titles, texts)
        letters, lengths = self._letters.rows(columns, title_weight, idf)
        return Block(columns, letters, self._codes.strengths(codes), ruled, verbs, lengths, codes, self._letters)

    def score(self, block: Block, floors: Singles) -> Scored:
        """The pairs that reach their need's floor (strength) or that an include term asks for, scored exactly.

        Touches nothing shared.
        """
        asked_for, recipe = self._wanted, self._wanted.recipe
        words, topical = _word_rows(block.columns, asked_for), _topic_rows(block.columns, asked_for)
        proses = _proses(block.columns, recipe)
        scores = asked_for.common_letters.scores(block.letters)
        add_scores(words, asked_for.word_postings, scores, block.columns.languages)
        add_scores(block.letters, asked_for.letter_postings, scores)
        if recipe.topics_weight and topical.shape[1]:
            near = topical.astype(np.float32) @ (recipe.topics_weight * asked_for.topics.T).astype(np.float32)
            add_positive(scores, near)
        rows, needs, codes = select(
            scores, proses.astype(np.float32), *block.codes, np.float32(recipe.codes_weight),
            floors - np.float32(SLACK), *_included(block),
        )  # fmt: skip
        return _exact(asked_for, block, Pairs(rows, needs), codes, (words, topical, proses))


def _included(block: Block) -> tuple[Places, Numbers]:
    """The needs whose include term stands in each row: where each row's end, and which."""
    asks = block.verbs == INCLUDE
    sizes = np.bincount(block.ruled.rows[asks], minlength=len(block.columns))
    return np.concatenate((np.zeros(1), np.cumsum(sizes))).astype(np.int64), block.ruled.needs[asks]


def _verbs(block: Block, pairs: Pairs, needs: int) -> NDArray[np.uint8]:
    """The rule that fires on each pair: NONE, INCLUDE or EXCLUDE."""
    fired = block.ruled.rows.astype(np.int64) * needs + block.ruled.needs
    if not len(fired):
        return np.full(len(pairs), NONE, dtype=np.uint8)
    wanted_keys = pairs.rows.astype(np.int64) * needs + pairs.needs
    places = np.minimum(np.searchsorted(fired, wanted_keys), len(fired) - 1)
    return np.where(fired[places] == wanted_keys, block.verbs[places], NONE).astype(np.uint8)


def strength_at(fit: float, recipe: Recipe) -> float:
    """The least strength that has this fit, to 1e-9, by bisection: fit rises with strength."""
    low, high = 0.0, 100.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (low, middle) if fit_of(np.array([middle]), recipe)[0] >= fit else (middle, high)
    return low


def _exact(
    asked_for: Wanted, block: Block, pairs: Pairs, codes: Singles, rows: tuple[Sparse, Doubles, Doubles]
) -> Scored:
    """The pairs' scores by nlp/parts.py's formula, one pair a row."""
    words, topical, proses = rows
    lexical, found = pair_scores(words, asked_for.words, pairs)
    lexical /= asked_for.full[block.columns.languages[pairs.rows], pairs.needs]
    letters, _ = pair_scores(block.letters, asked_for.asking.letters, pairs)
    topics = np.clip(dense_pair_scores(topical, asked_for.topics, pairs), 0.0, 1.0)
    parts = Parts(
        words=csr_matrix((len(pairs), 0)),
        lexical=lexical[:, np.newaxis],
        letters=letters[:, np.newaxis],
        topics=topics[:, np.newaxis],
        codes=codes[:, np.newaxis].astype(np.float64),
        prose=proses[pairs.rows],
    )
    verbs = _verbs(block, pairs, asked_for.words.shape[0])
    length, language = block.columns.length[pairs.rows], block.columns.languages[pairs.rows]
    facts = np.column_stack((lexical, letters, verbs, found, codes, length, language)).astype(np.float64)
    part = _part(asked_for, block, topical, proses)
    return Scored(pairs, parts.strength(asked_for.recipe)[:, 0], verbs, facts, part)


def _part(asked_for: Wanted, block: Block, topical: Doubles, proses: Doubles) -> Part:
    columns, forms = block.columns, block.columns.forms
    weights = asked_for.recipe.title_weight * forms.in_title.astype(np.float64) + forms.in_text
    return Part(
        columns.languages, proses, _norms(columns, asked_for), block.letter_lengths, topical.astype(np.float32),
        forms.indptr, forms.words[forms.places], weights, block.told, block.book,
    )  # fmt: skip


def _word_rows(columns: Columns, asked_for: Wanted) -> Sparse:
    """BM25 weights of the needs' stems in each document (nlp.terms.saturated), stems as places in Wanted.stems."""
    counts = columns.weighted(asked_for.recipe.title_weight)
    spread = np.repeat(_norms(columns, asked_for), np.diff(columns.indptr))
    values = counts.data * (asked_for.recipe.k1 + 1) / (counts.data + spread)
    return Sparse(columns.indptr, _found_in(asked_for.stems, columns.vocabulary)[columns.places], values)


def _norms(columns: Columns, asked_for: Wanted) -> Doubles:
    """What BM25 adds below for each document's length."""
    recipe = asked_for.recipe
    lengths = np.asarray(columns.weighted(recipe.title_weight).sum(axis=1)).ravel()
    norms: Doubles = recipe.k1 * (1 - recipe.b + recipe.b * lengths / max(asked_for.ground.average, 1.0))
    return norms


def _topic_rows(columns: Columns, asked_for: Wanted) -> Doubles:
    """Each document's direction in the ground's topic space."""
    if not asked_for.ground.topics:
        return np.zeros((len(columns), 0))
    counts = columns.weighted(asked_for.recipe.title_weight)
    places = _found_in(asked_for.ground_stems, columns.vocabulary)[columns.places]
    kept = places >= 0
    ends = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(kept)))[columns.indptr]
    ordered = asked_for.ground_order[places[kept]]
    known = csr_matrix((counts.data[kept], ordered, ends), shape=(len(columns), len(asked_for.ground.columns)))
    return asked_for.ground.topics.vectors(weighted(known, asked_for.ground.idf))


def _found_in(wanted_stems: Hashes, vocabulary: Hashes) -> Numbers:
    """The place of each word of a vocabulary among wanted stems (sorted), or -1."""
    if not len(wanted_stems):
        return np.full(len(vocabulary), -1, dtype=np.int32)
    places = np.searchsorted(wanted_stems, vocabulary)
    places[places == len(wanted_stems)] = 0
    return np.where(wanted_stems[places] == vocabulary, places, -1).astype(np.int32)


def _proses(columns: Columns, recipe: Recipe) -> Doubles:
    sizes = zip(
        columns.languages.tolist(), columns.length.tolist(), columns.telling.tolist(), columns.distinct.tolist(),
        strict=True,
    )  # fmt: skip
    readings = (Reading("", LANGUAGES[language], {}, {}, {}, *counts) for language, *counts in sizes)
    return np.array([prose(reading, recipe) for reading in readings], dtype=np.float64)
