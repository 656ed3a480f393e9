"""Sentences of public records that the table of word senses is learned from; see make_table.py."""

import gzip
import html
import json
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

FEWEST, MOST = 26_000, 14_000  # sentences drawn first, and of those that are short and English
_WORDS = re.compile("[A-Za-z]{3,}")
_STOPS = re.compile(
    r"\b(?:the|of|and|to|in|for|with|on|by|is|are|that|from|as|this|at|an|be|which|or)\b", re.IGNORECASE
)
_TAG, _PART = re.compile(r"<[^>]{0,200}>"), re.compile(r"<[^>]{0,400}>|\t|;(?=\S)")
_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_FIELDS = ("title", "description", "text")
_LONG_ENOUGH = 25  # letters of a left-out text's beginning that a sentence may not share


def chosen_sentences(texts: Path, left_out: set[str]) -> list[str]:
    """At most MOST sentences of the files of a folder, drawn with fixed seeds; those left out are taken away last."""
    every = sorted({one for path in sorted(texts.rglob("*")) for one in _sentences_of(path)})
    random.Random(1).shuffle(every)
    drawn = [one for one in every[:FEWEST] if _is_plain(one)]
    random.seed(5)
    random.shuffle(drawn)
    whole = "\n".join(sorted(text for text in left_out if len(text) < 250))
    return [one for one in drawn[:MOST] if not _stands_in(_letters(one), left_out, whole)]


def texts_to_leave_out(folders: Sequence[Path]) -> set[str]:
    """The letters of every title and text in the files of the folders: JSON lines (also gzipped), or fields by `;`."""
    found = set[str]()
    for path in sorted(one for folder in folders for one in (folder, *folder.rglob("*")) if one.is_file()):
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8", errors="replace") as lines:
            for line in lines:
                found.update(_letters(text) for text in _told(line, path))
    return found - {""}


def _told(line: str, path: Path) -> Iterator[str]:
    if path.suffix == ".csv":
        yield from (field.strip('"') for field in line.split(";"))
    elif ".jsonl" in path.name:
        row = json.loads(line)
        yield from (row[name] for name in _FIELDS if isinstance(row.get(name), str))


def _letters(text: str) -> str:
    return re.sub("[^a-z]", "", text.lower())


def _stands_in(letters: str, left_out: set[str], whole: str) -> bool:
    return letters in left_out or (len(letters) >= _LONG_ENOUGH and letters[:_LONG_ENOUGH] in whole)


def _is_plain(sentence: str) -> bool:
    words = len(sentence.split())
    return 3 <= words <= 25 and sentence.isascii() and len(re.findall("[a-z]", sentence)) > 0.6 * len(sentence)


def _sentences_of(path: Path) -> Iterator[str]:
    for text in _texts_of(path) if path.is_file() else ():
        plain = " ".join(html.unescape(_TAG.sub(" ", text)).split())
        for sentence in _END.split(plain):
            if 30 <= len(sentence) <= 400 and "http" not in sentence and _is_prose(sentence):
                yield sentence


def _is_prose(sentence: str) -> bool:
    words = _WORDS.findall(sentence)
    if len(words) < 4 or sum(map(len, words)) <= 0.65 * len(sentence):
        return False
    return len(sentence) < 120 or any(_STOPS.fullmatch(word) for word in words)


def _texts_of(path: Path) -> list[str]:
    text = path.read_bytes().decode("utf-8", "ignore")
    if path.suffix not in (".json", ".jsonl"):
        return _PART.split(html.unescape(text))
    try:
        return [
            one
            for line in ([text] if path.suffix == ".json" else text.splitlines())
            for one in _within(json.loads(line))
        ]
    except ValueError:
        return []


def _within(value: Any) -> Iterator[str]:
    """Every text of a JSON value; an inverted index (OpenAlex) is put in order again."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _within(one)
    elif isinstance(value, dict):
        index = value.get("abstract_inverted_index")
        if isinstance(index, dict):
            yield " ".join(
                word for _, word in sorted((place, word) for word, places in index.items() for place in places)
            )
        for name, one in value.items():
            if name != "abstract_inverted_index":
                yield from _within(one)
