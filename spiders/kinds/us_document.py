"""us-patent-application and us-patent-grant (WIPO ST.36, since 2005) as patent documents. Paths: SOURCES P3."""

from collections.abc import Iterator
from datetime import date

from lxml import etree

from spiders.kinds.dates import day
from spiders.kinds.patent import Document, Party, codes_of, country_in, number_of, world_number
from spiders.kinds.trouble import Unreadable
from spiders.kinds.us_old import old_ipc
from spiders.kinds.xml import words

ROOTS = {
    "us-patent-application": "us-bibliographic-data-application",
    "us-patent-grant": "us-bibliographic-data-grant",
}
_SECTIONS = frozenset(
    {"abstract", "claims", "description", "drawings", "us-claim-statement", "us-sequence-list-doc", "us-chemistry",
     "us-math", "us-megatable-doc", "table-external-doc", "sequence-list-doc"}
)  # fmt: skip
_FIELDS = frozenset(
    {"publication-reference", "application-reference", "priority-claims", "classifications-ipcr", "invention-title",
     "classifications-cpc", "classification-ipc", "us-parties", "parties", "assignees",
     "pct-or-regional-publishing-data",
     # left aside: national and design classes, terms, citations, lawyers, examiners, related and earlier filings
     "us-application-series-code", "classification-national", "classification-locarno", "us-term-of-grant",
     "us-references-cited", "references-cited", "number-of-claims", "us-exemplary-claim", "figures", "examiners",
     "us-field-of-classification-search", "field-of-search", "us-related-documents", "related-documents",
     "pct-or-regional-filing-data", "us-botanic", "hague-agreement-data",
     "us-issued-on-continued-prosecution-application",
     "rule-47-flag", "us-sir-flag", "us-publication-filing-type", "us-deceased-inventor", "bio-deposit"}
)  # fmt: skip
_PARTS = ("section", "class", "subclass", "main-group", "subgroup")


def document_of(root: etree._Element) -> Document:
    """One application or grant. Raises Unreadable without a number."""
    about = root.find(ROOTS[str(root.tag)])
    if about is None:
        raise Unreadable(f"{ROOTS[str(root.tag)]}: the bibliographic part is missing")
    stated = "publication-reference/document-id/"
    number, _ = number_of("US" + _text(about, stated + "doc-number"))
    abstract, title = _text(root, "abstract"), _text(about, "invention-title")
    return Document(
        number=number,
        kind_code=_text(about, stated + "kind"),
        title=title,
        text=abstract or _text(root, "claims/claim"),  # design patents have no abstract
        language="en",
        published_on=day(_text(about, stated + "date")),
        inventors=tuple(_inventors(about)),
        applicants=tuple(_organisations(about)),
        codes=(*codes_of("cpc", _codes(about, "classification-cpc")), *_ipc(about)),
        family=world_number(_text(about, "pct-or-regional-publishing-data/document-id/doc-number")),
        priority_on=_earliest(about, "priority-claims/priority-claim/date"),
        filed_on=day(_text(about, "application-reference/document-id/date")),
    )


def unknown_fields(root: etree._Element) -> list[str]:
    """Names that are neither read nor left aside on purpose."""
    about = root.find(ROOTS[str(root.tag)])
    names = {str(child.tag) for child in root if isinstance(child.tag, str)} - _SECTIONS - {*ROOTS.values()}
    inner = {str(child.tag) for child in about if isinstance(child.tag, str)} if about is not None else set()
    return sorted(names | (inner - _FIELDS))


def _text(element: etree._Element, path: str) -> str:
    return words(element.find(path))


def _earliest(element: etree._Element, path: str) -> date | None:
    return min((on for found in element.iterfind(path) if (on := day(words(found)))), default=None)


def _codes(about: etree._Element, tag: str) -> Iterator[str]:
    for found in about.iter(tag):
        section, number, subclass, group, subgroup = (_text(found, part) for part in _PARTS)
        yield f"{section}{number}{subclass} {group}/{subgroup}"


def _ipc(about: etree._Element) -> list[str]:
    """IPC of today, else of before 2006."""
    if codes := codes_of("ipc", _codes(about, "classification-ipcr")):
        return codes
    parts = ("main-classification", "further-classification")
    found = [part.text or "" for name in parts for part in about.iterfind(f"classification-ipc/{name}")]
    return list(old_ipc("\n".join(found)))


def _inventors(about: etree._Element) -> Iterator[Party]:
    """Inventors; before 2013 they are the applicants who are called so."""
    found = about.findall(".//inventors/inventor")
    for party in found or about.findall("parties/applicants/applicant"):
        book = party.find("addressbook")
        if book is not None and book.find("last-name") is not None:
            name = f"{_text(book, 'first-name')} {_text(book, 'last-name')}"
            yield name, _country(book) or country_in(_text(party, "residence/country"))


def _organisations(about: etree._Element) -> Iterator[Party]:
    """Applicants and assignees that are organisations; a person who applies is among the inventors."""
    for path in (".//us-applicants/us-applicant", "parties/applicants/applicant", "assignees/assignee"):
        for party in about.iterfind(path):
            book = party.find("addressbook")
            holder = party if book is None else book
            if name := _text(holder, "orgname"):
                yield name, _country(holder)


def _country(book: etree._Element) -> str | None:
    return country_in(_text(book, "address/country"))
