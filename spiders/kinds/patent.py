"""What any patent publication says, whatever its format, and the item it makes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from spiders.kinds.trouble import Unreadable
from spiders.text import line, plain
from terms.item import Item, Organisation, Patent, Person

Party = tuple[str, str | None]
"""A name and its ISO country, where that is stated."""

_CLASS = re.compile(r"([A-HY])\s*(\d{1,2})\s*([A-Z])\s*0*(\d{1,4})\s*/\s*(\d{2,6})")
_NUMBER = re.compile(r"([A-Z]{2})([A-Z]{0,3}\d{1,13})(?:([A-Z]\d?)(?:\d{8})?)?")
_US_APPLICATION = re.compile(r"((?:19|20)\d\d)0(\d{6})")


@dataclass(frozen=True)
class Document:
    """One publication. number: in the form of DOCDB, so that offices' spellings of one number meet (`US2018000016`).

    url: where it can be read; Espacenet's page of the number if nothing is stated.
    """

    number: str
    kind_code: str
    title: str
    text: str = ""
    language: str = "und"
    published_on: date | None = None
    inventors: tuple[Party, ...] = ()
    applicants: tuple[Party, ...] = ()
    codes: tuple[str, ...] = ()
    family: str | None = None
    priority_on: date | None = None
    filed_on: date | None = None
    url: str = ""


def item_of(document: Document, source: str, sha256: str) -> Item:
    """The item; a text stands in for a missing title and a title for a missing text. Raises Unreadable without both."""
    title, text = line(document.title), plain(document.text)
    if not title and not text:
        raise Unreadable("invention-title: neither title nor abstract")
    source_id = document.number + document.kind_code
    return Item(
        source=source,
        source_id=source_id,
        kind="patent",
        title=title or line(text, 120),
        text=text or title,
        url=document.url or f"https://worldwide.espacenet.com/patent/search?q=pn%3D{source_id}",
        language=document.language,
        published_on=document.published_on,
        people=tuple(Person(name=n, role="inventor", country=c) for n, c in _named(document.inventors)),
        organisations=tuple(Organisation(name=n, role="applicant", country=c) for n, c in _named(document.applicants)),
        codes=tuple(dict.fromkeys(document.codes)),
        patent=Patent(
            number=document.number,
            kind_code=document.kind_code,
            family=document.family,
            priority_on=document.priority_on,
            filed_on=document.filed_on,
        ),
        capture_sha256=sha256,
    )


def _named(parties: Iterable[Party]) -> list[Party]:
    cleaned = [(line(name, 200).strip(" ,;"), country) for name, country in parties]
    return list(dict.fromkeys((name, country) for name, country in cleaned if any(map(str.isalpha, name))))[:200]


def code_of(scheme: str, written: str) -> str | None:
    """`ipc:B28B 1/29` of `B28B   1/    29   A I`, with the blanks and zeros that offices put in; None if it is none."""
    found = _CLASS.match(written.strip())
    return f"{scheme}:{found[1]}{found[2]:>02}{found[3]} {found[4]}/{found[5]}" if found else None


def codes_of(scheme: str, written: Iterable[str]) -> list[str]:
    """Codes that could be read, in their order."""
    return [code for text in written if (code := code_of(scheme, text))]


def number_of(written: str) -> tuple[str, str]:
    """Number in the form of DOCDB, and kind code ('' where there is none), of `US 2019-0095759 A1`, `WO/2019/028689`.

    DOCDB drops a zero behind the year of US applications and zeros before those of grants. Raises Unreadable.
    """
    found = _NUMBER.fullmatch(re.sub(r"[\s/.,-]", "", written.upper()[:60]))
    if not found:
        raise Unreadable(f"publication number: {line(written, 60)!r} is not the number of a patent document")
    country, number, kind_code = found[1], found[2], found[3] or ""
    if country == "US":
        application = _US_APPLICATION.fullmatch(number)
        number = application[1] + application[2] if application else re.sub(r"^([A-Z]*)0+(?=\d)", r"\1", number)
    return country + number, kind_code


def country_in(written: str) -> str | None:
    """A country code of two letters, else None."""
    return written if re.fullmatch(r"[A-Z]{2}", written) else None


def world_number(written: str) -> str | None:
    """The WO number by which members of a family meet: `WO2009125267` of `WO2009/125267`; else None."""
    found = re.match(r"WO\s?(\d{2,4})/?\s?(\d{5,8})", written.strip())
    return f"WO{found[1]}{found[2]}" if found else None
