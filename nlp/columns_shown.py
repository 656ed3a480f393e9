"""Documents read once for all needs that keep them: where their words stand, and what each adds to a need's score."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from nlp.columns import Columns, Field, octets_of, read_columns, text_column
from nlp.columns_scan import Numbers, Places, letter_classes, spans
from nlp.columns_words import NO_STEM, Lexicon, hashes_of
from nlp.explain import Spot
from nlp.languages import LANGUAGES, known, stem
from nlp.postings import Doubles
from nlp.recipe import Recipe
from nlp.rules import FIELDS, Fired, Place, first_fired, first_run, is_literal, literally, phrase_stems
from nlp.terms import Reading
from terms.company import Need
from terms.match import Document


@lru_cache(maxsize=1)
def _kept_lexicon() -> list[Lexicon]:
    return [Lexicon()]


def _lexicon() -> Lexicon:
    """The words of all documents shown so far by this process: to stem a word costs more than to look it up."""
    kept = _kept_lexicon()
    if kept[0].is_full:
        kept[0] = Lexicon()
    return kept[0]


class Told(NamedTuple):
    """What one document holds of one need. found: the need's stems in it. Spots in order of the field."""

    reading: Reading
    found: int
    title: Sequence[Spot]
    text: Sequence[Spot]


@dataclass(frozen=True)
class _Worded:
    """A field word by word: number in the lexicon, column of its stem (-1: none), start, end; ends: where each row's
    words end."""

    words: Numbers
    stems: Numbers
    starts: Numbers
    stops: Numbers
    ends: Places

    def spots(self, row: int, text: str, much: Doubles) -> list[Spot]:
        """The words of a row whose stems count. much: a number for each column, and 0 for the last, of no stem."""
        begin = int(self.ends[row])
        stems = self.stems[begin : self.ends[row + 1]]
        weights = much[stems]
        places = np.flatnonzero(weights)
        near = places + begin
        columns = (stems[places], weights[places], self.starts[near], self.stops[near])
        return [
            Spot(start, stop, text[start:stop], stem, weight)
            for stem, weight, start, stop in zip(*(column.tolist() for column in columns), strict=True)
        ]

    def run(self, row: int, wanted: Sequence[str], language: str, lexicon: Lexicon) -> tuple[int, int] | None:
        """Start and end of the first run of words with these stems, stop words too, by the rules of a language."""
        begin = int(self.ends[row])
        surfaces = [lexicon.surfaces[word] for word in self.words[begin : self.ends[row + 1]].tolist()]
        place = first_run([stem(surface, language) for surface in surfaces], wanted)
        if place is None:
            return None
        return int(self.starts[begin + place]), int(self.stops[begin + place + len(wanted) - 1])


class Shown:
    """Documents as columns with the places of their words. average: nlp.ground.Ground.average."""

    def __init__(self, documents: Sequence[Document], average: float, recipe: Recipe) -> None:
        self._documents, self._recipe, self._lexicon = documents, recipe, _lexicon()
        lexicon = self._lexicon
        texts = [text_column([getattr(d, name) for d in documents]) for name in ("title", "text")]
        self._columns = read_columns(texts[0], texts[1], [d.language for d in documents], lexicon)
        self._fields = [
            _Worded(
                field[0], _stems(field, self._columns, lexicon), *spans(*octets_of(text), letter_classes()), field[1]
            )
            for text, field in zip(texts, self._columns.words, strict=True)
        ]
        self._counts = self._columns.weighted(recipe.title_weight)
        lengths = np.asarray(self._counts.sum(axis=1)).ravel()
        self._norms = recipe.k1 * (1 - recipe.b + recipe.b * lengths / max(average, 1.0))

    def told(self, rows: Sequence[int], words: Mapping[str, float], full: Mapping[str, float]) -> Iterator[Told]:
        """What these documents hold of a need. words: its stems' weights. full: a full match by language."""
        wanted = self._wanted(words)
        much, counts = np.zeros(len(wanted)), csr_matrix(self._counts[list(rows)])
        for place, row in enumerate(rows):
            part = slice(counts.indptr[place], counts.indptr[place + 1])
            columns, often = counts.indices[part], counts.data[part]
            reading = self._reading(row)
            gained = often * (self._recipe.k1 + 1) / (often + self._norms[row]) * wanted[columns]
            much[columns] = gained / full[reading.language]
            document = self._documents[row]
            title, text = self._fields[0].spots(row, document.title, much), self._fields[1].spots(
                row, document.text, much
            )  # fmt: skip
            yield Told(reading, int(np.count_nonzero(gained)), title, text)
            much[columns] = 0.0

    def rule(self, need: Need, row: int) -> Fired | None:
        """The rule that decides on this document, as `nlp.rules.rule_of` finds it."""
        document = self._documents[row]
        rules = dict.fromkeys((LANGUAGES[int(self._columns.languages[row])], known(need.language)))
        return first_fired(need, lambda phrase: self._place(phrase, rules, document, row))

    def _place(self, phrase: str, rules: Iterable[str], document: Document, row: int) -> Place | None:
        if is_literal(phrase):
            return literally(phrase, document)
        for language in rules:
            wanted = phrase_stems(phrase, language)
            for name, words in zip(FIELDS, self._fields, strict=True):
                if wanted and (span := words.run(row, wanted, language, self._lexicon)) is not None:
                    return name, *span
        return None

    def _wanted(self, words: Mapping[str, float]) -> Doubles:
        """The need's weight of each column, and 0 for words without one."""
        vocabulary, hashes = self._columns.vocabulary, hashes_of(list(words))
        wanted = np.zeros(len(vocabulary) + 1)
        if len(vocabulary):
            places = np.minimum(np.searchsorted(vocabulary, hashes), len(vocabulary) - 1)
            known = vocabulary[places] == hashes
            wanted[places[known]] = np.maximum(np.array(list(words.values()))[known], 0.0)
        return wanted

    def _reading(self, row: int) -> Reading:
        """The sizes of a document, as nlp.terms.read gives them; without its words."""
        c = self._columns
        language = LANGUAGES[int(c.languages[row])]
        return Reading("", language, {}, {}, {}, int(c.length[row]), int(c.telling[row]), int(c.distinct[row]))


def _stems(field: Field, columns: Columns, lexicon: Lexicon) -> Numbers:
    """The column of each word of a field, -1 for one that tells nothing."""
    words, ends = field
    spoken = np.repeat(columns.languages, np.diff(ends))
    stems = np.zeros(len(words), dtype=np.uint64)
    for language in np.unique(columns.languages).tolist():
        stems[spoken == language] = lexicon.stems(language, words[spoken == language])
    return np.where(stems == NO_STEM, -1, np.searchsorted(columns.vocabulary, stems)).astype(np.int32)
