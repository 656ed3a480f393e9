"""What differs from language to language: tokenizer, stop words, stems. Unknown languages fall back, and say so."""

import re
import unicodedata
from functools import lru_cache
from typing import Any

import snowballstemmer
import spacy
from spacy.lang.de.stop_words import STOP_WORDS as GERMAN
from spacy.lang.en.stop_words import STOP_WORDS as ENGLISH
from spacy.lang.es.stop_words import STOP_WORDS as SPANISH
from spacy.lang.fr.stop_words import STOP_WORDS as FRENCH
from spacy.lang.nb.stop_words import STOP_WORDS as NORWEGIAN
from spacy.language import Language
from spacy.util import compile_suffix_regex

OTHER = "xx"
_SAME = {"no": "nb", "nn": "nb"}
_STEMMERS = {"en": "english", "nb": "norwegian", "de": "german", "fr": "french", "es": "spanish"}
_STOPS = {"en": ENGLISH, "nb": NORWEGIAN, "de": GERMAN, "fr": FRENCH, "es": SPANISH}
LANGUAGES = (*_STEMMERS, OTHER)
UNSTATED = ("", "und", "mul", "zxx")  # codes by which a publisher does not say, or says several
_LONGEST_WORD = 60
_GUESS_WORDS, _GUESS_FEWEST = 400, 2
_PIECES = re.compile(r"[^\W_]+")


def known(language: str) -> str:
    """The language whose rules are used: en, nb, de, fr, es, or xx for every other."""
    code = _SAME.get(language.lower()[:2], language.lower()[:2])
    return code if code in _STEMMERS else OTHER


def guess(text: str) -> str:
    """The known language with most stop words in the text's beginning; English where nothing tells."""
    words = [word.lower() for word in _PIECES.findall(text[: _GUESS_WORDS * 12])][:_GUESS_WORDS]
    counts = {code: sum(word in stops for word in words) for code, stops in _STOPS.items()}
    best = max(counts, key=lambda code: (counts[code], code == "en"))
    return best if counts[best] >= _GUESS_FEWEST else "en"


def language_of(stated: str, text: str) -> str:
    """The rules to read a text by: as stated, or guessed where the publisher does not say (`und`)."""
    return guess(text) if stated.lower() in UNSTATED else known(stated)


@lru_cache(maxsize=8)
def pipeline(language: str) -> Language:
    """spaCy's tokenizer and sentence rule of one known language; no model, nothing to download."""
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
    return 1 < len(lower) <= _LONGEST_WORD and lower not in ENGLISH and lower not in _STOPS.get(language, ENGLISH)
