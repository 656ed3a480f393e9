"""Words of documents and needs as columns, and BM25 over them (Robertson & Zaragoza 2009, with a title field)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from nlp.languages import fold, known, language_of, stem
from nlp.recipe import Recipe
from nlp.text import counted, telling_stem
from terms.company import Need
from terms.match import Document

Floats = NDArray[np.float64]
Weights = dict[str, float]


@dataclass(frozen=True)
class Reading:
    """What was read of a document or a need: its words as written (lower case) with their weights.

    length: words in all. telling: words that are no stop words. distinct: different ones of those.
    """

    key: str
    language: str
    forms: Weights
    length: int
    telling: int
    distinct: int

    def stems(self) -> Weights:
        """The telling words' stems with their weights."""
        weights = Weights()
        for form, weight in self.forms.items():
            if term := telling_stem(form, self.language):
                weights[term] = weights.get(term, 0.0) + weight
        return weights

    def folded(self) -> Weights:
        """The telling words without accents, with their weights."""
        weights = Weights()
        for form, weight in self.forms.items():
            if telling_stem(form, self.language):
                weights[fold(form)] = weights.get(fold(form), 0.0) + weight
        return weights

    def every_stem(self, language: str) -> set[str]:
        """Stems of all words, stop words too, by the rules of `language`."""
        return {stem(form, language) for form in self.forms}


def _reading(key: str, language: str, fields: Iterable[tuple[str, float]]) -> Reading:
    forms, plain = Weights(), Counter[str]()
    for text, weight in fields:
        for form, often in counted(text, language).items():
            forms[form] = forms.get(form, 0.0) + weight * often
            plain[form] += often
    telling = {form: often for form, often in plain.items() if telling_stem(form, language)}
    return Reading(key, language, forms, plain.total(), sum(telling.values()), len(telling))


def read(document: Document, recipe: Recipe) -> Reading:
    """Count the words of a document; a word of the title counts `title_weight` times."""
    language = language_of(document.language, f"{document.title} {document.text}")
    return _reading(document.cluster_key, language, ((document.title, recipe.title_weight), (document.text, 1.0)))


def ask(need: Need, recipe: Recipe) -> Reading:
    """Count the words of a need: title, description and include terms by their weights; repeats saturate.

    The heaviest word weighs 1, so that short and long needs share one scale.
    """
    fields = (
        (need.title, recipe.need_title_weight),
        (need.description, recipe.need_description_weight),
        ("\n".join(need.include), recipe.need_include_weight),
    )
    asking, k = _reading(need.id, known(need.language), fields), recipe.need_saturation
    tamed = {form: weight * (1 + k) / (weight + k) for form, weight in asking.forms.items()}
    heaviest = max((tamed[form] for form in tamed if telling_stem(form, asking.language)), default=1.0)
    return replace(asking, forms={form: weight / heaviest for form, weight in tamed.items()})


def asked_stems(asking: Reading, languages: Sequence[str]) -> Weights:
    """A need's stems by its own rules and by those of the documents' languages: `sensorer` finds `sensors` (P27)."""
    weights = Weights()
    for form, weight in asking.forms.items():
        if not telling_stem(form, asking.language):
            continue
        for language in (asking.language, *languages):
            if term := telling_stem(form, language):
                weights[term] = max(weights.get(term, 0.0), weight)
    return weights


def columns_of(counts: Iterable[Mapping[str, float]]) -> dict[str, int]:
    """A column for each word, in alphabetical order, so that the order of documents does not matter."""
    return {word: place for place, word in enumerate(sorted(set[str]().union(*counts)))}


def rows(counts: Iterable[Mapping[str, float]], columns: Mapping[str, int]) -> csr_matrix:
    """Counts as a sparse matrix, one row each; words without a column are left out."""
    values, places, ends = list[float](), list[int](), [0]
    for count in counts:
        for word, weight in count.items():
            if (place := columns.get(word)) is not None:
                places.append(place)
                values.append(weight)
        ends.append(len(places))
    matrix = csr_matrix((values, places, ends), shape=(len(ends) - 1, len(columns)), dtype=np.float64)
    matrix.sort_indices()
    return matrix


def inverse_frequency(counts: csr_matrix) -> Floats:
    """BM25's idf of each column over the rows, divided by its largest value: 1 = in no row, whatever the size."""
    total = counts.shape[0]
    found = np.bincount(counts.indices, minlength=counts.shape[1])
    scale = np.log1p((total + 0.5) / 0.5)
    return np.asarray(np.log1p((total - found + 0.5) / (found + 0.5)) / scale, dtype=np.float64)


def saturated(counts: csr_matrix, lengths: Floats, average: float, recipe: Recipe) -> csr_matrix:
    """BM25's term weights: about 1 for one mention in a document of average length, never above k1 + 1.

    lengths, average: of the whole documents in weighted telling words, whatever columns are counted.
    """
    norm = recipe.k1 * (1 - recipe.b + recipe.b * lengths / max(average, 1.0))
    weights = counts.copy()
    weights.data = weights.data * (recipe.k1 + 1) / (weights.data + np.repeat(norm, np.diff(counts.indptr)))
    return weights


def strongest(weights: csr_matrix, most: int) -> csr_matrix:
    """Each row with its `most` largest values only."""
    trimmed = weights.copy()
    for row in range(weights.shape[0]):
        values = trimmed.data[trimmed.indptr[row] : trimmed.indptr[row + 1]]
        if values.size > most:
            values[np.argsort(-values, kind="stable")[most:]] = 0.0
    trimmed.eliminate_zeros()
    return trimmed


def full_match(asked: csr_matrix, recipe: Recipe) -> Floats:
    """For each need the lexical score that counts as a full match: its strongest stems mentioned about once."""
    masses = []
    for row in range(asked.shape[0]):
        values = np.sort(asked.data[asked.indptr[row] : asked.indptr[row + 1]])[::-1]
        masses.append(values[: recipe.full_terms].sum() + recipe.rest_weight * values[recipe.full_terms :].sum())
    return np.maximum(np.asarray(masses, dtype=np.float64), recipe.least_mass)
