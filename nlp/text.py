"""Text -> words with their places, stems and sentences (spaCy tokens, Snowball stems)."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from spacy.tokens import Doc

from nlp.languages import is_telling, pipeline, stem

LONGEST_TEXT = 60_000  # characters read of one field; a longer abstract is a dump
_LONGEST_RUN = 200  # characters without a blank; longer runs make the tokenizer quadratic
_RUN = re.compile(rf"\S{{{_LONGEST_RUN + 1},}}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")


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
    return _RUN.sub(lambda run: run[0][:_LONGEST_RUN].ljust(len(run[0])), short)


def parsed(text: str, language: str) -> Doc:
    """Tokens and sentences of one field."""
    return pipeline(language)(readable(text))


def words(doc: Doc, language: str) -> Iterator[Word]:
    """Every word of a field in order; hyphenated and glued tokens are taken apart."""
    for token in doc:
        for piece in _WORD.finditer(token.text):
            start = token.idx + piece.start()
            yield Word(piece[0], start, start + len(piece[0]), telling_stem(piece[0], language))


@lru_cache(maxsize=400_000)
def telling_stem(word: str, language: str) -> str:
    """The word's stem, or "" for a word that tells nothing."""
    return stem(word, language) if is_telling(word, language) else ""


def counted(text: str, language: str) -> "Counter[str]":
    """How often each word as written (lower case) stands in a field; the fast way over spaCy's hashes."""
    reader, counts = pipeline(language), Counter[str]()
    hashes = Counter(reader.make_doc(readable(text)).to_array("ORTH").tolist())
    for orth, often in hashes.items():
        for piece in _WORD.findall(str(reader.vocab.strings[orth])):
            counts[piece.lower()] += often
    return counts
