"""What the corpus says before anything is scored: which words are rare, what its topics are."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from nlp.recipe import Recipe
from nlp.terms import Floats, Reading, alternatives, columns_of, inverse_frequency, rows
from nlp.text import telling_stem
from nlp.vectors import Topics, letters_of, topics_of, weighted
from terms.match import Document


@dataclass(frozen=True)
class Ground:
    """Statistics of the reference corpus; a document's score depends on these, the need and itself alone.

    idf and letters_idf: 0..1 a column; a word outside `columns` stands in no reference document. average: mean
    weighted length of a document in telling words.
    """

    columns: dict[str, int]
    idf: Floats
    average: float
    letters_idf: Floats
    topics: Topics
    languages: tuple[str, ...]


def reference(documents: Sequence[Document], background: Sequence[Document], recipe: Recipe) -> list[Document]:
    """The documents that statistics are taken from: the background, with the new ones only where it is too small.

    A sample by hash of the key where there are many: it hardly changes from week to week, and order plays no part.
    """
    pool = {d.cluster_key: d for d in (*background, *(documents if len(background) < recipe.reference_fewest else ()))}
    chosen = sorted(pool, key=lambda key: hashlib.sha256(key.encode("utf-8", "replace")).digest())
    return [pool[key] for key in sorted(chosen[: recipe.reference_most])]


def survey(readings: Sequence[Reading], recipe: Recipe) -> Ground:
    """Take the statistics of the reference corpus from its readings."""
    stems = [reading.stems for reading in readings]
    columns = columns_of(stems)
    counts = rows(stems, columns)
    idf = inverse_frequency(counts)
    average = float(counts.sum()) / max(len(readings), 1)
    return Ground(
        columns,
        idf,
        average,
        inverse_frequency(letter_rows(readings)),
        topics_of(weighted(counts, idf), columns, average, recipe),
        tuple(sorted({reading.language for reading in readings})),
    )


def letter_rows(readings: Sequence[Reading]) -> csr_matrix:
    """Counts of letter pieces, one row a reading; each distinct word is cut once."""
    folded = [reading.folded for reading in readings]
    columns = columns_of(folded)
    return (rows(folded, columns) @ letters_of(list(columns))).tocsr()


def idf_of(ground: Ground, columns: dict[str, int]) -> Floats:
    """idf of other columns than the ground's own: words unknown to the corpus are as rare as can be."""
    places = np.array([ground.columns.get(word, -1) for word in columns], dtype=np.int64)
    known = np.where(places >= 0, places, 0)
    return np.where(places >= 0, ground.idf[known], 1.0) if ground.idf.size else np.ones(len(columns))


Known = dict[tuple[str, str, str], tuple[str, float]]
"""(form, source, target language) -> the stem that the form is best found by, and its idf; needs share many forms."""


def full_match(asking: Reading, language: str, ground: Ground, recipe: Recipe, met: Known) -> float:
    """The lexical score of a need that counts as a full match in a document of `language`.

    That is its strongest stems mentioned about once. A word that the corpus does not know counts fully in the need's
    own language (it is rare, and missing), but little in another one (there it may only lack a translation).
    met: forms looked up before with this ground and recipe; filled.
    """
    masses = dict[str, float]()
    for form, weight in asking.forms.items():
        key = (form, asking.language, language)
        if key not in met:
            met[key] = _best_stem(*key, ground, recipe)
        term, idf = met[key]
        masses[term] = max(masses.get(term, 0.0), weight * idf)
    ranked = sorted(masses.values(), reverse=True)
    full = sum(ranked[: recipe.full_terms]) + recipe.rest_weight * sum(ranked[recipe.full_terms : recipe.longest_query])
    return max(float(full), recipe.least_mass)


def _best_stem(form: str, source: str, target: str, ground: Ground, recipe: Recipe) -> tuple[str, float]:
    own = telling_stem(form, source)
    terms = alternatives(form, source, target, recipe) if own else {}
    seen = {term: share * ground.idf[ground.columns[term]] for term, share in terms.items() if term in ground.columns}
    unseen = (1.0 if source == target else recipe.foreign_unknown) if own else 0.0
    term = max(seen, key=lambda t: (seen[t], t), default=own)
    return term, float(seen.get(term, unseen))
