"""Reasons for what a sweep kept, and only for that: each document is read once for all needs of a bundle."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from nlp.codes import agreements
from nlp.columns_rules import NONE
from nlp.columns_run import LETTERS, LEXICAL, VERB, Swept
from nlp.columns_shown import Shown
from nlp.confidence import confidence
from nlp.explain import Spot, told
from nlp.match import Candidate, matches_of
from nlp.parts import Parts
from nlp.recipe import Recipe
from nlp.rules import rule_of
from nlp.terms import Reading, read
from terms.company import NeedVersion
from terms.match import Document, Match, Reasons

_NO_WORDS, _NOTHING = csr_matrix((1, 0)), np.zeros((1, 1))


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


@dataclass(frozen=True)
class Placed(Candidate):
    """A candidate whose spots are known; its weights are in them."""

    title: Sequence[Spot]
    text: Sequence[Spot]

    def reasons(self) -> Reasons | None:
        """As nlp.match.match gives them."""
        return told(self.document, self.reading.language, self.title, self.text, self.codes, self.rule)


def answers(bundle: Sequence[Question], recipe: Recipe) -> list[Match]:
    """The matches of each need of a bundle in turn, explained, as nlp.match.match makes them."""
    documents = list(
        {document.cluster_key: document for question in bundle for document in question.documents}.values()
    )
    if not documents:
        return []
    rows = {document.cluster_key: row for row, document in enumerate(documents)}
    shown = Shown(documents, bundle[0].average, recipe)
    return [
        one
        for question in bundle
        for one in matches_of(list(_candidates(question, shown, rows, recipe)), question.version, recipe)
    ]


def _candidates(question: Question, shown: Shown, rows: Mapping[str, int], recipe: Recipe) -> Iterator[Placed]:
    need, places = question.version.need, [rows[document.cluster_key] for document in question.documents]
    found = shown.told(places, question.words, question.full)
    for document, fit, facts, seen in zip(question.documents, question.fits, question.facts, found, strict=True):
        rule = rule_of(need, document, read(document, recipe)) if facts[VERB] != NONE else None
        codes = tuple((code, much * recipe.codes_weight) for code, much in agreements(need, document.codes))
        sure = confidence(seen.reading, question.reading, seen.found, _parts(facts), (0, 0))
        yield Placed(document, seen.reading, 0, fit, sure, rule, {}, codes, seen.title, seen.text)


def _parts(facts: Sequence[float]) -> Parts:
    """The parts of one pair, as far as confidence looks at them."""
    lexical, letters = (np.array([[facts[column]]]) for column in (LEXICAL, LETTERS))
    return Parts(_NO_WORDS, lexical, letters, _NOTHING, _NOTHING, _NOTHING[0])
