"""Text -> words with their places, stems and sentences (spaCy tokens, Snowball stems)."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Doc

from nlp.languages import is_telling, pipeline, stem

LONGEST_TEXT = 60_000  # characters read of one field; a longer abstract is a dump
LONGEST_RUN = 200  # characters without a blank; longer runs make the tokenizer quadratic
_RUN = re.compile(rf"\S{{{LONGEST_RUN + 1},}}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ENDING = re.compile(r"([.!?…。！？]+)[\"'’”»)\]}]*(?=\s)")
WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")


@dataclass(frozen=True)
class Word:
    """A word as written, its place in the field, and its stem; stem is "" for words that tell nothing."""

    surface: str
    start: int
    end: int
    stem: str


def readable(text: str) -> str:
    """The text as the tokenizer gets it: bounded, every character still at its place."""
    short = _SURROGATE.sub(" ", text[:LONGEST_TEXT])
    return _RUN.sub(lambda run: run[0][:LONGEST_RUN].ljust(len(run[0])), short)


def parsed(text: str, language: str) -> "Doc":
    """Tokens and sentences of one field."""
    return pipeline(language)(readable(text))


@lru_cache(maxsize=8)
def _abbreviations(language: str) -> frozenset[str]:
    """What ends with a full stop and no sentence, as spaCy's tokenizer of the language knows it: `e.g.`, `Fig.`."""
    known = (str(form) for form in pipeline(language).Defaults.tokenizer_exceptions)
    return frozenset(form.casefold() for form in known if form.endswith("."))


def _is_short(before: str, language: str) -> bool:
    """Whether a full stop after this text belongs to its last word: an abbreviation or an initial."""
    last = "" if not before or before[-1].isspace() else before.rsplit(None, 1)[-1].lstrip("([{'\"«„“‘")
    return (len(last) == 1 and last.isalpha()) or f"{last}.".casefold() in _abbreviations(language)


def sentences(text: str, language: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence: a mark before a blank ends it, but for abbreviations and initials.

    spaCy's own rule splits at 99 % of the same places and costs seven times as much (400 abstracts of scifact).
    """
    start, shown = 0, readable(text)
    for mark in _ENDING.finditer(shown):
        if mark[1] == "." and _is_short(shown[start : mark.start()], language):
            continue
        yield start, mark.end()
        start = mark.end()
    if shown[start:].strip():
        yield start, len(shown)


def words(text: "str | Doc", language: str) -> Iterator[Word]:
    """Every word of a field in order: runs of letters and digits, so hyphenated words are taken apart."""
    for piece in WORD.finditer(readable(text) if isinstance(text, str) else text.text):
        yield Word(piece[0], piece.start(), piece.end(), telling_stem(piece[0], language))


@lru_cache(maxsize=400_000)
def telling_stem(word: str, language: str) -> str:
    """The word's stem, or "" for a word that tells nothing."""
    return stem(word, language) if is_telling(word, language) else ""


def counted(text: str) -> "Counter[str]":
    """How often each word as written (lower case) stands in a field; nlp/columns.py does the same for many texts."""
    return Counter(form.lower() for form in WORD.findall(readable(text)))
