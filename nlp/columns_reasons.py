"""Reasons for what a sweep kept, and only for that: each document is read anew by the plain path, in any process."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from nlp.codes import agreements
from nlp.columns_rules import NONE
from nlp.columns_run import LETTERS, LEXICAL, VERB, Swept
from nlp.confidence import confidence
from nlp.match import Candidate, matches_of
from nlp.parts import Parts
from nlp.recipe import Recipe
from nlp.rules import rule_of
from nlp.terms import Reading, read
from terms.company import NeedVersion
from terms.match import Document, Match


class Question(NamedTuple):
    """A need with the documents kept for it. words: its stems' weights. full: a full match by language. facts: columns
    LEXICAL, LETTERS, VERB of nlp.columns_run, one row a document. average: nlp.ground.Ground.average."""

    version: NeedVersion
    reading: Reading
    words: dict[str, float]
    full: dict[str, float]
    documents: Sequence[Document]
    fits: Sequence[float]
    facts: Sequence[Sequence[float]]
    average: float


def questions(
    swept: Swept, average: float, chosen: Sequence[tuple[int, Sequence[int]]]
) -> Iterator[tuple[Question, list[int]]]:
    """A question without documents for each (need, places in swept.kept), and the rows of the documents it lacks."""
    asking = swept.asking
    for need, places in chosen:
        row = asking.words[[need]]
        words = {asking.names[c]: float(w) for c, w in zip(row.indices, row.data, strict=True)}
        full = {language: float(values[need]) for language, values in asking.full.items()}
        fits, facts = swept.fits[list(places)].tolist(), swept.kept.facts[list(places)].tolist()
        yield (
            Question(asking.needs[need], asking.readings[need], words, full, (), fits, facts, average),
            swept.kept.rows[list(places)].tolist(),
        )


def answers(question: Question, recipe: Recipe) -> list[Match]:
    """The matches of one need, explained, as nlp.match.match makes them."""
    candidates = [_candidate(question, place, recipe) for place in range(len(question.documents))]
    return list(matches_of(candidates, question.version, recipe))


def _candidate(question: Question, place: int, recipe: Recipe) -> Candidate:
    document, facts, need = question.documents[place], question.facts[place], question.version.need
    reading = read(document, recipe)
    rule = rule_of(need, document, reading) if facts[VERB] != NONE else None
    weights = _contributions(question, reading, recipe)
    codes = tuple((code, much * recipe.codes_weight) for code, much in agreements(need, document.codes))
    sure = confidence(reading, question.reading, len(weights), _parts(facts), (0, 0))
    return Candidate(document, reading, 0, question.fits[place], sure, rule, weights, codes)


def _contributions(question: Question, reading: Reading, recipe: Recipe) -> dict[str, float]:
    """What each stem added to the lexical part (nlp.match.contributions), from one reading."""
    length = sum(reading.stems.values())
    norm = recipe.k1 * (1 - recipe.b + recipe.b * length / max(question.average, 1.0))
    full = question.full[reading.language]
    return {
        stem: count * (recipe.k1 + 1) / (count + norm) * question.words[stem] / full
        for stem, count in reading.stems.items()
        if question.words.get(stem, 0.0) > 0.0
    }


def _parts(facts: Sequence[float]) -> Parts:
    """The parts of one pair, as far as confidence looks at them."""
    lexical, letters = (np.array([[facts[column]]]) for column in (LEXICAL, LETTERS))
    nothing = np.zeros((1, 1))
    return Parts(csr_matrix((1, 0)), lexical, letters, nothing, nothing, np.ones(1))
