"""The mail's sentences, one file per language."""

from digests.texts.catalogue import Texts
from digests.texts.en import ENGLISH
from digests.texts.nb import BOKMAAL

_BY_LANGUAGE = {"en": ENGLISH, "nb": BOKMAAL, "no": BOKMAAL, "nn": BOKMAAL}


def texts_for(language: str) -> Texts:
    """The catalogue for an ISO 639-1 code; English for readers whose language has none."""
    return _BY_LANGUAGE.get(language, ENGLISH)
