"""An exchange-document (EPO's DOCDB in XML, as OPS sends it) as a patent document. Paths: SOURCES P2."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from lxml import etree

from spiders.kinds.dates import day
from spiders.kinds.patent import Document, Party, codes_of, country_in, number_of
from spiders.kinds.trouble import Unreadable
from spiders.kinds.xml import words

EXCHANGE = "{http://www.epo.org/exchange}"
_COUNTRY = re.compile(r"\s*\[([A-Z]{2})\]\s*$")
_SECTIONS = frozenset({"bibliographic-data", "abstract"})
_FIELDS = frozenset(
    {"publication-reference", "application-reference", "priority-claims", "parties", "invention-title",
     "classifications-ipcr", "patent-classifications", "classification-ipc", "classification-national",
     "references-cited", "dates-of-public-availability", "previously-filed-app", "language-of-publication",
     "preceding-publication-date", "date-of-coming-into-force", "extended-kind-code", "related-documents",
     "designation-of-states", "term-of-grant"}
)  # fmt: skip


def document_of(root: etree._Element) -> Document:
    """One exchange-document. Everything but its number is optional. Raises Unreadable without one."""
    number, _ = number_of(root.get("country", "") + root.get("doc-number", ""))
    kind_code = root.get("kind", "")
    if not re.fullmatch(r"[A-Z]\d?", kind_code):
        raise Unreadable(f"@kind: {kind_code!r} is not the kind of a patent document")
    found = root.find(f"{EXCHANGE}bibliographic-data")
    about = etree.Element("none") if found is None else found
    titles, abstracts = _by_language(about, "invention-title"), _by_language(root, "abstract")
    language, text = _preferred(abstracts)
    title_language, title = _preferred(titles)
    return Document(
        number=number,
        kind_code=kind_code,
        title=title,
        text=text,
        language=language if text else title_language,
        published_on=_first_date(_at(about, "publication-reference", "document-id", "date")),
        inventors=tuple(_parties(about, "inventors", "inventor")),
        applicants=tuple(_parties(about, "applicants", "applicant")),
        codes=(*codes_of("cpc", _cpc(about)), *codes_of("ipc", _ipc(about))),
        family=root.get("family-id") or None,
        priority_on=_first_date(_at(about, "priority-claims", "priority-claim", "document-id", "date")),
        filed_on=_first_date(_at(about, "application-reference", "document-id", "date")),
    )


def unknown_fields(root: etree._Element) -> list[str]:
    """Names that are neither read nor left aside on purpose (cited documents, national classes …)."""
    about = root.find(f"{EXCHANGE}bibliographic-data")
    names = {*_names(root)} - _SECTIONS
    return sorted(names | ({*_names(about)} - _FIELDS if about is not None else set()))


def _names(element: etree._Element) -> Iterator[str]:
    return (etree.QName(child).localname for child in element if isinstance(child.tag, str))


def _at(element: etree._Element, *path: str) -> list[str]:
    return [words(found) for found in element.iterfind("/".join(EXCHANGE + name for name in path))]


def _first_date(written: Iterable[str]) -> date | None:
    return min((on for text in written if (on := day(text))), default=None)


def _by_language(element: etree._Element, name: str) -> dict[str, str]:
    """Texts by language, `und` where none is stated."""
    found = [(part.get("lang", "und")[:2].lower(), words(part)) for part in element.iterfind(EXCHANGE + name)]
    return {("und" if language == "un" else language): text for language, text in found if text}


def _preferred(texts: dict[str, str]) -> tuple[str, str]:
    """English where there is a choice, else the first; its language and the text."""
    language = "en" if "en" in texts else next(iter(texts), "und")
    return (language if re.fullmatch("[a-z]{2}|und", language) else "und"), texts.get(language, "")


def _parties(about: etree._Element, group: str, name: str) -> Iterator[Party]:
    """Names as filed (`original`), with the country that only the `epodoc` form states, joined by sequence."""
    found = list(about.iterfind(f"{EXCHANGE}parties/{EXCHANGE}{group}/{EXCHANGE}{name}"))
    forms: dict[str, dict[str, str]] = {"epodoc": {}, "original": {}}
    for place, party in enumerate(found):
        written = words(party.find(f"{EXCHANGE}{name}-name/{EXCHANGE}name"))
        forms.setdefault(party.get("data-format", "original"), {})[party.get("sequence", f"?{place}")] = written
    for sequence in dict.fromkeys((*forms["epodoc"], *forms["original"])):
        coded = forms["epodoc"].get(sequence, "")
        country = _COUNTRY.search(coded)
        yield forms["original"].get(sequence) or _COUNTRY.sub("", coded), country_in(country[1]) if country else None


def _cpc(about: etree._Element) -> Iterator[str]:
    """CPC codes: section, class, subclass, main group, subgroup, of the schemes CPCI (invention) and CPCA (more)."""
    for found in about.iterfind(f"{EXCHANGE}patent-classifications/{EXCHANGE}patent-classification"):
        scheme = found.find(f"{EXCHANGE}classification-scheme")
        if scheme is not None and scheme.get("scheme", "").startswith("CPC"):
            section, number, subclass, group, subgroup = (
                words(found.find(EXCHANGE + part))
                for part in ("section", "class", "subclass", "main-group", "subgroup")
            )
            yield f"{section}{number}{subclass} {group}/{subgroup}"


def _ipc(about: etree._Element) -> list[str]:
    """IPC of today; where it is missing, that of before 2006."""
    return _at(about, "classifications-ipcr", "classification-ipcr", "text") or _at(about, "classification-ipc", "text")
