"""USPTO: the weekly files of applications (Thursday) and grants (Tuesday) of its Open Data Portal. Needs a key."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from spiders.kinds import patent, us_document, us_old, us_wrapper
from spiders.kinds.ep_document import is_in_focus
from spiders.kinds.rows import Row, mapping, read_json, take_list, take_text
from spiders.kinds.trouble import Trouble, Unreadable
from spiders.kinds.us_bulk import ZIP, documents_in, read_document
from spiders.page import Ask, Note, Page, Plan
from spiders.source import Source
from terms.errors import SourceChanged
from terms.item import Item

_FIRST_REACH = timedelta(days=14)
_WEEKLY = re.compile(r"ip[ag]\d{6}(?:_r\d)?\.zip", re.I)


class Uspto(Source):
    """US applications and grants. A week is a zip of 100 to 200 MB."""

    title = "USPTO Open Data Portal"
    publisher = "United States Patent and Trademark Office"
    home = "https://data.uspto.gov/"
    licence = "US public domain"
    terms = "https://data.uspto.gov/apis/api-rate-limits"
    attribution = "Source: United States Patent and Trademark Office"
    kind = "patent"
    every = 168
    expect = (0, 20_000)
    rate = 5.0
    resumes = 168
    largest = 400_000_000
    needs_keys = ("uspto_key",)
    raw_label = "document"
    recorded_as = ("uspto_xml", "uspto_odp")
    unproven = "the list of weekly files and the zip; of the portal's search only its beta shape was at hand"
    server = "https://api.uspto.gov/api/v1/datasets/products"
    products = ("PTGRXML", "APPXML")

    def start(self, plan: Plan) -> Iterable[Ask]:
        """The lists of weekly files since the cursor; the first time of two weeks."""
        until = plan.now.date()
        since = date.fromisoformat(plan.since[:10]) + timedelta(days=1) if plan.since else until - _FIRST_REACH
        since = min(since, until)
        for product in self.products:
            asked = f"fileDataFromDate={since}&fileDataToDate={until}&includeFiles=true"
            yield Ask(f"{self.server}/{product}?{asked}", headers={"X-API-KEY": plan.keys["uspto_key"]}, label="files")

    def follow(self, page: Page, plan: Plan) -> Iterable[Ask]:
        """A list leads to its weekly files."""
        for _, url in files_in(page) if page.label == "files" else ():
            yield Ask(url, headers=page.sent, label="document")

    def is_absence(self, page: Page) -> bool:
        """No file in those days is a 404 that says so."""
        return page.status == 404 and b"No matching records found" in page.body

    def cursor(self, page: Page) -> str | None:
        """The date of the newest weekly file listed."""
        return max((on.isoformat() for on, _ in files_in(page)), default=None) if page.label == "files" else None

    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[Item]:
        """Documents whose classes are in focus: of a weekly file, of one document, or of a search of the portal."""
        if page.label == "files":
            files_in(page)
            return
        trouble = Trouble(self.name, page, note)
        is_json = page.body.lstrip()[:1] in {b"{", b"["}
        found = wrappers(page, trouble) if is_json else documents(page, trouble)
        for document in found:
            try:
                item = patent.item_of(document, self.name, page.capture_sha256)
            except ValueError as unreadable:
                trouble.record_unreadable(document.number, unreadable)
                continue
            if is_in_focus(item, plan.focus.cpc):
                yield item
            else:
                trouble.expected("no class in focus")
        trouble.close()


def files_in(page: Page) -> list[tuple[date, str]]:
    """Date and address of each weekly file of a list. Raises SourceChanged."""
    try:
        products = take_list(read_json(page), "bulkDataProductBag")
        bags = [
            mapping(mapping(product, "product").get("productFileBag", {}), "productFileBag") for product in products
        ]
        files = [mapping(file, "file") for bag in bags for file in take_list(bag, "fileDataBag")]
        named = [(file, take_text(file, "fileName")) for file in files]
        found = [weekly(file) for file, name in named if _WEEKLY.fullmatch(name)]
    except ValueError as trouble:
        raise SourceChanged(
            f"{page.url} lists its files in another shape ({trouble}); compare with SOURCES P3"
        ) from trouble
    if not products:
        raise SourceChanged(f"{page.url} lists no product; look at its name")
    return found


def weekly(file: Row) -> tuple[date, str]:
    """Date and address of one weekly file. Raises Unreadable."""
    on, url = take_text(file, "fileDataToDate")[:10], take_text(file, "fileDownloadURI")
    if not url.startswith("https://"):
        raise Unreadable("fileDownloadURI: no https address")
    return date.fromisoformat(on), url


def wrappers(page: Page, trouble: Trouble) -> Iterator[patent.Document]:
    """Applications of the portal's search. Raises SourceChanged where an answer holds none."""
    answer = read_json(page)
    rows = us_wrapper.rows_of(answer)
    if rows is None:
        raise SourceChanged(f"{page.url} holds {', '.join(sorted(answer)[:5])}, no applications; ask the search")
    for row in rows:
        unknown: list[str] = []
        try:
            yield us_wrapper.document_of(row, unknown)
            trouble.unknown(unknown)
        except ValueError as unreadable:
            name = row.get("applicationNumberText", "") if isinstance(row, dict) else ""
            trouble.record_unreadable(str(name), unreadable)


def documents(page: Page, trouble: Trouble) -> Iterator[patent.Document]:
    """Documents of a weekly file. Raises SourceChanged where it is none."""
    start = page.body[:4096].lstrip()
    if not start.startswith((ZIP, b"<", b"\xef\xbb\xbf<", b"PATN", b"HHHHHT")):
        raise SourceChanged(f"{page.url} is neither XML, nor APS text, nor a zip of them; open it")
    if re.search(rb"<html[\s>]", start, re.I):
        raise SourceChanged(f"{page.url} is a web page; log in again, or look where the file has gone")
    for body in documents_in(page.body):
        try:
            if document := document_in(body, trouble):
                yield document
        except ValueError as unreadable:
            trouble.record_unreadable(body[:200].decode("latin-1"), unreadable)


def document_in(body: bytes, trouble: Trouble) -> patent.Document | None:
    """One document in any of the four formats; None for what is no document of its own."""
    if body.startswith(b"HHHHHT"):
        return None  # the head line of a text file
    if body.lstrip().startswith(b"PATN"):
        return us_old.grant_in_text(body)
    root = read_document(body)
    name = "" if root is None else str(root.tag)
    if root is None or name == "sequence-cwu":
        trouble.expected("a list of gene sequences")
        return None
    if name in us_document.ROOTS:
        trouble.unknown(us_document.unknown_fields(root))
        return us_document.document_of(root)
    if name == "patent-application-publication":
        return us_old.application_of_2001(root)
    if name == "PATDOC":
        return us_old.grant_of_2001(root)
    raise Unreadable(f"{name}: not a document of the USPTO that we know")
