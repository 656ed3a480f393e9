"""Patents in a file that a person exported by hand (CSV or RSS), where the publisher forbids robots."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date

from spiders.kinds import patent
from spiders.kinds.dates import day
from spiders.kinds.entries import Entry, read_feed
from spiders.kinds.feed import published_on
from spiders.kinds.patent import Document, Party, codes_of, country_in, number_of
from spiders.kinds.trouble import Trouble, Unreadable
from spiders.page import Ask, Note, Page, Plan
from spiders.source import Source
from terms.errors import SourceChanged
from terms.item import Item

_COLUMNS = {
    "number": ("publication number", "publication no", "application id"),
    "title": ("title",),
    "text": ("abstract",),
    "inventors": ("inventors", "inventor", "inventor s"),
    "applicants": ("applicants", "applicant", "applicant s"),
    "cpc": ("cpc", "cooperative patent classification"),
    "ipc": ("ipc", "i p c", "international classification", "international patent classification"),
    "published": ("publication date",),
    "priority": ("earliest priority", "priority date", "priorities data", "priority data"),
    "filed": ("application date", "date of application", "filing date"),
    "family": ("family number",),
}
_KNOWN = {written: name for name, spellings in _COLUMNS.items() for written in spellings}
_IGNORED = frozenset(
    {"", "no", "application number", "country", "earliest publication", "national phase entries", "image",
     "priority number s", "priority numbers", "patents cited in the search report", "also published as",
     "literature cited in the search report", "patents cited during examination", "literature cited during examination",
     "other patent citations", "other literature citations", "patents used in opposition"}
)  # fmt: skip
_HEADER_WITHIN = 30
_NUMERIC = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b")
_ISO = re.compile(r"\b\d{4}-?\d{2}-?\d{2}\b")
_NUMBER_IN_FEED = re.compile(r"\b(WO[/ ]?\d{4}[/ ]?\d{5,6}(?:[ ]?[A-Z]\d)?|[A-Z]{2}[ /]?\d{5,13}(?:[ ]?[A-Z]\d?)?)\b")
_COUNTRY = re.compile(r"\s*[\[(]([A-Z]{2})[\])]\s*$")


class PatentFile(Source, abstract=True):
    """A source that never asks anything: `varde collect NAME --replay FILE` reads what a person saved."""

    by_hand = True
    kind = "patent"

    def start(self, plan: Plan) -> Iterable[Ask]:
        """Nothing: the publisher's terms forbid automated queries."""
        return ()

    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[Item]:
        """Every patent of a file; a person chose them, so the focus does not narrow them. Raises SourceChanged."""
        trouble = Trouble(self.name, page, note)
        is_feed = page.body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
        for name, document in _in_feed(page, trouble) if is_feed else _in_table(page, trouble):
            try:
                yield patent.item_of(document, self.name, page.capture_sha256)
            except ValueError as unreadable:
                trouble.record_unreadable(name, unreadable)
        trouble.close()


def _in_feed(page: Page, trouble: Trouble) -> Iterator[tuple[str, Document]]:
    feed = read_feed(page.body, "", page.url)
    trouble.unknown(feed.unknown)
    for entry in feed.entries:
        try:
            yield entry.title, _of_entry(entry, published_on(entry, feed.is_atom))
        except ValueError as unreadable:
            trouble.record_unreadable(entry.title, unreadable)


def _of_entry(entry: Entry, on: date | None) -> Document:
    """A patent of a feed: its number stands in the address, the id or the title. Raises Unreadable."""
    found = next((m for text in (entry.link, entry.id, entry.title) if (m := _NUMBER_IN_FEED.search(text))), None)
    if found is None:
        raise Unreadable("link, guid, title: no publication number")
    number, kind_code = number_of(found[1])
    title = re.sub(rf"^\W*(?:{_NUMBER_IN_FEED.pattern})\W*", "", entry.title)
    people = tuple((name, None) for name in entry.authors)
    return Document(number, kind_code, title, entry.text, inventors=people, published_on=on)


def _in_table(page: Page, trouble: Trouble) -> Iterator[tuple[str, Document]]:
    names, rows = _table(page)
    trouble.unknown(name for name in names if name not in _KNOWN and name not in _IGNORED)
    for row in rows:
        fields: dict[str, str] = {}
        for name, value in zip(names, row, strict=False):
            if name in _KNOWN and value.strip():
                fields.setdefault(_KNOWN[name], value.strip())
        if fields:
            try:
                yield fields.get("number", ""), _of_row(fields)
            except ValueError as unreadable:
                trouble.record_unreadable(fields.get("number") or fields.get("title", ""), unreadable)


def _table(page: Page) -> tuple[list[str], list[list[str]]]:
    """Names of the columns and the rows below them. Raises SourceChanged."""
    if page.body.startswith(b"PK"):
        raise SourceChanged(f"{page.url} is a spreadsheet; open it, save it as CSV and import that")
    text = _decoded(page.body)
    for delimiter in ",;\t":
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        except csv.Error:
            continue
        for place, row in enumerate(rows[:_HEADER_WITHIN]):
            names = [" ".join(re.sub(r"[^a-z]+", " ", cell.lower()).split()) for cell in row]
            if {"number", "title"} <= {_KNOWN.get(name) for name in names}:
                return names, rows[place + 1 :]
    raise SourceChanged(f"{page.url} has no line with the columns title and publication number; export it again as CSV")


def _decoded(body: bytes) -> str:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _of_row(fields: dict[str, str]) -> Document:
    """One row; of a cell with several publications the first counts, the others are its family. Raises Unreadable."""
    number, kind_code = number_of(re.split(r"[\n;,|]", fields.get("number", ""))[0])
    return Document(
        number=number,
        kind_code=kind_code,
        title=fields.get("title", ""),
        text=fields.get("text", ""),
        published_on=_date_in(fields.get("published", "")),
        inventors=tuple(_names(fields.get("inventors", ""))),
        applicants=tuple(_names(fields.get("applicants", ""))),
        codes=(*_classes("cpc", fields.get("cpc", "")), *_classes("ipc", fields.get("ipc", ""))),
        family=fields.get("family") or None,
        priority_on=_date_in(fields.get("priority", "")),
        filed_on=_date_in(fields.get("filed", "")),
    )


def _date_in(written: str) -> date | None:
    """The first date of a cell, as 2026-11-04 or 04.11.2026."""
    if found := _NUMERIC.search(written):
        return day(f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}")
    iso = _ISO.search(written)
    return day(iso[0]) if iso else None


def _names(written: str) -> Iterator[Party]:
    """Names, one a line or between semicolons, with the country in brackets where it is stated."""
    for name in re.split(r"[\n;|]", written):
        found = _COUNTRY.search(name)
        yield _COUNTRY.sub("", name), country_in(found[1]) if found else None


def _classes(scheme: str, written: str) -> list[str]:
    return codes_of(scheme, re.split(r"[\n;,|]", written))
