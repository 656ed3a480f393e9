"""A register-document of the European Patent Register, as OPS sends it, as a patent document."""

import re
from collections.abc import Iterator

from lxml import etree

from spiders.kinds.dates import day
from spiders.kinds.patent import Document, Party, codes_of, country_in, number_of
from spiders.kinds.xml import words

_IN = {"r": "http://www.epo.org/register"}


def documents_in(root: etree._Element) -> list[etree._Element]:
    """The bibliographic parts; an answer about events or procedural steps has none."""
    return list(root.iterfind(".//r:register-document/r:bibliographic-data", _IN))


def document_of(about: etree._Element) -> Document:
    """One application with its first publication; of parties that changed the newest count. Raises Unreadable."""
    references = about.findall("r:publication-reference/r:document-id", _IN)
    first = min(references, key=lambda found: _text(found, "r:date") or "9", default=about)
    number, _ = number_of(_text(first, "r:country") + _text(first, "r:doc-number"))
    titles = {title.get("lang", "und"): words(title) for title in about.iterfind("r:invention-title", _IN)}
    language = "en" if "en" in titles else next(iter(titles), "und")
    classes = about.find("r:classifications-ipcr", _IN)
    return Document(
        number=number,
        kind_code=_text(first, "r:kind"),
        title=titles.get(language, ""),
        language=language if re.fullmatch("[a-z]{2}", language) else "und",
        published_on=day(_text(first, "r:date")),
        inventors=tuple(_parties(about, "inventor")),
        applicants=tuple(_parties(about, "applicant")),
        codes=tuple(codes_of("ipc", re.split(r",|//", "" if classes is None else words(classes)))),
        priority_on=min(filter(None, (day(text) for text in _dates(about))), default=None),
        filed_on=day(_text(about, "r:application-reference/r:document-id/r:date")),
    )


def _text(element: etree._Element, path: str) -> str:
    return words(element.find(path, _IN))


def _dates(about: etree._Element) -> Iterator[str]:
    return (words(found) for found in about.iterfind("r:priority-claims/r:priority-claim/r:date", _IN))


def _parties(about: etree._Element, name: str) -> Iterator[Party]:
    """Names and countries; streets and towns are personal and never read."""
    newest = about.find(f"r:parties/r:{name}s", _IN)
    for party in [] if newest is None else newest.iterfind(f"r:{name}/r:addressbook", _IN):
        yield _text(party, "r:name"), country_in(_text(party, "r:address/r:country"))
