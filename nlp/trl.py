"""How mature a technology is by a description's own words: a guess, with the sentence it rests on (P03).

Levels as in Horizon Europe's annex G: 1 basic principles … 9 proven in operation. Nothing is said where nothing tells.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from nlp.text import sentences

_STATED = re.compile(
    r"\bTRL\W{0,3}([1-9])(?!\d)(?:\s*(?:-|–|to|til|bis|à|a|and|og)\s*(?:TRL\s*)?([1-9])(?!\d))?", re.IGNORECASE
)
_FOLDER = Path(__file__).resolve().parent / "patterns"


class Guess(NamedTuple):
    """A level and the sentence that says so. is_stated: the text names a TRL itself."""

    level: int
    quote: str
    is_stated: bool


class Maturity(NamedTuple):
    """Where a technology stands and where it is to go, as far as a text tells."""

    now: Guess | None
    target: Guess | None


def maturity(text: str, language: str) -> Maturity:
    """The levels a description tells of: of a wish the target, of anything else the present; stated ones come first."""
    now, target = list[Guess](), list[Guess]()
    for sentence in _sentences(text, language):
        is_wish = bool(_aim().search(sentence))
        stated = _STATED.search(sentence)
        if stated:
            first, second = int(stated[1]), stated[2]
            (now if second or not is_wish else target).append(Guess(first, sentence, True))
            if second:
                target.append(Guess(int(second), sentence, True))
        elif (level := _called(sentence)) is not None:
            (target if is_wish else now).append(Guess(level, sentence, False))
    return Maturity(_best(now), _best(target))


def _sentences(text: str, language: str) -> Iterator[str]:
    for start, end in sentences(text, language):
        if sentence := " ".join(text[start:end].split()):
            yield sentence[:300]


def _called(sentence: str) -> int | None:
    return next((level for level, pattern in _levels() if pattern.search(sentence)), None)


@lru_cache(maxsize=1)
def _patterns() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load((_FOLDER / "maturity.yaml").read_text("utf-8"))
    return found


@lru_cache(maxsize=1)
def _levels() -> list[tuple[int, "re.Pattern[str]"]]:
    return [(int(level), _any_of(own)) for level, own in _patterns()["levels"].items()]


@lru_cache(maxsize=1)
def _aim() -> "re.Pattern[str]":
    return _any_of(_patterns()["aim"])


def _any_of(beginnings: Sequence[str]) -> "re.Pattern[str]":
    return re.compile(rf"\b(?:{'|'.join(beginnings)})", re.IGNORECASE)


def _best(guesses: list[Guess]) -> Guess | None:
    """A stated one before a guessed one; the first of equals."""
    return next((g for g in guesses if g.is_stated), guesses[0] if guesses else None)
