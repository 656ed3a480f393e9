"""Language codes of three letters (ISO 639-2 and 639-3) as the two letters of an item."""

_TWO = {
    "eng": "en",
    "nor": "no",
    "nob": "nb",
    "nno": "nn",
    "swe": "sv",
    "dan": "da",
    "fin": "fi",
    "isl": "is",
    "ice": "is",
    "sme": "se",
    "deu": "de",
    "ger": "de",
    "fra": "fr",
    "fre": "fr",
    "spa": "es",
    "ita": "it",
    "por": "pt",
    "nld": "nl",
    "dut": "nl",
    "pol": "pl",
    "ces": "cs",
    "cze": "cs",
    "hun": "hu",
    "rus": "ru",
    "ukr": "uk",
    "tur": "tr",
    "ell": "el",
    "gre": "el",
    "zho": "zh",
    "chi": "zh",
    "jpn": "ja",
    "kor": "ko",
}


def two_of_three(code: str) -> str:
    """`en` of `eng`; two letters stay; `und` for every other code."""
    code = code.strip().lower()
    return code if len(code) == 2 and code.isalpha() and code.isascii() else _TWO.get(code, "und")
