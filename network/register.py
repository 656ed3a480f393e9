"""An index of organisations that resolves names and whole affiliations, in time that does not grow with the register.

Ids first, then equal names (with the country, where both state it), then near names. What could be two organisations
stays unresolved and says so. A look-up costs as many dictionary look-ups as the text has words, times the longest name.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from math import log
from typing import NamedTuple

from network.spelling import GENERIC, KINDS, Word, is_acronym, placed_words, words_of, words_of_name
from terms.organisation import Organisation, Resolution

LONGEST_NAME, LONGEST_TEXT = 14, 120
NEAR = 0.8
_MOST_LOOKED_AT, _START = 400, 4
_SCHOOLS = (("medical", "school"), ("law", "school"), ("business", "school"))
_LONGER_BEFORE_WORDS = (
    "medical technical state federal national open catholic agricultural normal polytechnic american free new "
    "metropolitan autonomous pontifical royal islamic international christian southern northern eastern "
    "western central north south east west george saint chinese pedagogical defense"
)
_LONGER_BEFORE = frozenset(_LONGER_BEFORE_WORDS.split())
_UNITS_WORDS = (
    "department school division institute faculty discipline center section college laboratory program group "
    "unit hospital clinic"
)
_UNITS = frozenset(_UNITS_WORDS.split())
_ORDER_TELLS_WORDS = "washington miami york boston indiana ohio northwest tokyo hangzhou"
_ORDER_TELLS = frozenset(_ORDER_TELLS_WORDS.split())
_LONGER_AFTER_WORDS = "hospital hospitals clinic press"
_LONGER_AFTER = frozenset(_LONGER_AFTER_WORDS.split())
_BY_ID, _BY_NAME_AND_COUNTRY, _BY_NAME, _BY_CAMPUS, _BY_SCHOOL, _BY_ORDER = 1.0, 0.98, 0.9, 0.95, 0.85, 0.8
UNKNOWN = Resolution(organisation_key=None, score=0.0, how="no name of the register")


class _Span(NamedTuple):
    """A run of words of a text that is a name: words[start:end], who bears it, how sure a name it is."""

    start: int
    end: int
    rows: tuple[int, ...]
    worth: float


class Register:
    """Organisations by id and by name. Of two that share a key the last counts."""

    def __init__(self, organisations: Iterable[Organisation]) -> None:
        self._rows = list({one.organisation_key: one for one in organisations}.values())
        self._ids = {name: row for row, one in enumerate(self._rows) for name in one.ids}
        self._names: dict[tuple[str, ...], dict[int, float]] = defaultdict(dict)
        self._campuses: dict[tuple[str, ...], dict[int, frozenset[str]]] = defaultdict(dict)
        self._acronyms = set[str]()
        self._holding = Counter[str]()
        self._starting: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for row, one in enumerate(self._rows):
            self._enter(row, one)
        for words in self._names:
            for word in set(words):
                self._holding[word] += 1
                if word not in GENERIC:
                    self._starting[word[:_START]].append(words)
        self._many = max(2, len(self._names))

    def __len__(self) -> int:
        return len(self._rows)

    def _enter(self, row: int, one: Organisation) -> None:
        for name in (one.name, *one.aliases):
            words = words_of_name(name)
            if not words or len(words) > LONGEST_NAME:
                continue
            if is_acronym(name):
                self._acronyms.add(words[0])
            self._names[words][row] = 1.0
            if len(words) > 2 and words[0] == "university":
                self._campuses[words[:2]][row] = frozenset(words[2:])
            for short, worth in _other_names(words):
                self._names[short].setdefault(row, worth)

    def resolve(self, name: str, country: str | None = None, ids: Sequence[str] = ()) -> Resolution:
        """One organisation from its name, as a register or a funder writes it, and what else is known."""
        by_id = {self._ids[known] for known in ids if known in self._ids}
        if len(by_id) == 1:
            return self._found(by_id.pop(), _BY_ID, "id")
        if by_id:
            return Resolution(organisation_key=None, score=0.0, how="its ids belong to different organisations")
        words = words_of_name(name)
        if exact := self._names.get(words):
            return self._choose(tuple(exact), country, set(), _BY_NAME)
        near = self._near(words, country)
        return near if near else UNKNOWN

    def read(self, affiliation: str, country: str | None = None) -> list[Resolution]:
        """The organisations that a printed affiliation names, each once; one that says why where there is none.

        country: the one that the affiliation states. Only the first 120 words are read.
        """
        text = affiliation[:4_000]
        found = self._spans(text, country)
        told = list(dict.fromkeys(self._settle(text, country, found)))
        sure = [one for one in told if one.organisation_key]
        if not sure and not found:
            sure = [near for part in _parts(text) if (near := self._near(words_of(part), country))]
        best: dict[str | None, Resolution] = {}
        for one in sure:
            if one.organisation_key not in best or best[one.organisation_key].score < one.score:
                best[one.organisation_key] = one
        return list(best.values()) or told[:1] or [UNKNOWN]

    def _settle(self, text: str, country: str | None, found: Sequence[_Span]) -> Iterator[Resolution]:
        around = set(words_of(text))
        for span in found:
            yield self._choose(span.rows, country, around, _BY_NAME * span.worth)

    def _spans(self, text: str, country: str | None) -> list[_Span]:
        """Names in a text, the longest first where they overlap."""
        placed = placed_words(text)[:LONGEST_TEXT]
        words = tuple(word.text for word in placed)
        capitals = {part.casefold() for part in _capitals(text)}
        whole = {words_of(part) for part in _parts(text)}
        found = []
        for start in range(len(words)):
            for end in range(start + 1, min(len(words), start + LONGEST_NAME) + 1):
                rows = self._bearers(words, start, end)
                if (
                    rows
                    and self._can_stand(words[start:end], capitals, whole, country)
                    and not _is_part(placed, start, end)
                ):
                    best = max(rows.values())
                    found.append(_Span(start, end, tuple(row for row in rows if rows[row] == best), best))
        return _apart(found)

    def _bearers(self, words: tuple[str, ...], start: int, end: int) -> dict[int, float]:
        """Who bears the name words[start:end]; its campus may stand elsewhere: `University of California, …, Davis`."""
        name = words[start:end]
        campuses = self._campuses.get(name, {})
        stated = {row: _BY_CAMPUS for row, rest in campuses.items() if rest <= set(words) and not rest <= GENERIC}
        return stated or self._names.get(name, {})

    def _can_stand(
        self, name: tuple[str, ...], capitals: set[str], whole: set[tuple[str, ...]], country: str | None
    ) -> bool:
        """Whether these words are a name where they stand: a short form only beside its country."""
        if len(name) == 1:
            is_short = len(name[0]) < 4 or name[0] in self._acronyms
            return name in whole if not is_short else country is not None and name[0] in capitals
        return name in whole or not all(word in GENERIC or len(word) < 2 or word.isdigit() for word in name)

    def _choose(self, rows: Sequence[int], country: str | None, around: set[str], score: float) -> Resolution:
        """The one of several namesakes that the country, then the town, speak for."""
        fitting = [row for row in rows if country is None or self._rows[row].country in (None, country)]
        if not fitting:
            return Resolution(organisation_key=None, score=0.0, how=f"the name is known, but not in {country}")
        stated = [row for row in fitting if country and self._rows[row].country == country]
        if score < _BY_NAME * _BY_SCHOOL and not stated and any(self._rows[row].country for row in fitting):
            return Resolution(organisation_key=None, score=0.0, how="the name is near, and no country is stated")
        left = stated or fitting
        if len(left) > 1:
            left = [row for row in left if around & set(words_of(self._rows[row].town or ""))] or left
        if len(left) > 1:
            keys = ", ".join(sorted(self._rows[row].organisation_key for row in left)[:3])
            return Resolution(organisation_key=None, score=0.0, how=f"several bear the name: {keys}")
        sure = score * _BY_NAME_AND_COUNTRY / _BY_NAME if stated else score
        return self._found(left[0], sure, "name and country" if stated else "name")

    def _found(self, row: int, score: float, how: str) -> Resolution:
        return Resolution(organisation_key=self._rows[row].organisation_key, score=round(score, 3), how=how)

    def _near(self, words: tuple[str, ...], country: str | None) -> Resolution | None:
        """The name that shares nearly all that is rare; None where none is near, or two are as near."""
        if len(words) < 2 or all(word in GENERIC for word in words):
            return None
        telling = sorted({w[:_START] for w in words if w not in GENERIC}, key=lambda w: len(self._starting.get(w, ())))
        pool = {name for start in telling[:3] for name in self._starting.get(start, ())[:_MOST_LOOKED_AT]}
        alike = (name for name in pool if _differ_in_spelling(words, name))
        scored = sorted(((self._likeness(words, name), name) for name in alike), reverse=True)[:2]
        if not scored or (len(scored) > 1 and scored[0][0] == scored[1][0]):
            return None
        likeness, name = scored[0]
        chosen = self._choose(tuple(self._names[name]), country, set(words), _BY_NAME * likeness)
        return chosen.model_copy(update={"how": f"near {chosen.how}"}) if chosen.organisation_key else None

    def _likeness(self, one: Sequence[str], other: Sequence[str]) -> float:
        """Dice's coefficient of the words, each weighted by how rare it is in the register; 1 is never reached."""
        mine, theirs = set(one), set(other)
        shared = sum(map(self._rarity, mine & theirs))
        return NEAR + (1 - NEAR) * 2 * shared / (sum(map(self._rarity, mine)) + sum(map(self._rarity, theirs)))

    def _rarity(self, word: str) -> float:
        return log(1 + self._many / (1 + self._holding[word]))


def _is_part(placed: Sequence[Word], start: int, end: int) -> bool:
    """Whether a run of words is only a piece of another name, or two pieces of an address that a comma parts."""
    first, last = placed[start], placed[end - 1]
    if first.part != last.part:
        before = [word.text for word in placed[start:end] if word.part == first.part]
        if all(word in GENERIC for word in before):
            return True
    if start and placed[start - 1].part == first.part and _is_continued(placed, start):
        return True
    after = placed[end] if end < len(placed) and placed[end].part == last.part else None
    if after is None:
        return False
    is_hospital = any(word.text in _LONGER_AFTER for word in placed[end : end + 2] if word.part == last.part)
    is_center = [word.text for word in placed[end : end + 2]] == ["medical", "center"]
    return is_hospital or is_center or (after.is_of and last.text in KINDS)


def _is_continued(placed: Sequence[Word], start: int) -> bool:
    """Whether the words before belong to the name: Medical | University of Warsaw."""
    first, before = placed[start], placed[start - 1]
    if first.is_of:
        return before.text == "hospital"
    if first.text != "university" or before.text in _LONGER_BEFORE:
        return before.text in _LONGER_BEFORE
    earlier = {word.text for word in placed[:start] if word.part == first.part}
    return before.text.isalpha() and before.text not in GENERIC and not earlier & _UNITS


def _other_names(words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], float]]:
    """What else a university goes by: `Harvard Medical School`; `Oxford University` for that of Oxford."""
    if len(words) >= 2 and words[-1] == "university" and not all(word in GENERIC for word in words):
        yield from (((*words[:-1], *school), _BY_SCHOOL) for school in _SCHOOLS)
    if len(words) == 2 and "university" in words and not _ORDER_TELLS & set(words) and words[0] != words[1]:
        yield words[::-1], _BY_ORDER


def _differ_in_spelling(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two names are the same but for letters of one or two words, or parts of an abbreviation, in one order."""
    if len(one) != len(other):
        return "".join(one) == "".join(other)
    apart = [(mine, theirs) for mine, theirs in zip(one, other, strict=True) if mine != theirs]
    return len(apart) <= 2 and all(map(_alike, *zip(*apart, strict=True)))


def _alike(one: str, other: str) -> bool:
    """Two spellings of a word: one or two letters of many, or its beginning."""
    if min(len(one), len(other)) < 4 or one.isdigit() or one in GENERIC or other in GENERIC:
        return min(len(one), len(other)) >= 3 and (one.startswith(other) or other.startswith(one))
    return one[0] == other[0] and SequenceMatcher(None, one, other, autojunk=False).ratio() >= 0.85


def _parts(text: str) -> list[str]:
    return [part for part in text.replace(";", ",").split(",") if part.strip()]


def _capitals(text: str) -> Iterator[str]:
    """Words written in capitals, in a text that is not all capitals."""
    if not text.isupper():
        yield from (part for part in "".join(c if c.isalnum() else " " for c in text).split() if is_acronym(part))


def _apart(found: Sequence[_Span]) -> list[_Span]:
    """Spans that do not overlap, longer ones first, in the order of the text."""
    kept: list[_Span] = []
    for span in sorted(found, key=lambda s: (s.start - s.end, s.start)):
        if all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    return sorted(kept)
