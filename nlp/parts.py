"""The parts of a score, each on a scale of its own that means the same in every corpus, and their sum as fit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from nlp.codes import agreements
from nlp.ground import Ground, Known, full_match, idf_of, letter_rows
from nlp.languages import LANGUAGES
from nlp.recipe import Recipe
from nlp.terms import Floats, Reading, ask, asked_stems, columns_of, rows, saturated, strongest
from nlp.vectors import unit, weighted
from terms.company import NeedVersion
from terms.match import Document


@dataclass(frozen=True)
class Asked:
    """The needs as the ground sees them; one row a need. words: idf-weighted stems. full: the score of
    a full lexical match by the document's language."""

    needs: Sequence[NeedVersion]
    readings: Sequence[Reading]
    columns: dict[str, int]
    names: tuple[str, ...]
    words: csr_matrix
    full: Mapping[str, Floats]
    letters: csr_matrix
    topics: csr_matrix


@dataclass(frozen=True)
class Parts:
    """One row a document, one column a need. lexical: about 0..2; letters, topics, codes: 0..1; prose: 0..1 a row.

    words: BM25 term weights of the documents in the columns of Asked, for the reasons.
    """

    words: csr_matrix
    lexical: Floats
    letters: Floats
    topics: Floats
    codes: Floats
    prose: Floats

    def strength(self, recipe: Recipe) -> Floats:
        """The weighted sum, in units of a full lexical match."""
        text = self.lexical + recipe.letters_weight * self.letters + recipe.topics_weight * self.topics
        total: Floats = np.nan_to_num(text * self.prose[:, np.newaxis] + recipe.codes_weight * self.codes)
        return total


def asked(needs: Sequence[NeedVersion], ground: Ground, recipe: Recipe) -> Asked:
    """Prepare the needs; a need without a telling word has an empty row and matches by its codes and rules alone."""
    readings = [ask(version.need, recipe) for version in needs]
    stems = [asked_stems(reading, ground.languages, recipe) for reading in readings]
    columns = columns_of(stems)
    by_idf = csr_matrix(rows(stems, columns).multiply(idf_of(ground, columns)[np.newaxis, :]))
    words = strongest(by_idf, recipe.longest_query)
    topics = csr_matrix(rows(stems, ground.columns).multiply(ground.idf[np.newaxis, :]))
    letters = weighted(letter_rows(readings), ground.letters_idf)
    met = Known()
    full = {g: np.array([full_match(reading, g, ground, recipe, met) for reading in readings]) for g in LANGUAGES}
    return Asked(needs, readings, columns, tuple(columns), words, full, letters, unit(topics))


def parts(
    documents: Sequence[Document], readings: Sequence[Reading], asking: Asked, ground: Ground, recipe: Recipe
) -> Parts:
    """Score every document against every need, part by part."""
    stems = [reading.stems for reading in readings]
    lengths = np.array([sum(weights.values()) for weights in stems], dtype=np.float64)
    words = saturated(rows(stems, asking.columns), lengths, ground.average, recipe)
    letters = weighted(letter_rows(readings), ground.letters_idf)
    topical = weighted(rows(stems, ground.columns), ground.idf)
    return Parts(
        words,
        (words @ asking.words.T).toarray() / np.vstack([asking.full[reading.language] for reading in readings]),
        (letters @ asking.letters.T).toarray(),
        ground.topics.likeness(topical, asking.topics),
        _codes(documents, asking),
        np.array([prose(reading, recipe) for reading in readings], dtype=np.float64),
    )


def _codes(documents: Sequence[Document], asking: Asked) -> Floats:
    best = np.zeros((len(documents), len(asking.needs)))
    for column, version in enumerate(asking.needs):
        if version.need.cpc or version.need.arxiv:
            for row, document in enumerate(documents):
                best[row, column] = max((much for _, much in agreements(version.need, document.codes)), default=0.0)
    return best


def prose(reading: Reading, recipe: Recipe) -> float:
    """1 for text that people write, less for word lists and repetition made to match everything (RELIABILITY H-10)."""
    if reading.telling < recipe.prose_words:
        return 1.0
    variety = np.log(reading.distinct) / np.log(reading.telling) / recipe.variety_floor
    stops = (1 - reading.telling / reading.length) / recipe.stop_floor if reading.language != "xx" else 1.0
    return float(np.clip(1 - recipe.prose_slope * (1 - min(variety, stops)), recipe.least_prose, 1.0))


def fit_of(strength: Floats, recipe: Recipe) -> Floats:
    """Strength -> 0..1 by a logistic curve through (0, 0): no strength, no fit."""
    raw = 1 / (1 + np.exp(-(strength - recipe.middle) / recipe.width))
    none = 1 / (1 + np.exp(recipe.middle / recipe.width))
    fit: Floats = np.round(np.clip((raw - none) / (1 - none), 0.0, 1.0), 4)
    return fit
