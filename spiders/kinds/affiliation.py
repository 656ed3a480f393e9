"""An author's affiliation, as printed, to the organisation it names; addresses of people and houses are dropped."""

import re
from functools import lru_cache

from spiders.kinds.countries import country_at_end, country_named
from spiders.text import line, shortened
from terms.item import Organisation

_LONGEST = 600
_MOST = 200
_KNOWN = 8_192
_MAY_HOLD_ADDRESS = re.compile(r"@|mail|address|correspond|orcid|tel|fax|://", re.I)
_MAIL = re.compile(r"[^\s@,;:<>()\[\]]{1,64}@[^\s@,;<>()\[\]]{1,255}")
_LEAD_IN = re.compile(
    r"\b(?:electronic address|(?:e-?)?mail(?: address)?|correspond(?:ence|ing author)|orcid(?: id)?|tel(?:ephone)?|fax)"
    r"\b[^,;]{0,40}$|https?://\S+",
    re.I,
)
_NUMBERED = re.compile(r"^(?:\d{1,2}|[a-z*†‡§¶]|\(\d{1,2}\)|\[\d{1,2}\])[\s.)]+(?=\w)")
_STREET = re.compile(
    r"\d|\b(?:street|road|avenue|boulevard|lane|drive|p\.?\s?o\.?\s?box|postboks|gate|gata|vei|veien|allé|rue|via|"
    r"calle|platz|str\.|straße|strasse)\b|(?:straße|strasse|gata|vegen|veien)$",
    re.I,
)
# The whole before its parts: a university before its institutes, an institute before its departments.
_RANKS = (
    re.compile(r"universi|høgskole|høyskole|hochschule|polytech|école|\bETH\b|\bMIT\b|\bNTNU\b|\bKTH\b|\bDTU\b", re.I),
    re.compile(r"\b(?:sintef|norce|fraunhofer|cnrs|csic|inserm|tno|vtt|nofima|nibio)\b|academ|akademi|council", re.I),
    re.compile(
        r"\b(?:a/?s|asa|ab|aps|oy|oyj|inc|ltd|limited|gmbh|ag|llc|corp|co|plc|b\.?v|s\.?a|s\.?p\.?a)\b\.?$", re.I
    ),
    re.compile(
        r"hospital|sykehus|klinik|clinic|institut|national|research cent|forskning|foundation|compan|museum", re.I
    ),
    re.compile(r"college|school|cent(?:er|re)|laborator|agency|ministry|senter", re.I),
    re.compile(r"facult|fakultet|department|division|section|avdeling|group", re.I),
)


def _without_addresses(text: str) -> str:
    """An affiliation without e-mail addresses and the words that lead in to them."""
    if not _MAY_HOLD_ADDRESS.search(text):
        return text
    parts = re.split("([,;])", _MAIL.sub("", text))
    return "".join(_LEAD_IN.sub("", part) for part in parts)


def organisations_of(printed: str) -> tuple[Organisation, ...]:
    """The organisations of one affiliation; several stand between semicolons. None where it holds only addresses."""
    return _organisations_of(printed[:_LONGEST])


@lru_cache(_KNOWN)
def _organisations_of(printed: str) -> tuple[Organisation, ...]:
    """Kept, since the authors of a paper, and the papers of a house, share theirs."""
    found = (organisation_of(part) for part in _without_addresses(printed).split(";"))
    return tuple(dict.fromkeys(organisation for organisation in found if organisation))


def organisation_of(printed: str) -> Organisation | None:
    """The largest organisation named between the commas, and the country, where it is the last word."""
    parts = [_bare(part) for part in line(printed, _LONGEST + 1).split(",")]
    parts = [part for part in parts if part]
    country = next((code for part in reversed(parts[-2:]) if (code := country_named(part))), None)
    country = country or (country_at_end(parts[-1]) if parts else None)
    named = [part for part in parts if len(part) > 1 and "@" not in part and not country_named(part)]
    named = [part for part in named if not _STREET.search(part)]
    if not named:
        return None
    return Organisation(name=named[0] if len(named) == 1 else min(named, key=rank), country=country)


def _bare(part: str) -> str:
    """A part between commas without the mark that leads to its author, at most 200 characters."""
    part = part.strip()
    part = (part if len(part) <= _MOST else shortened(part, _MOST)).strip(" .:-")
    return _NUMBERED.sub("", part)


@lru_cache(_KNOWN)
def rank(name: str) -> int:
    """How large a thing a name stands for, the largest first; what says nothing, such as a town, comes last."""
    return next((place for place, pattern in enumerate(_RANKS) if pattern.search(name)), len(_RANKS))
