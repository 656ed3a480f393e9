"""Include and exclude terms of many needs in blocks of documents: where nlp/rules.py would fire, compiled."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit
from numpy.typing import NDArray

from nlp.columns import Columns
from nlp.columns_scan import Numbers, Places
from nlp.columns_words import Lexicon
from nlp.languages import LANGUAGES, known, stem
from nlp.postings import Pairs
from nlp.rules import is_literal, literal_pattern
from nlp.text import WORD, readable
from terms.company import NeedVersion

NONE, INCLUDE, EXCLUDE = 0, 1, 2


class Phrase(NamedTuple):
    """One term of one need. verb: INCLUDE or EXCLUDE. language: the need's, into LANGUAGES."""

    need: int
    verb: int
    words: tuple[str, ...]
    language: int


class Spellings(NamedTuple):
    """Phrases by one language's rules. known: stem -> number. first: for each number the phrases that begin with it
    (numbers first[n]:first[n+1] of `phrases`); phrase p has the stems bounds[p]:bounds[p+1] of `stems`."""

    known: dict[str, int]
    first: Places
    phrases: Numbers
    bounds: Places
    stems: Numbers


class RuleBook:
    """The terms of the needs; grows with the lexicon, so one thread at a time."""

    def __init__(self, needs: Sequence[NeedVersion], lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._phrases = [phrase for number, version in enumerate(needs) for phrase in _worded(number, version)]
        self._literal = [entry for number, version in enumerate(needs) for entry in _signed(number, version)]
        self._spelt: dict[int, Spellings] = {}
        self._numbers: dict[int, Numbers] = {}

    def fired(self, columns: Columns, titles: pa.Array, texts: pa.Array) -> tuple[Pairs, NDArray[np.uint8]]:
        """Document and need of each rule that fires, ordered, with INCLUDE or EXCLUDE; exclude wins (P22)."""
        verbs: dict[tuple[int, int], int] = {}
        for row, need, verb in (*self._by_words(columns), *self._by_signs(titles, texts)):
            verbs[row, need] = max(verb, verbs.get((row, need), NONE))
        ordered = sorted(verbs)
        rows, needs = (np.array([pair[side] for pair in ordered], dtype=np.int32) for side in (0, 1))
        return Pairs(rows, needs), np.array([verbs[pair] for pair in ordered], dtype=np.uint8)

    def _by_words(self, columns: Columns) -> Iterator[tuple[int, int, int]]:
        spoken = set(np.unique(columns.languages).tolist())
        for language in sorted(spoken | {phrase.language for phrase in self._phrases}) if self._phrases else ():
            spelling = self._spelling(language)
            numbers = self._numbered(language, columns, spelling)
            for words, ends in columns.words:
                rows, phrases = _find(
                    numbers[words], ends, spelling.first, spelling.phrases, spelling.bounds, spelling.stems
                )
                for row, place in set(zip(rows.tolist(), phrases.tolist(), strict=True)):
                    phrase = self._phrases[place]
                    if language in (columns.languages[row], phrase.language):
                        yield row, phrase.need, phrase.verb

    def _by_signs(self, titles: pa.Array, texts: pa.Array) -> Iterator[tuple[int, int, int]]:
        for need, verb, phrase in self._literal:
            longest = max(phrase.split(), key=len)
            near = pc.or_(*(pc.match_substring(column, longest, ignore_case=True) for column in (titles, texts)))
            for row in np.flatnonzero(near.to_numpy(zero_copy_only=False)).tolist():
                fields = (titles[row].as_py(), texts[row].as_py())
                if any(literal_pattern(phrase).search(readable(field)) for field in fields):
                    yield row, need, verb

    def _spelling(self, language: int) -> Spellings:
        if language not in self._spelt:
            self._spelt[language] = _spelt([p.words for p in self._phrases], LANGUAGES[language])
        return self._spelt[language]

    def _numbered(self, language: int, columns: Columns, spelling: Spellings) -> Numbers:
        """For each word of the lexicon the number of its stem in the spelling, -1 where no phrase has it."""
        numbers = self._numbers.get(language, np.empty(0, dtype=np.int32))
        fresh = self._lexicon.surfaces[len(numbers) :]
        code = LANGUAGES[language]
        more = np.array([spelling.known.get(stem(word, code), -1) for word in fresh], dtype=np.int32)
        self._numbers[language] = np.concatenate((numbers, more))
        return self._numbers[language]


def _worded(number: int, version: NeedVersion) -> Iterator[Phrase]:
    language = LANGUAGES.index(known(version.need.language))
    for verb, phrases in ((EXCLUDE, version.need.exclude), (INCLUDE, version.need.include)):
        for phrase in phrases:
            if not is_literal(phrase):
                yield Phrase(number, verb, tuple(WORD.findall(readable(phrase))), language)


def _signed(number: int, version: NeedVersion) -> Iterator[tuple[int, int, str]]:
    for verb, phrases in ((EXCLUDE, version.need.exclude), (INCLUDE, version.need.include)):
        yield from ((number, verb, phrase) for phrase in phrases if is_literal(phrase))


def _spelt(phrases: Sequence[tuple[str, ...]], language: str) -> Spellings:
    spelt = [[stem(word, language) for word in words] for words in phrases]
    numbers = {term: number for number, term in enumerate(sorted({term for terms in spelt for term in terms}))}
    begins = defaultdict(list)
    for place, terms in enumerate(spelt):
        begins[numbers[terms[0]]].append(place)
    lists = [begins.get(number, []) for number in range(len(numbers))]
    return Spellings(
        numbers,
        np.concatenate((np.zeros(1), np.cumsum([len(some) for some in lists]))).astype(np.int64),
        np.array([place for some in lists for place in some], dtype=np.int32),
        np.concatenate((np.zeros(1), np.cumsum([len(terms) for terms in spelt]))).astype(np.int64),
        np.array([numbers[term] for terms in spelt for term in terms], dtype=np.int32),
    )


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def _find(
    words: Numbers, ends: Places, first: Places, phrases: Numbers, bounds: Places, stems: Numbers
) -> tuple[Numbers, Numbers]:
    """Row and phrase of every place where a phrase's stems follow one another."""
    rows, found = np.empty(1024, dtype=np.int32), np.empty(1024, dtype=np.int32)
    total = 0
    for row in range(ends.size - 1):
        for place in range(ends[row], ends[row + 1]):
            if words[place] < 0:
                continue
            for entry in range(first[words[place]], first[words[place] + 1]):
                phrase = phrases[entry]
                length = bounds[phrase + 1] - bounds[phrase]
                step = 1
                while step < length and place + step < ends[row + 1]:
                    if words[place + step] != stems[bounds[phrase] + step]:
                        break
                    step += 1
                if step < length:
                    continue
                if total == rows.size:
                    rows = np.concatenate((rows, np.empty(total, dtype=np.int32)))
                    found = np.concatenate((found, np.empty(total, dtype=np.int32)))
                rows[total], found[total] = row, phrase
                total += 1
    return rows[:total].copy(), found[:total].copy()
