"""Noun-like terms and abbreviations of a text, to be proposed to a broker (P03); no tagger, so rules and rarity.

A term is a run of up to three telling words between stop words, marks and words that any description has (`improve`,
`trenger`). Its weight is how rare its words are in what is stored, by how often and where it stands.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from math import log, sqrt
from pathlib import Path
from typing import NamedTuple

from nlp.ground import Ground, idf_of
from nlp.languages import stem
from nlp.text import Word, words

LONGEST = 3  # words of a term
_TITLE, _RARE = 1.5, 0.55  # guesses: a term of the title counts more; idf from which a word is called rare
_ALONE = 0.45  # guess: idf from which a single word is a term beside the longer ones it stands in
_LONGER = 0.5  # guess: what each further word adds
_ABBREVIATION = re.compile(r"(?=[A-ZÆØÅ0-9]*[A-ZÆØÅ][A-ZÆØÅ0-9]*[A-ZÆØÅ])[A-ZÆØÅ0-9]{2,6}s?")
_SPELLED = re.compile(r"((?:[^\W\d_][\w-]*\s+){1,6})\(\s*([A-ZÆØÅ][A-ZÆØÅa-z0-9]{1,6})\s*\)")
_FOLDER = Path(__file__).resolve().parent / "patterns"
# Verbs and adverbs by their endings, as far as an ending tells.
_WEAK = {
    "en": re.compile(r"\w{3,}[^\W_p]ly"),
    "nb": re.compile(r"\w{3,}(?:erer|ere|eres)"),
    "de": re.compile(r"\w{3,}(?:ieren|weise)"),
    "fr": re.compile(r"\w{2,}(?:amment|emment|ivement|ellement)"),
    "es": re.compile(r"\w{4,}(?:[aei]r|mente)"),
}
_PLURAL = re.compile(r"[^\W\d_]{3,}[^su]s")


class Why(NamedTuple):
    """One reason of a term. kind: title, often, abbreviation, rare, unknown or near; note: a number or a long form."""

    kind: str
    note: str = ""


@dataclass
class Candidate:
    """A run of words as first written, and where it was met. found: mentions in each field."""

    surface: str
    stems: tuple[str, ...]
    found: dict[str, int] = field(default_factory=dict)
    long_form: str = ""

    @property
    def often(self) -> int:
        """Mentions in all."""
        return sum(self.found.values())


class Phrase(NamedTuple):
    """A proposed term. weight: 0..1, the strongest 1."""

    text: str
    stems: tuple[str, ...]
    weight: float
    why: tuple[Why, ...]


def phrases(title: str, text: str, language: str, ground: Ground, most: int = 12) -> list[Phrase]:
    """The strongest terms of a title and a text, strongest first."""
    found = _candidates((("title", title), ("text", text)), language)
    rarity = _rarity(found.values(), ground)
    scored = [(_strength(one, rarity), one) for one in found.values() if _stands(one, found, rarity)]
    scored.sort(key=lambda pair: (-pair[0], pair[1].stems))
    heaviest = scored[0][0] if scored else 1.0
    return [
        Phrase(one.surface, one.stems, round(strength / heaviest, 3), tuple(_why(one, rarity, ground)))
        for strength, one in scored[:most]
    ]


def shared_phrases(
    texts: Sequence[tuple[str, str, str]], known: Iterable[Phrase], ground: Ground, most: int = 6
) -> list[Phrase]:
    """Terms that several texts (title, text, language) share and that hold a word which no known term holds."""
    met, often = dict[tuple[str, ...], Candidate](), dict[tuple[str, ...], int]()
    for title, text, language in texts:
        for key, one in _candidates((("title", title), ("text", text)), language).items():
            met.setdefault(key, one)
            often[key] = often.get(key, 0) + 1
    told = {stem for phrase in known for stem in phrase.stems}
    least = max(2, round(0.3 * len(texts)))
    fresh = [one for key, one in met.items() if often[key] >= least and not set(key) <= told]
    rarity = _rarity(fresh, ground)
    fresh = [one for one in fresh if min(rarity[term] for term in one.stems) >= _ALONE]
    fresh.sort(key=lambda one: (-often[one.stems] * _mean(one, rarity) * sqrt(len(one.stems)), one.stems))
    return [
        Phrase(one.surface, one.stems, round(often[one.stems] / len(texts), 3), (Why("near", str(often[one.stems])),))
        for one in _apart(fresh)[:most]
    ]


def _apart(ordered: Sequence[Candidate]) -> list[Candidate]:
    """Without those that lie within a stronger one, or hold one."""
    kept = list[Candidate]()
    for one in ordered:
        if not any(set(one.stems) & set(other.stems) for other in kept):
            kept.append(one)
    return kept


def _candidates(fields: Iterable[tuple[str, str]], language: str) -> dict[tuple[str, ...], Candidate]:
    found = dict[tuple[str, ...], Candidate]()
    for name, written in fields:
        text = written.lower() if written.isupper() else written
        for run in _runs(text, language):
            for size in range(1, LONGEST + 1):
                for start in range(len(run) - size + 1):
                    piece = run[start : start + size]
                    _count(found, piece, text, name)
        for long_form, short in _SPELLED.findall(text):
            if (own := found.get((stem(short, language),))) is not None:
                own.long_form = _spelled(long_form, short)
    return found


def _count(found: dict[tuple[str, ...], Candidate], piece: Sequence[Word], text: str, name: str) -> None:
    surface = " ".join(text[piece[0].start : piece[-1].end].split())
    key = tuple(word.stem for word in piece)
    one = found.setdefault(key, Candidate(surface, key))
    one.found[name] = one.found.get(name, 0) + 1


def _runs(text: str, language: str) -> Iterator[list[Word]]:
    """Telling words that follow each other with nothing but blanks or hyphens between."""
    run, before = list[Word](), ""
    for word, is_joined in _joined(list(words(text, language)), text):
        is_term = _is_term(word, language, _is_hyphened(word, text)) and not (
            is_joined and before in _listed("speakers")
        )
        if run and not (is_joined and is_term):
            yield from _parted(run, language)
            run = []
        if is_term:
            run.append(word)
        before = word.surface.lower()
    yield from _parted(run, language)


def _parted(run: list[Word], language: str) -> Iterator[list[Word]]:
    """English says `grippers pack bakery goods`: what follows a plural is most often its verb."""
    start = 0
    for place, word in enumerate(run[:-1]):
        if language == "en" and place >= start and word.surface[1:].islower() and _PLURAL.fullmatch(word.surface):
            yield run[start : place + 1]
            start = place + 2
    if run[start:]:
        yield run[start:]


def _joined(every: Sequence[Word], text: str) -> Iterator[tuple[Word, bool]]:
    """Each word, and whether it follows the one before it directly."""
    if every:
        yield every[0], False
    for before, word in pairwise(every):
        yield word, text[before.end : word.start].strip(" \n\t\u00a0-‐‑") == ""


@lru_cache(maxsize=2)
def _listed(name: str) -> frozenset[str]:
    """generic: words of any description, which no term holds. speakers: words after which a verb stands, no term."""
    lines = (_FOLDER / f"{name}.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def _is_hyphened(word: Word, text: str) -> bool:
    """`high` says nothing, but `high-pressure` does."""
    return text[word.end : word.end + 1] == "-" or text[word.start - 1 : word.start] == "-"


def _is_term(word: Word, language: str, is_hyphened: bool) -> bool:
    """Whether a word may be part of a term: no stop word, number, adverb, or verb by its ending."""
    lower, weak = word.surface.lower(), _WEAK.get(language)
    if not word.stem or (lower in _listed("generic") and not is_hyphened) or lower.isdigit():
        return False
    return not (weak and weak.fullmatch(lower))


def _spelled(long_form: str, short: str) -> str:
    """The last words of a long form, as many as the abbreviation has letters; "" where the initials do not agree."""
    letters = [c for c in short.lower() if c.isalpha()]
    last = re.split(r"[\s-]+", long_form.strip())[-len(letters) :]
    agrees = len(last) == len(letters) and all(w[:1].lower() == c for w, c in zip(last, letters, strict=True))
    return " ".join(last) if agrees else ""


def _rarity(every: Iterable[Candidate], ground: Ground) -> dict[str, float]:
    columns = {term: place for place, term in enumerate(sorted({term for one in every for term in one.stems}))}
    return dict(zip(columns, idf_of(ground, columns).tolist(), strict=True))


def _mean(one: Candidate, rarity: dict[str, float]) -> float:
    return sum(rarity[term] for term in one.stems) / len(one.stems)


def _strength(one: Candidate, rarity: dict[str, float]) -> float:
    place = _TITLE if "title" in one.found else 1.0
    return place * _mean(one, rarity) * (1 + log(one.often)) * (1 + _LONGER * (len(one.stems) - 1))


def _stands(one: Candidate, found: dict[tuple[str, ...], Candidate], rarity: dict[str, float]) -> bool:
    """Longer terms stand for the pieces in them, unless a piece is met elsewhere too, or is rare by itself."""
    if len(one.stems) == 1 and not _is_abbreviation(one.surface) and rarity[one.stems[0]] < _ALONE:
        return False
    holders = [other for key, other in found.items() if len(key) > len(one.stems) and _holds(key, one.stems)]
    return all(other.often < one.often for other in holders) or _is_abbreviation(one.surface)


def _holds(longer: tuple[str, ...], shorter: tuple[str, ...]) -> bool:
    return any(longer[n : n + len(shorter)] == shorter for n in range(len(longer) - len(shorter) + 1))


def _is_abbreviation(surface: str) -> bool:
    return bool(_ABBREVIATION.fullmatch(surface))


def _why(one: Candidate, rarity: dict[str, float], ground: Ground) -> Iterator[Why]:
    if "title" in one.found:
        yield Why("title")
    if one.often > 1:
        yield Why("often", str(one.often))
    if _is_abbreviation(one.surface) or one.long_form:
        yield Why("abbreviation", one.long_form)
    unknown = [term for term in one.stems if term not in ground.columns]
    if unknown and ground.columns:
        yield Why("unknown")
    elif _mean(one, rarity) >= _RARE:
        yield Why("rare")
