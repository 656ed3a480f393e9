"""arXiv's OAI-PMH: records of a set since a day, for the days whose feed was missed (SOURCES L1)."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlencode

from lxml import etree

from spiders.kinds.address import doi_in
from spiders.kinds.dates import day
from spiders.kinds.personal import without_mail
from spiders.kinds.trouble import Trouble, Unreadable, place
from spiders.kinds.xml import read_xml, words
from spiders.page import Ask, Page
from spiders.text import line
from terms.errors import SourceChanged
from terms.item import Item, Person, Publication

_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_RECORD = "{http://arxiv.org/OAI/arXiv/}"
_NOTHING_NEW = "noRecordsMatch"
_ID = re.compile(r"\d{4}\.\d{4,5}|[a-z-]{2,20}(?:\.[A-Z]{2})?/\d{7}")
_CATEGORY = re.compile(r"[a-z-]{2,12}(?:\.[A-Za-z-]{2,20})?")
_PHYSICS = re.compile(r"astro-ph|cond-mat|gr-qc|hep-[a-z]+|math-ph|nlin|nucl-[a-z]+|physics|quant-ph")
_KNOWN = frozenset([
    "id", "created", "updated", "authors", "title", "categories", "abstract", "license", "doi", "journal-ref",
    "comments", "report-no", "msc-class", "acm-class", "proxy",
])  # fmt: skip


def is_oai(body: bytes) -> bool:
    """Whether an answer is OAI-PMH and no feed."""
    return b"<OAI-PMH" in body[:2_000]


def ask(base: str, category: str, since: str) -> Ask:
    """The first request for the records of a category. Its set is group:archive:subject, such as `cs:cs:RO`."""
    archive, _, subject = category.partition(".")
    group = "physics" if _PHYSICS.fullmatch(archive) else archive
    asked = {
        "verb": "ListRecords",
        "metadataPrefix": "arXiv",
        "set": ":".join(part for part in (group, archive, subject) if part),
        "from": since,
    }
    return Ask(f"{base}?{urlencode(asked, safe=':')}", label="oai")


def following(base: str, page: Page) -> Iterable[Ask]:
    """The request that goes on where the answer stops."""
    token = words(token_in(page))
    asked = urlencode({"verb": "ListRecords", "resumptionToken": token})
    return (Ask(f"{base}?{asked}", label="oai"),) if token else ()


def token_in(page: Page) -> etree._Element | None:
    """Where the answer says how to go on, and of how many records it is a part."""
    return records_in(page)[0].find(f"{_OAI}ListRecords/{_OAI}resumptionToken")


def total(page: Page) -> int | None:
    """How many records there are in all, where the answer says so."""
    token = token_in(page)
    size = "" if token is None else token.get("completeListSize", "")
    return int(size) if size.isascii() and size.isdecimal() else None


def rows(page: Page) -> frozenset[str]:
    """The identifiers of the records, deleted ones too."""
    return frozenset(words(record.find(f"{_OAI}header/{_OAI}identifier")) for record in records_in(page)[1])


def records_in(page: Page) -> tuple[etree._Element, list[etree._Element]]:
    """The answer and its records; none where nothing is new. Raises SourceChanged where it was refused or cut off."""
    root, _ = read_xml(page.body)
    if root is None or root.tag != f"{_OAI}OAI-PMH" or not page.body.rstrip().endswith(b"</OAI-PMH>"):
        raise SourceChanged(f"{place(page)} is not a whole OAI-PMH answer; ask again, or open it and look")
    for error in root.iterfind(f"{_OAI}error"):
        if error.get("code") != _NOTHING_NEW:
            raise SourceChanged(f"{place(page)} was refused: {error.get('code')} {words(error)}; mend the request")
    return root, list(root.iterfind(f"{_OAI}ListRecords/{_OAI}record"))


def items_of(page: Page, source: str, trouble: Trouble) -> Iterator[Item]:
    """Papers of an answer; withdrawn records, which have only a header, are skipped."""
    for record in records_in(page)[1]:
        header = record.find(f"{_OAI}header")
        if header is not None and header.get("status") == "deleted":
            trouble.expected("a record that was deleted")
            continue
        try:
            yield item_of(record, source, page.capture_sha256, trouble)
        except ValueError as unreadable:
            trouble.record_unreadable(words(record.find(f"{_OAI}header/{_OAI}identifier")), unreadable)


def item_of(record: etree._Element, source: str, sha256: str, trouble: Trouble) -> Item:
    """One paper under the id that the feed gives it too. Raises Unreadable without id or title."""
    held = record.find(f"{_OAI}metadata/{_RECORD}arXiv")
    if held is None:
        raise Unreadable("metadata: no arXiv record")
    fields = {str(child.tag).removeprefix(_RECORD): child for child in held if isinstance(child.tag, str)}
    trouble.unknown(sorted(fields.keys() - _KNOWN))
    source_id, title = words(fields.get("id")), line(words(fields.get("title")))
    if not _ID.fullmatch(source_id) or not title:
        raise Unreadable(f"id, title: {source_id[:40]!r} {title[:40]!r} do not name a paper")
    return Item(
        source=source,
        source_id=source_id,
        kind="publication",
        title=title,
        text=without_mail(words(fields.get("abstract"))),
        url=f"https://arxiv.org/abs/{source_id}",
        language="en",
        published_on=day(words(fields.get("created"))),
        people=tuple(Person(name=name) for author in held.iterfind(f".//{_RECORD}author") if (name := _name(author))),
        codes=tuple(f"arxiv:{tag}" for tag in words(fields.get("categories")).split() if _CATEGORY.fullmatch(tag)),
        publication=Publication(
            doi=doi_in(words(fields.get("doi"))), venue=line(words(fields.get("journal-ref")), 200) or None
        ),
        capture_sha256=sha256,
    )


def _name(author: etree._Element) -> str:
    parts = (words(author.find(f"{_RECORD}{name}")) for name in ("forenames", "keyname", "suffix"))
    return line(" ".join(part for part in parts if part), 200)
