"""Words for countries, kinds of applicant, sectors and numbers in English and Norwegian calls."""

import re
from functools import lru_cache

from babel import Locale

# Kinds of applicant; the longer name first, so that "research company" is a company and not both.
_KINDS = (
    ("large", r"large (?:companies|company|enterprises?|businesses)|store (?:bedrifter|foretak|selskaper)"),
    ("sme", r"smes?|smb(?:-?er)?|small and medium[- ]sized enterprises?|small and medium enterprises?"
            r"|små og mellomstore (?:bedrifter|foretak)"),
    ("university", r"universit(?:y|ies)|higher education institutions?|academic institutions?|universitet(?:er|et)?"
                   r"|høyskoler?|høgskoler?|colleges?"),
    ("research", r"research (?:and (?:technology|knowledge)[- ]dissemination )?(?:organi[sz]ations?|institutes?"
                 r"|institutions?|performing organi[sz]ations?)"
                 r"|forskningsorganisasjon(?:er|en)?|forskningsinstitutt(?:er)?|forskningsmiljø(?:er)?"),
    ("public", r"public (?:bodies|body|authorit(?:y|ies)|sector)|municipalit(?:y|ies)|local authorit(?:y|ies)"
               r"|kommuner?|fylkeskommuner?|offentlige? (?:virksomhet(?:er)?|aktører)"),
    ("ngo", r"non-?governmental organi[sz]ations?|ngos?|charit(?:y|ies)|non-?profit organi[sz]ations?"
            r"|frivillige organisasjoner"),
    ("individual", r"individuals?|natural persons?|enkeltpersoner|privatpersoner"),
    ("anyone", r"any legal (?:entity|entities)|all legal entities|any organi[sz]ation|anyone|unrestricted"),
    ("company", r"compan(?:y|ies)|business(?:es)?|enterprises?|start-?ups?|firms?|industry"
                r"|bedrift(?:er|en)?|foretak(?:et)?|selskap(?:er|et)?|næringsliv(?:et)?|virksomhet(?:er)?|gründere?"),
)  # fmt: skip
_KIND = re.compile("|".join(rf"(?P<{name}>\b(?:{words})\b)" for name, words in _KINDS), re.I)

# Sections of NACE Rev. 2 (Regulation (EC) No 1893/2006) by words of calls.
_SECTORS = (
    ("A", r"agricultur\w*|forestry|fisher\w*|aquaculture|landbruk|skogbruk|fiskeri|havbruk|oppdrett"),
    ("C", r"manufacturing|process industry|maritime industry|industri(?:en)?|produksjonsbedrifter|verft"),
    ("D", r"energy|power|energi|kraft"),
    ("F", r"construction|building|bygg(?: og anlegg)?|anlegg"),
    ("H", r"transport\w*|logistics|shipping|logistikk|skipsfart"),
    ("J", r"ict|software|it|ikt|programvare"),
    ("Q", r"health(?:care)?|helse"),
)
_SECTOR = re.compile("|".join(rf"(?P<{name}>\b(?:{words})\b)" for name, words in _SECTORS), re.I)

_GROUPS = (
    ("EU", r"eu member states?|member states?(?: of the (?:eu|european union))?|(?:the )?european union|the eu"
           r"|eu-land(?:ene)?"),
    ("EEA", r"(?:the )?eea|european economic area|eøs(?:-land(?:ene)?|-området)?"),
    ("ASSOCIATED", r"associated countr(?:y|ies)|assosierte land"),
)  # fmt: skip
_GROUP = re.compile("|".join(rf"(?P<{name}>\b(?:{words})\b)" for name, words in _GROUPS), re.I)
_ALSO_CALLED = {"UK": "GB", "Great Britain": "GB", "Britain": "GB", "USA": "US", "United States": "US", "Türkiye": "TR"}
_WORDS = {"en": "one two three four five six seven eight nine ten", "nb": "en to tre fire fem seks sju åtte ni ti"}
_NUMBERS = {language: {word: float(n) for n, word in enumerate(words.split(), 1)} for language, words in _WORDS.items()}
_NUMBERS["nb"] |= {"én": 1.0, "ett": 1.0}
_FIGURE = re.compile(r"\d+(?:[.,]\d+)?")


def kinds_in(text: str) -> tuple[str, ...]:
    """Kinds of applicant that a sentence names, in their order."""
    return _named(_KIND, text)


def sectors_in(text: str) -> tuple[str, ...]:
    """NACE sections (letters) that a sentence names, in their order."""
    return _named(_SECTOR, text)


def countries_in(text: str) -> tuple[str, ...]:
    """ISO 3166-1 codes, and EU, EEA, ASSOCIATED for groups, that a sentence names, in their order."""
    names, pattern = _countries()
    hits = [(hit.start(), names[hit[0].casefold()]) for hit in pattern.finditer(text)]
    hits += [(hit.start(), hit.lastgroup or "") for hit in _GROUP.finditer(text)]
    return tuple(dict.fromkeys(code for _, code in sorted(hits)))


def number_in(token: str, language: str) -> float | None:
    """The number a token stands for: figures, or a word from one to ten in that language (`to` is two in Norwegian)."""
    word = token.casefold().rstrip(".")
    if word in _NUMBERS.get(language, {}):
        return _NUMBERS[language][word]
    return float(word.replace(",", ".")) if _FIGURE.fullmatch(word) else None


def _named(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(hit.lastgroup or "" for hit in pattern.finditer(text)))


@lru_cache(maxsize=1)
def _countries() -> tuple[dict[str, str], re.Pattern[str]]:
    """English and Norwegian names of every territory (CLDR, by babel), the longest first."""
    names = {
        str(name).casefold(): code
        for locale in ("en", "nb")
        for code, name in Locale(locale).territories.items()
        if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "XA", "XB", "ZZ")
    }
    names |= {name.casefold(): code for name, code in _ALSO_CALLED.items()}
    words = sorted(map(re.escape, names), key=len, reverse=True)
    return names, re.compile(rf"\b(?:{'|'.join(words)})\b", re.I)
