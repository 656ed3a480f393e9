"""Reasons for what a sweep kept, and only for that: each document is read once for all needs of a bundle."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from nlp.codes import agreements
from nlp.columns_match import LANGUAGE, LETTERS, LEXICAL, VERB
from nlp.columns_rules import NONE
from nlp.columns_run import Swept
from nlp.columns_shown import Shown
from nlp.confidence import confidence
from nlp.explain import Spot, told
from nlp.match import Candidate, matches_of
from nlp.parts import Asked, Parts
from nlp.recipe import Recipe
from nlp.terms import Reading
from terms.company import NeedVersion
from terms.match import Document, Match, Reasons

_NO_WORDS, _NOTHING = csr_matrix((1, 0)), np.zeros((1, 1))


class Question(NamedTuple):
    """A need with the documents kept for it. words: its stems' weights. full: a full match by language. facts: columns
    LEXICAL to LANGUAGE of nlp.columns_match, one row a document. average: nlp.ground.Ground.average."""

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
    for need, places in chosen:
        fits, facts = swept.fits[list(places)].tolist(), swept.kept.facts[list(places)].tolist()
        question = question_of(swept.asking, need, average)
        yield question._replace(fits=fits, facts=facts), swept.kept.rows[list(places)].tolist()


def question_of(asking: Asked, need: int, average: float) -> Question:
    """The need in this row of prepared needs, without documents."""
    row = asking.words[[need]]
    words = {asking.names[c]: float(w) for c, w in zip(row.indices, row.data, strict=True)}
    full = {language: float(values[need]) for language, values in asking.full.items()}
    return Question(asking.needs[need], asking.readings[need], words, full, (), (), (), average)


class Prepared:
    """Needs as the statistics see them, each a question without documents."""

    def __init__(self, asking: Asked, average: float) -> None:
        """average: nlp.ground.Ground.average."""
        self._asking, self._average = asking, average
        self._rows = {(v.need_key, v.version): row for row, v in enumerate(asking.needs)}

    def __contains__(self, key: tuple[str, int]) -> bool:
        return key in self._rows

    def __getitem__(self, key: tuple[str, int]) -> Question:
        """The need of this key and version. Raises KeyError for another one."""
        return question_of(self._asking, self._rows[key], self._average)


def with_documents(question: Question, documents: Sequence[Document], verbs: Sequence[float]) -> Question:
    """The same for pairs whose scores are known: only their reasons are wanted. verbs: NONE where no rule fired."""
    facts = [[verb if column == VERB else 0.0 for column in range(LANGUAGE + 1)] for verb in verbs]
    return question._replace(documents=documents, fits=[0.0] * len(documents), facts=facts)


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
    return [
        one
        for question, candidates in _answered(bundle, recipe)
        for one in matches_of(list(candidates), question.version, recipe)
    ]


def reasons_of(bundle: Sequence[Question], recipe: Recipe) -> list[Reasons | None]:
    """The reasons of every document of every question in turn; None where nothing can be shown for it."""
    return [one.reasons() for _, candidates in _answered(bundle, recipe) for one in candidates]


def _answered(bundle: Sequence[Question], recipe: Recipe) -> Iterator[tuple[Question, Iterator["Placed"]]]:
    """Each question with its candidates."""
    documents = list(
        {document.cluster_key: document for question in bundle for document in question.documents}.values()
    )
    if not documents:
        return
    rows = {document.cluster_key: row for row, document in enumerate(documents)}
    shown = Shown(documents, bundle[0].average, recipe)
    for question in bundle:
        yield question, _candidates(question, shown, rows, recipe)


def _candidates(question: Question, shown: Shown, rows: Mapping[str, int], recipe: Recipe) -> Iterator[Placed]:
    need, places = question.version.need, [rows[document.cluster_key] for document in question.documents]
    found = shown.told(places, question.words, question.full)
    for document, fit, facts, seen in zip(question.documents, question.fits, question.facts, found, strict=True):
        rule = shown.rule(need, rows[document.cluster_key]) if facts[VERB] != NONE else None
        codes = tuple((code, much * recipe.codes_weight) for code, much in agreements(need, document.codes))
        sure = confidence(seen.reading, question.reading, seen.found, _parts(facts), (0, 0))
        yield Placed(document, seen.reading, 0, fit, sure, rule, {}, codes, seen.title, seen.text)


def _parts(facts: Sequence[float]) -> Parts:
    """The parts of one pair, as far as confidence looks at them."""
    lexical, letters = (np.array([[facts[column]]]) for column in (LEXICAL, LETTERS))
    return Parts(_NO_WORDS, lexical, letters, _NOTHING, _NOTHING, _NOTHING[0])
