"""Word lists of technology, so that needs and items meet across languages (P27, in part).

The lists (nlp/tables/*-en.txt), `word=english|english`, were written by hand from general vocabulary, not from any set:
Norwegian, French, German, Spanish.
Norwegian and German compounds are taken apart at their ends (`regnmåling` = regn + måling).
"""

from functools import lru_cache
from pathlib import Path

from nlp.languages import stem

_FOLDER = Path(__file__).resolve().parent / "tables"
LISTED = ("nb", "fr", "de", "es")
_COMPOUNDING = ("nb", "de")
_SHORTEST, _ALONE = 3, 5  # letters of a compound's part beside another known part, and of one that stands alone


@lru_cache(maxsize=len(LISTED))
def _to_english(language: str) -> dict[str, tuple[str, ...]]:
    lines = (_FOLDER / f"{language}-en.txt").read_text("utf-8").splitlines()
    found = dict[str, tuple[str, ...]]()
    for pair in (pair for line in lines if not line.startswith("#") for pair in line.split()):
        word, english = pair.split("=")
        key = stem(word, language)
        found[key] = tuple(dict.fromkeys((*found.get(key, ()), *english.split("|"))))
    return found


@lru_cache(maxsize=len(LISTED))
def _from_english(language: str) -> dict[str, tuple[str, ...]]:
    back = dict[str, tuple[str, ...]]()
    for word, english in _to_english(language).items():
        for meaning in english:
            key = stem(meaning, "en")
            back[key] = (*back.get(key, ()), word)
    return back


@lru_cache(maxsize=50_000)
def translated(form: str, source: str, target: str) -> tuple[str, ...]:
    """Stems in `target` for a word in `source`; () where the list knows none, or knows not these languages."""
    if source == "en" and target in LISTED:
        return _from_english(target).get(stem(form, "en"), ())
    if source not in LISTED or target != "en":
        return ()
    # A part that the list does not know may be the same word in English: `radarsensor`, `titanplate`.
    english = [word for part in _parts(form, source) for word in _to_english(source).get(part, (part,))]
    return tuple(dict.fromkeys(stem(piece, "en") for word in english for piece in word.split("-")))


def _parts(form: str, language: str) -> list[str]:
    """The word's stem if the list has it, else the longest known end of the compound and what stands before it."""
    known = _to_english(language)
    if stem(form, language) in known:
        return [stem(form, language)]
    if language not in _COMPOUNDING:
        return []
    places = range(_SHORTEST, len(form) - _SHORTEST + 1)
    cut = next((p for p in places if stem(form[p:], language) in known), len(form))
    end = [stem(form[cut:], language)] if cut < len(form) else []
    least = _SHORTEST if end else _ALONE
    begin = next((b for p in range(cut, least - 1, -1) if (b := _beginning(form[:p], language)) in known), None)
    if begin is None and len(form) - cut < _ALONE:
        return []
    return [*end, begin or form[:cut]]


def _beginning(piece: str, language: str) -> str:
    """A compound's first part without its joining letter: `aluminiums-`, `sveise-`, `Sonnen-`."""
    known = _to_english(language)
    forms = (piece, piece.removesuffix("s"), piece.removesuffix("e"), piece.removesuffix("n"), f"{piece}ing")
    return next((c for p in forms if (c := stem(p, language)) in known), "")
