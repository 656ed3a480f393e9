"""Words of documents and needs as columns, and BM25 over them (Robertson & Zaragoza 2009, with a title field)."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from nlp.glossary import translated
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

    stems, folded: the telling words' stems, and the words without accents, with their weights. length: words in all.
    telling: words that are no stop words. distinct: different ones of those.
    """

    key: str
    language: str
    forms: Weights
    stems: Weights
    folded: Weights
    length: int
    telling: int
    distinct: int

    def every_stem(self, language: str) -> set[str]:
        """Stems of all words, stop words too, by the rules of `language`."""
        return {stem(form, language) for form in self.forms}


def _reading(key: str, language: str, fields: Iterable[tuple[str, float]], saturation: float | None = None) -> Reading:
    """Count the words of the fields; with `saturation` repeats count less and less, and the heaviest word weighs 1."""
    forms, plain = Weights(), Counter[str]()
    for text, weight in fields:
        for form, often in counted(text).items():
            forms[form] = forms.get(form, 0.0) + weight * often
            plain[form] += often
    telling = {form: term for form in plain if (term := telling_stem(form, language))}
    if saturation is not None:
        forms = {form: weight / (weight + saturation) for form, weight in forms.items()}
        heaviest = max((forms[form] for form in telling), default=1.0)
        forms = {form: weight / heaviest for form, weight in forms.items()}
    stems, folded = Weights(), Weights()
    for form, term in telling.items():
        stems[term] = stems.get(term, 0.0) + forms[form]
        folded[fold(form)] = folded.get(fold(form), 0.0) + forms[form]
    return Reading(
        key, language, forms, stems, folded, plain.total(), sum(plain[form] for form in telling), len(telling)
    )


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
    return _reading(need.id, known(need.language), fields, recipe.need_saturation)


def alternatives(form: str, source: str, target: str, recipe: Recipe) -> Mapping[str, float]:
    """The stems by which a need's word in `source` may stand in a document in `target`, each with its share of weight.

    Other languages' rules let `sensorer` find `sensors`; translations weigh less the more of them there are.
    """
    return _alternatives(form, source, target, recipe.translation_weight)


@lru_cache(maxsize=200_000)
def _alternatives(form: str, source: str, target: str, weight: float) -> Mapping[str, float]:
    found = translated(form, source, target)
    shares = dict.fromkeys(found, weight / math.sqrt(max(len(found), 1)))
    return shares | ({term: 1.0} if (term := telling_stem(form, target)) else {})


def asked_stems(asking: Reading, languages: Sequence[str], recipe: Recipe) -> Weights:
    """A need's stems by its own rules and as they may stand in documents of `languages` (P27)."""
    weights = Weights(asking.stems)
    for form, weight in asking.forms.items():
        for language in languages if telling_stem(form, asking.language) else ():
            for term, share in alternatives(form, asking.language, language, recipe).items():
                weights[term] = max(weights.get(term, 0.0), weight * share)
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
