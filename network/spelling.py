"""Names of organisations as words that can be compared: no accents, no small words, abbreviations written out."""

import html
import re
import unicodedata
from typing import NamedTuple

from network.names import DOTTED, STROKES, name_key, undotted

_WORD = re.compile(r"[^\W\d_]+|\d+|[,;]")
_UMLAUT = re.compile(r"([aou])e(?=.)")
_OF_WORDS = "of de di da do des der"
_OF = frozenset(_OF_WORDS.split())
_GLUED = re.compile(r"(?<=[a-zà-ÿ])(?=[A-Z][a-zà-ÿ])")
_POSSESSIVE = re.compile(r"['’`´]s?\b")
_SMALL_WORDS = (
    "the of for in at on and a an to de di da do dos das del della dell dei des du la le les el los las lo y e "
    "et og och i ved und studi fur der die das dem zu van voor het en na v w"
)
_SMALL = frozenset(_SMALL_WORDS.split())
_LONG_FORMS = {
    "univ": "university", "uni": "university", "inst": "institute",
    "institution": "institute", "institutes": "institute", "tech": "technology", "technol": "technology",
    "technological": "technology", "natl": "national", "nat": "national", "hosp": "hospital", "hospitals": "hospital",
    "ctr": "center", "centre": "center", "centers": "center", "centres": "center", "cent": "central",
    "sci": "science", "sciences": "science", "acad": "academy", "coll": "college", "med": "medical",
    "res": "research", "lab": "laboratory", "labs": "laboratory", "laboratories": "laboratory",
    "dept": "department", "st": "saint", "int": "international", "intl": "international", "agr": "agricultural",
    "agriculture": "agricultural", "eng": "engineering", "fdn": "foundation", "min": "ministry", "govt": "government",
    "polytech": "polytechnic", "sch": "school", "schools": "school", "clin": "clinic", "gen": "general",
    "mem": "memorial", "amer": "american", "calif": "california", "mass": "massachusetts",
    "universita": "university", "universitat": "university", "universite": "university", "universites": "university",
    "universities": "university", "universidad": "university", "universidade": "university",
    "universiteit": "university", "universitet": "university", "universitetet": "university",
    "universitaet": "university", "universitatea": "university", "universiti": "university",
    "uniwersytet": "university", "univerzita": "university", "institut": "institute", "instituto": "institute",
    "istituto": "institute", "instituut": "institute", "institutt": "institute", "instituttet": "institute",
    "universitatsklinikum": "university hospital", "universitatsklinik": "university hospital",
    "universitetssykehus": "university hospital", "universitetssjukhus": "university hospital",
    "hopital": "hospital", "hopitaux": "hospital", "ospedale": "hospital", "sykehus": "hospital",
    "sykehuset": "hospital", "technische": "technical", "technischen": "technical", "tekniske": "technical",
    "tecnica": "technical", "teknologi": "technology", "nacional": "national", "nationale": "national",
    "nazionale": "national", "nasjonal": "national", "estadual": "state", "estatal": "state",
    "politecnica": "polytechnic", "politecnico": "polytechnic",
    "polytechnique": "polytechnic", "catolica": "catholic", "cattolica": "catholic", "catholique": "catholic",
    "katholieke": "catholic", "autonoma": "autonomous", "centro": "center", "zentrum": "center", "senter": "center",
}  # fmt: skip
_GENERIC_WORDS = (
    "university institute center college school hospital research national science technology medical clinic "
    "academy department faculty laboratory engineering health general foundation ministry government "
    "international state applied advanced studies study public social program programme group division section "
    "unit service services system systems central regional city community graduate law business management "
    "economics education agricultural physics chemistry biology mathematics development company limited "
    "council association society agency office board network trust hospitals memorial saint animal food water "
    "energy environment environmental marine cancer children women arts art music information computer "
    "computing data space human natural culture north south east west northern southern eastern western new "
    "polytechnic technical federal autonomous catholic medicine surgery business pediatrics psychiatry"
)
GENERIC = frozenset(_GENERIC_WORDS.split())
"""Words that name a kind of place or a field; a name of nothing else names nobody."""


class Word(NamedTuple):
    """One word that counts. part: which piece between commas it stands in. is_of: an `of` stands right before it."""

    text: str
    part: int
    is_of: bool


def words_of(text: str) -> tuple[str, ...]:
    """The words that count, in order; total, for any text."""
    return tuple(word.text for word in placed_words(text))


def placed_words(text: str) -> list[Word]:
    """The words that count, with where they stand; total, for any text."""
    plain = html.unescape(html.unescape(text)) if "&" in text else text
    plain = DOTTED.sub(undotted, _POSSESSIVE.sub("", _GLUED.sub(" ", plain)))
    plain = unicodedata.normalize("NFKD", plain).casefold().translate(STROKES)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    found, part, is_of = list[Word](), 0, False
    for piece in _WORD.findall(plain):
        if piece in ",;":
            part, is_of = part + 1, False
        elif piece in _SMALL:
            is_of = piece in _OF
        else:
            for word in _LONG_FORMS.get(piece, piece).split():
                found.append(Word(_UMLAUT.sub(r"\1", word), part, is_of))
                is_of = False
    return found


_KINDS_WORDS = "university institute college hospital center academy polytechnic clinic laboratory ministry"
KINDS = frozenset(_KINDS_WORDS.split())
"""Words that say what sort of place it is; two names that are near must have the same of them."""


def words_of_name(name: str) -> tuple[str, ...]:
    """The words of a register's name, without the place in brackets that tells namesakes apart, nor legal form."""
    bare = re.sub(r"\s*\([^()]*\)\s*$", "", name) or name
    short = words_of(bare)
    kept = len(name_key(bare).split())
    legal = len(name_key(bare, keep_legal=True).split()) - kept
    return short[: len(short) - legal] if 0 < legal < len(short) else short


def is_acronym(text: str) -> bool:
    """Whether a name is one run of three or more capital letters, such as NTNU."""
    return 3 <= len(text) <= 8 and text.isupper() and text.isalpha()
