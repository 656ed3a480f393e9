"""Words cut into pieces of a fixed vocabulary, as BERT's uncased tokenizer does (Devlin 2019, Wu 2016)."""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

_LONGEST_WORD = 100
_CJK = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2FA1F), (0xF900, 0xFAFF))


class WordPiece:
    """A vocabulary, one piece a line; continued pieces begin with ##."""

    def __init__(self, vocabulary: Path) -> None:
        lines = vocabulary.read_text("utf-8").splitlines()
        self._numbers = {piece: number for number, piece in enumerate(lines)}
        self._begin, self._end, self._unknown = (self._numbers[mark] for mark in ("[CLS]", "[SEP]", "[UNK]"))
        self._pieces = lru_cache(maxsize=200_000)(self._cut)

    def numbers(self, text: str, most: int) -> list[int]:
        """The pieces of a text as numbers between the marks of begin and end, `most` in all."""
        found = list[int]()
        for word in _words(text):
            found += self._pieces(word)
            if len(found) >= most - 2:
                break
        return [self._begin, *found[: most - 2], self._end]

    def _cut(self, word: str) -> tuple[int, ...]:
        """Greedily the longest piece from the left; one unknown for a word that cannot be cut whole."""
        if len(word) > _LONGEST_WORD:
            return (self._unknown,)
        found, start = list[int](), 0
        while start < len(word):
            mark = "##" if start else ""
            end = next((e for e in range(len(word), start, -1) if mark + word[start:e] in self._numbers), start)
            if end == start:
                return (self._unknown,)
            found.append(self._numbers[mark + word[start:end]])
            start = end
        return tuple(found)


def _words(text: str) -> Iterator[str]:
    """Lower case without accents; marks and CJK signs stand alone."""
    word = ""
    for sign in unicodedata.normalize("NFD", _cleaned(text).lower()):
        kind = unicodedata.category(sign)
        if kind == "Mn":
            continue
        if sign == " " or _stands_alone(sign, kind):
            if word:
                yield word
            word = ""
            if sign != " ":
                yield sign
        else:
            word += sign
    if word:
        yield word


def _cleaned(text: str) -> str:
    """Blanks as one kind of blank; no control signs."""
    return "".join(
        " " if c.isspace() or unicodedata.category(c) == "Zs" else c
        for c in text
        if c.isspace() or not (c in "\0\ufffd" or unicodedata.category(c).startswith("C"))
    )


def _stands_alone(sign: str, kind: str) -> bool:
    if kind.startswith("P") or (sign.isascii() and not sign.isalnum()):
        return True
    return not sign.isascii() and any(low <= ord(sign) <= high for low, high in _CJK)
