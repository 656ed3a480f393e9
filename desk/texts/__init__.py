"""The desk's sentences: one file per page, each sentence in English and Norwegian side by side (P58)."""

from collections.abc import Callable

from desk.texts import (
    companies,
    digests,
    engagement,
    frame,
    joint,
    network_map,
    outbox,
    pairs,
    partners,
    people,
    project,
    queue,
    search,
    sources,
)

Pair = tuple[str, str]
Speak = Callable[..., str]

_PAGES = (
    frame,
    queue,
    search,
    digests,
    outbox,
    project,
    companies,
    sources,
    people,
    joint,
    pairs,
    engagement,
    network_map,
    partners,
)
SENTENCES: dict[str, Pair] = {key: pair for page in _PAGES for key, pair in page.SENTENCES.items()}
LANGUAGES = ("en", "nb")


def speak(language: str) -> Speak:
    """What turns the key of a sentence into words; `{name}` is filled in. Raises KeyError for a key there is not."""
    place = LANGUAGES.index(language) if language in LANGUAGES else 0

    def said(key: str, /, **written: object) -> str:
        return SENTENCES[key][place].format(**written) if written else SENTENCES[key][place]

    return said


def language_of(header: str | None) -> str:
    """The desk's language for an Accept-Language header: the first it speaks, else English."""
    for part in (header or "").lower().split(","):
        tag = part.split(";")[0].strip()[:2]
        if tag in ("nb", "no", "nn"):
            return "nb"
        if tag == "en":
            return "en"
    return "en"
