"""A need's own words over the model: include flags, exclude takes the flag away and wins (P22)."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from nlp.languages import known, stem
from nlp.terms import Reading
from nlp.text import Word, readable, words
from terms.company import Need
from terms.match import Document

_WORDS = re.compile(r"[^\W_]+")
_SIGNS = re.compile(r"[^\w\s.,;:/&'’()\u2010-\u2015-]|[+#]")  # C++, C#, emoji: words alone would not tell them


Place = tuple[Literal["title", "text"], int, int]
FIELDS: tuple[Literal["title", "text"], Literal["title", "text"]] = ("title", "text")


@dataclass(frozen=True)
class Fired:
    """A rule and where in the item its term stands."""

    verb: Literal["include", "exclude"]
    term: str
    field: Literal["title", "text"]
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.verb}: {self.term}"


def rule_of(need: Need, document: Document, reading: Reading) -> Fired | None:
    """The rule that decides on this item: the first exclude term found, else the first include term, else None."""
    return first_fired(need, lambda phrase: find(phrase, known(need.language), document, reading))


def first_fired(need: Need, place_of: Callable[[str], Place | None]) -> Fired | None:
    """The same where it is known how a term is looked for."""
    verbs: tuple[tuple[Literal["exclude", "include"], Sequence[str]], ...] = (
        ("exclude", need.exclude),
        ("include", need.include),
    )
    for verb, phrases in verbs:
        for phrase in phrases:
            if (place := place_of(phrase)) is not None:
                return Fired(verb, phrase, *place)
    return None


def find(phrase: str, language: str, document: Document, reading: Reading) -> Place | None:
    """Where a phrase stands in the item, whatever its case, inflection and hyphens; signs are taken literally."""
    if is_literal(phrase):
        return literally(phrase, document)
    for rules in dict.fromkeys((reading.language, language)):
        wanted = phrase_stems(phrase, rules)
        if wanted and set(wanted) <= reading.every_stem(rules):
            for field, text in (("title", document.title), ("text", document.text)):
                if (span := _run(wanted, list(words(text, rules)), rules)) is not None:
                    return "title" if field == "title" else "text", *span
    return None


def phrase_stems(phrase: str, language: str) -> list[str]:
    """The stems of all words of a term."""
    return [stem(word.surface, language) for word in words(phrase, language)]


def _run(wanted: Sequence[str], text: Sequence[Word], language: str) -> tuple[int, int] | None:
    """Start and end of the first run of words with these stems."""
    place = first_run([stem(word.surface, language) for word in text], wanted)
    return None if place is None else (text[place].start, text[place + len(wanted) - 1].end)


def first_run(stems: Sequence[str], wanted: Sequence[str]) -> int | None:
    """Where stems first follow one another as wanted."""
    for place in range(len(stems) - len(wanted) + 1):
        if stems[place : place + len(wanted)] == list(wanted):
            return place
    return None


def is_literal(phrase: str) -> bool:
    """Whether a phrase is looked for as written: its signs tell more than its words, or it has none."""
    return bool(_SIGNS.search(phrase)) or not _WORDS.search(phrase)


def literal_pattern(phrase: str) -> "re.Pattern[str]":
    """The phrase as written, but for case and blanks, not inside a longer word."""
    before, after = (r"(?<!\w)" if phrase[0].isalnum() else ""), (r"(?!\w)" if phrase[-1].isalnum() else "")
    return re.compile(before + r"\s+".join(re.escape(part) for part in phrase.split()) + after, re.IGNORECASE)


def literally(phrase: str, document: Document) -> Place | None:
    """Where a phrase stands as written."""
    pattern = literal_pattern(phrase)
    fields: Iterable[tuple[Literal["title", "text"], str]] = (("title", document.title), ("text", document.text))
    for field, text in fields:
        if (found := pattern.search(readable(text))) is not None:
            return field, found.start(), found.end()
    return None
