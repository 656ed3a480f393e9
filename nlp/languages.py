"""What differs from language to language: tokenizer, stop words, stems. Unknown languages fall back, and say so."""

import re
import unicodedata
from functools import lru_cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any

import snowballstemmer

if TYPE_CHECKING:
    from spacy.language import Language

OTHER = "xx"
_SAME = {"no": "nb", "nn": "nb"}
_STEMMERS = {"en": "english", "nb": "norwegian", "de": "german", "fr": "french", "es": "spanish"}
LANGUAGES = (*_STEMMERS, OTHER)
UNSTATED = ("", "und", "mul", "zxx")  # codes by which a publisher does not say, or says several
_LONGEST_WORD = 60
_GUESS_WORDS, _GUESS_FEWEST = 400, 2
_PIECES = re.compile(r"[^\W_]+")


@lru_cache(maxsize=1)
def _every_stop() -> dict[str, frozenset[str]]:
    """spaCy's stop words of every known language.

    Read from their files: to import them starts spaCy and builds its French exceptions, seconds most verbs do not need.
    """
    package = find_spec("spacy")
    (root,) = (package.submodule_search_locations if package else None) or ("",)
    return {code: _stop_words(Path(root) / "lang" / code / "stop_words.py") for code in _STEMMERS}


def _stop_words(path: Path) -> frozenset[str]:
    spec = spec_from_file_location(f"nlp_stops_{path.parent.name}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path}: spaCy keeps its stop words elsewhere now; see nlp/languages.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return frozenset(module.STOP_WORDS)


def known(language: str) -> str:
    """The language whose rules are used: en, nb, de, fr, es, or xx for every other."""
    code = _SAME.get(language.lower()[:2], language.lower()[:2])
    return code if code in _STEMMERS else OTHER


def guess(text: str) -> str:
    """The known language with most stop words in the text's beginning; English where nothing tells."""
    words = [word.lower() for word in _PIECES.findall(text[: _GUESS_WORDS * 12])][:_GUESS_WORDS]
    counts = {code: sum(word in stops for word in words) for code, stops in _every_stop().items()}
    best = max(counts, key=lambda code: (counts[code], code == "en"))
    return best if counts[best] >= _GUESS_FEWEST else "en"


def language_of(stated: str, text: str) -> str:
    """The rules to read a text by: as stated, or guessed where the publisher does not say (`und`)."""
    return guess(text) if stated.lower() in UNSTATED else known(stated)


@lru_cache(maxsize=8)
def pipeline(language: str) -> "Language":
    """spaCy's tokenizer and sentence rule of one known language; no model, nothing to download."""
    import spacy  # noqa: PLC0415 - most verbs never tokenize, and spaCy takes half a second to start
    from spacy.util import compile_suffix_regex  # noqa: PLC0415 - the same

    reader = spacy.blank(language)
    reader.add_pipe("sentencizer")
    # Units stay with their number: 5G and 10kW are words of the trade, not "5" and "G".
    suffixes = [rule for rule in map(str, reader.Defaults.suffixes or ()) if "(?:km|" not in rule]
    tokenizer: Any = reader.tokenizer  # spaCy types it as any callable
    tokenizer.suffix_search = compile_suffix_regex(suffixes).search
    return reader


@lru_cache(maxsize=400_000)
def fold(word: str) -> str:
    """A word without case, width and accents: `Système` -> `systeme`."""
    if word.isascii():  # most words, and this is the hot path of a large load
        return word.lower()
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


@lru_cache(maxsize=8)
def _stemmer(language: str) -> "snowballstemmer.stemmer | None":
    return snowballstemmer.stemmer(_STEMMERS[language]) if language in _STEMMERS else None


@lru_cache(maxsize=400_000)
def stem(word: str, language: str) -> str:
    """One stem for the forms of a word in a known language (Snowball), without accents; other languages: folded."""
    lower, stemmer = unicodedata.normalize("NFC", word.lower()), _stemmer(language)
    return fold(stemmer.stemWord(lower) if stemmer else lower)


def is_telling(word: str, language: str) -> bool:
    """Whether a word may stand for a topic: neither a stop word, nor a single character, nor a blob."""
    lower = word.lower()
    stops = _every_stop()
    is_stop = lower in stops["en"] or lower in stops.get(language, stops["en"])
    return 1 < len(lower) <= _LONGEST_WORD and not is_stop
