"""An ep-patent-document (DTD 1.0 to 1.5.1) to an item. Tags are WIPO ST.36 / EPO B-numbers; paths: SOURCES P1."""

import re
from datetime import date
from itertools import pairwise

from lxml import etree

from spiders.kinds.dates import day
from spiders.kinds.trouble import Trouble, Unreadable
from spiders.kinds.xml import words
from spiders.text import line
from terms.item import Item, Organisation, Patent, Person

_CLASS = re.compile(r"([A-HY]\d{2}[A-Z]) ?(\d{1,4})/ ?(\d{2,6})")
_OLD_CLASS = re.compile(r"\d?([A-H]) ?(\d{2})([A-Z]) ?(\d{1,4})/ ?(\d{2,6})")
_SECTIONS = frozenset(
    {"SDOBI", "abstract", "description", "claims", "drawings", "search-report-data", "copyright", "style"}
)
_SECTIONS_SEEN_TOO = frozenset({"amended-claims", "amended-claims-statement", "doc-page", "ep-reference-list"})


def item_of(root: etree._Element, source: str, sha256: str, trouble: Trouble) -> Item:
    """The patent document as an item. Raises Unreadable where it has no number, no date or no title."""
    number, kind_code = f"{root.get('country', '')}{root.get('doc-number', '')}", root.get("kind", "")
    if not re.fullmatch(r"EP\d{7}", number) or not re.fullmatch(r"[A-Z]\d", kind_code):
        raise Unreadable(f"@doc-number, @kind: {number!r} {kind_code!r} is not the number of a document")
    titles = _titles(root)
    title = titles.get("en") or next(iter(titles.values()), "")
    if not title:
        raise Unreadable("B540: no title")
    text, language = _text(root, title)
    trouble.unknown(_unknown_sections(root))
    return Item(
        source=source,
        source_id=number + kind_code,
        kind="patent",
        title=line(title),
        text=text,
        url=f"https://worldwide.espacenet.com/patent/search?q=pn%3D{number}{kind_code}",
        language=language,
        published_on=day(root.get("date-publ", "")),
        people=tuple(Person(name=n, role="inventor", country=c) for n, c in _parties(root, "B720/B721")),
        organisations=tuple(Organisation(name=n, role="applicant", country=c) for n, c in _applicants(root)),
        codes=(*_codes(root, "cpc", ".//B520EP//classification-cpc/text"), *_ipc(root)),
        patent=_patent(root, number, kind_code),
        capture_sha256=sha256,
    )


def is_in_focus(item: Item, prefixes: tuple[str, ...]) -> bool:
    """Whether an IPC or CPC class begins with one of the prefixes; no prefixes, no filter."""
    wanted = tuple(prefix.replace(" ", "") for prefix in prefixes)
    return not wanted or any(code.partition(":")[2].replace(" ", "").startswith(wanted) for code in item.codes)


def _unknown_sections(root: etree._Element) -> list[str]:
    names = {str(child.tag) for child in root if isinstance(child.tag, str)}
    return sorted(names - _SECTIONS - _SECTIONS_SEEN_TOO)


def _titles(root: etree._Element) -> dict[str, str]:
    """Titles by language: B541 (the language) and B542 (the text) alternate."""
    pairs = [(a, b) for a, b in pairwise(root.iterfind("SDOBI/B500/B540/*")) if (a.tag, b.tag) == ("B541", "B542")]
    return {words(language)[:2].lower(): words(title) for language, title in pairs if words(title)}


def _text(root: etree._Element, title: str) -> tuple[str, str]:
    """Abstract, else the first claim, else the title; English where there is a choice; and its language."""
    own = root.get("lang", "und")
    for path in ("abstract", "claims"):
        found = sorted(root.iterfind(path), key=lambda part: part.get("lang", own) != "en")
        for part in found:
            piece = part if path == "abstract" else part.find("claim")
            if text := words(piece):
                return text, part.get("lang", own)
    return title, "en" if "en" in _titles(root) else own


def _parties(root: etree._Element, path: str) -> list[tuple[str, str | None]]:
    """Names and countries. Streets and towns (adr) are personal and never read."""
    parties = root.iterfind(f"SDOBI/B700/{path}")
    found = [(line(words(party.find("snm")), 200), words(party.find("adr/ctry"))) for party in parties]
    return [(name, country if re.fullmatch("[A-Z]{2}", country) else None) for name, country in found if name]


def _applicants(root: etree._Element) -> list[tuple[str, str | None]]:
    return _parties(root, "B710/B711") or _parties(root, "B730/B731")


def _codes(root: etree._Element, scheme: str, path: str) -> list[str]:
    found = (_CLASS.match(words(element)) for element in root.iterfind(path))
    return list(dict.fromkeys(f"{scheme}:{code[1]} {code[2]}/{code[3]}" for code in found if code))


def _ipc(root: etree._Element) -> list[str]:
    """IPC from 2006 on in B510EP; before that in B511 and B512, where the edition stands in front."""
    if codes := _codes(root, "ipc", ".//B510EP/classification-ipcr/text"):
        return codes
    elements = [element for path in ("B511", "B512") for element in root.iterfind(f".//B510/{path}")]
    old = [_OLD_CLASS.match(words(element)) for element in elements]
    return list(dict.fromkeys(f"ipc:{m[1]}{m[2]}{m[3]} {m[4]}/{m[5]}" for m in old if m))


def _patent(root: etree._Element, number: str, kind_code: str) -> Patent:
    priorities = [on for element in root.iterfind("SDOBI/B300/B320/date") if (on := day(words(element)))]
    family = re.match(r"WO\d{8,12}", words(root.find("SDOBI/B800/B870//pnum")).replace(" ", "").replace("/", ""))
    return Patent(
        number=number,
        kind_code=kind_code,
        family=family[0] if family else None,
        priority_on=min(priorities, default=None),
        filed_on=_date_at(root, "SDOBI/B200/B220/date"),
    )


def _date_at(root: etree._Element, path: str) -> date | None:
    return day(words(root.find(path)))
