"""Names of organisations: when two spellings mean one, and which words are only a legal form."""

import re
import unicodedata

_LEGAL_FORMS = (
    "as asa ans da sa ba ab aktiebolag aps oy oyj ag gmbh mbh kg kgaa ohg ug ev ltd limited plc llp llc inc "
    "incorporated corp corporation co company kk bv nv sarl sas sasu eurl spa srl sl slu sro doo sp zoo kft ou uab "
    "sia se and"
)
_LEGAL = frozenset(_LEGAL_FORMS.split())
_WORD = re.compile(r"[^\W_]+")
DOTTED = re.compile(r"\b(?:\w\.\s?){2,}")  # G.m.b.H., S.p.A.
_SLASHED = re.compile(r"\ba/s\b")
STROKES = str.maketrans("øđłħ", "odlh") | {ord("æ"): "ae", ord("ß"): "ss", ord("œ"): "oe", ord("þ"): "th"}


def undotted(run: re.Match[str]) -> str:
    """Letters with dots between them as one word: G.m.b.H. is gmbh."""
    return re.sub(r"[.\s]", "", run[0]) + " "


def name_key(name: str, *, keep_legal: bool = False) -> str:
    """What spellings of one organisation share: no case, accents, signs, or legal form at the end.

    A name that is nothing but a legal form keeps it, and every name with keep_legal; one without letters gives "".
    """
    plain = unicodedata.normalize("NFKD", name).casefold().translate(STROKES)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = _SLASHED.sub("as", DOTTED.sub(undotted, plain))
    parts = _WORD.findall(plain.replace("&", " and "))
    kept = list(parts)
    while kept and kept[-1] in _LEGAL and not keep_legal:
        kept.pop()
    return " ".join(kept or parts)
