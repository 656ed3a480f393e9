"""EPO European Publication Server: each week's list, then the applications (A1, A2) whose classes are in focus."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from spiders.kinds import ep_document
from spiders.kinds.trouble import Trouble
from spiders.kinds.xml import read_xml, without_element
from spiders.page import Ask, Note, Page, Plan
from spiders.source import Source
from terms.errors import SourceChanged
from terms.item import Item

MENDED = "a document that is not well-formed"
_DATE = re.compile(rb"/publication-dates/(\d{8})/patents")
_NUMBER = re.compile(rb"/patents/(EP\d{7}NW[A-Z]\d)\b")
_APPLICATIONS = ("A1", "A2")


class Epo(Source):
    """Patent applications as published each Wednesday. There is no search: the week is read and filtered here."""

    title = "EPO European Publication Server"
    publisher = "European Patent Office"
    home = "https://data.epo.org/publication-server/"
    licence = "EPO terms: re-use with the source named, no raw bulk redistribution"
    terms = "https://www.epo.org/en/service-support/ordering/terms-and-conditions"
    attribution = "Source: European Patent Office, European Publication Server"
    kind = "patent"
    every = 24
    expect = (0, 6_000)
    rate = 0.5
    resumes = 168
    raw_label = "document"
    recorded_as = ("epo_publication_server",)
    unproven = "the lists of dates and documents: of these no real page was at hand"
    server = "https://data.epo.org/publication-server/rest/v1.2"

    def start(self, plan: Plan) -> Iterable[Ask]:
        """The dates for which there are lists."""
        return (Ask(f"{self.server}/publication-dates", label="dates"),)

    def follow(self, page: Page, plan: Plan) -> Iterable[Ask]:
        """Dates lead to the lists newer than the cursor, the first time only to the newest; lists to applications."""
        if page.label == "dates":
            dates = dates_in(page)
            wanted = [on for on in dates if on > plan.since] if plan.since else dates[-1:]
            for on in wanted:
                yield Ask(f"{self.server}/publication-dates/{on.replace('-', '')}/patents", label="patents")
        elif page.label == "patents":
            for number in dict.fromkeys(found.decode() for found in _NUMBER.findall(page.body)):
                if number.endswith(_APPLICATIONS):
                    yield Ask(f"{self.server}/patents/{number}/document.xml", label="document")

    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[Item]:
        """The patent of a document, if one of its classes is in focus. Lists hold no items, but must be lists."""
        if page.label == "dates":
            dates_in(page)
        elif page.label == "patents":
            if not _NUMBER.search(page.body):
                raise SourceChanged(f"{page.url} lists no document; open it and look at its links")
        else:
            yield from self.document(page, note, plan)

    def document(self, page: Page, note: Note, plan: Plan) -> Iterator[Item]:
        """The item of one document, without its description, which is most of its bytes."""
        if b"<ep-patent-document" not in page.body:
            raise SourceChanged(f"{page.url} is not an ep-patent-document; open it and look")
        trouble = Trouble(self.name, page, note)
        root, is_mended = read_xml(without_element(page.body, b"description"))
        if root is None or root.tag != "ep-patent-document":
            # One bad document among thousands must not hold up the cursor for ever.
            trouble.record_unreadable(page.url, ValueError("the XML cannot be read, or declares entities"))
            return
        if is_mended:
            trouble.expected(MENDED)
        try:
            item = ep_document.item_of(root, self.name, page.capture_sha256, trouble)
            if ep_document.is_in_focus(item, plan.focus.cpc):
                yield item
            else:
                trouble.expected("no class in focus")
        except ValueError as unreadable:
            trouble.record_unreadable(root.get("id", ""), unreadable)
        trouble.close()

    def cursor(self, page: Page) -> str | None:
        """The newest publication date of which the answer speaks, as YYYY-MM-DD."""
        if page.label == "dates":
            return dates_in(page)[-1]
        listed = _DATE.search(page.url.encode()) if page.label == "patents" else None
        return iso(listed[1]) if listed else None


def dates_in(page: Page) -> list[str]:
    """Publication dates of the list, oldest first, as YYYY-MM-DD. Raises SourceChanged where there are none."""
    dates = sorted({on for found in _DATE.findall(page.body) if (on := iso(found))})
    if not dates:
        raise SourceChanged(f"{page.url} lists no publication date; open it and look at its links")
    return dates


def iso(digits: bytes) -> str | None:
    """YYYY-MM-DD of YYYYMMDD; None where there is no such day."""
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).isoformat()
    except ValueError:
        return None
