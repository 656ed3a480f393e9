"""Doffin, Norway's public procurement: research and IT, below the EU threshold too."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from urllib.parse import urlencode

from spiders.kinds import doffin_hit
from spiders.kinds.dates import day
from spiders.kinds.rows import Row, read_json
from spiders.kinds.trouble import Trouble
from spiders.kinds.window import window
from spiders.page import Ask, Note, Page, Plan
from spiders.source import Source
from terms.errors import SourceChanged
from terms.item import Item

FIRST_DAYS, OVERLAP_DAYS = 30, 10
OUT_OF_REACH = "More notices are active than Doffin shows; the oldest of the days asked for are out of reach"
_PAGE_NUMBER = re.compile(r"(?<=[?&]page=)\d{1,4}")


class Doffin(Source):
    """Active notices, newest first, back to those of the last crawl. A correction is a new notice, not a change."""

    title = "Doffin, Norwegian public procurement"
    publisher = "Direktoratet for forvaltning og økonomistyring (DFØ)"
    home = "https://www.doffin.no/"
    licence = "NLOD 2.0 (as far as we know)"
    terms = "https://data.norge.no/nlod/no/2.0"
    attribution = "Inneholder data under NLOD 2.0 fra DFØ (Doffin)"
    kind = "call"
    every = 24
    expect = (0, 1_000)
    rate = 1.0
    resumes = 0
    needs_keys = ("doffin_key",)
    unproven = "No real answer was at hand, and that its data are under NLOD 2.0 is not confirmed."
    search_url = "https://api.doffin.no/public/v2/search"
    classes = ("72", "73")
    page_size = 100

    def start(self, plan: Plan) -> Iterable[Ask]:
        """The first page; pages count from 1."""
        return (self.ask(1, plan),)

    def ask(self, number: int, plan: Plan) -> Ask:
        """A page of the search. Classes are chosen here: Doffin ignores parameters it does not know, in silence."""
        order = "PUBLICATION_DATE_DESC"
        asked = {"status": "ACTIVE", "numHitsPerPage": self.page_size, "page": number, "sortBy": order}
        headers = {"Ocp-Apim-Subscription-Key": plan.keys["doffin_key"], "Accept": "application/json"}
        return Ask(f"{self.search_url}?{urlencode(asked)}", headers=headers)

    def follow(self, page: Page, plan: Plan) -> Iterable[Ask]:
        """The next page, as long as this one is within reach and not older than what was read before."""
        answer, number = read_json(page), _PAGE_NUMBER.search(page.url)
        accessible, oldest = answer.get("numHitsAccessible"), min(days_of(answer), default=None)
        if number is None or oldest is None or not isinstance(accessible, int):
            return ()
        is_last = int(number[0]) * self.page_size >= accessible or oldest < window(plan, FIRST_DAYS, OVERLAP_DAYS)[0]
        return () if is_last else (self.ask(int(number[0]) + 1, plan),)

    def cursor(self, page: Page) -> str | None:
        """The newest publication date of the page, as YYYY-MM-DD."""
        return max((on.isoformat() for on in days_of(read_json(page))), default=None)

    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[Item]:
        """Items of a page. Raises SourceChanged where there are no hits to read, such as for an error."""
        answer, trouble = read_json(page), Trouble(self.name, page, note)
        hits = answer.get("hits")
        if not isinstance(hits, list):
            raise SourceChanged(
                f"{page.url} answered without hits: {str(answer)[:100]}; compare with the documentation"
            )
        for hit in hits:
            try:
                if item := doffin_hit.item_of(hit, self.classes, self.name, page.capture_sha256, trouble):
                    yield item
            except ValueError as unreadable:
                trouble.record_unreadable(str(hit.get("id") if isinstance(hit, dict) else hit), unreadable)
        self.check_reach(answer, page, plan, trouble)
        trouble.close()
        if hits and trouble.unreadable == len(hits):
            raise SourceChanged(f"Not one notice of {page.url} could be read; compare one with kinds/doffin_hit.py")

    def check_reach(self, answer: Row, page: Page, plan: Plan, trouble: Trouble) -> None:
        """Say so where the last page that Doffin shows is still newer than what was asked for."""
        total, accessible = answer.get("numHitsTotal"), answer.get("numHitsAccessible")
        number, oldest = _PAGE_NUMBER.search(page.url), min(days_of(answer), default=None)
        if number is None or oldest is None or not isinstance(total, int) or not isinstance(accessible, int):
            return
        is_end = int(number[0]) * self.page_size >= accessible and accessible < total
        if is_end and oldest >= window(plan, FIRST_DAYS, OVERLAP_DAYS)[0]:
            trouble.note(OUT_OF_REACH, total=str(total), shown=str(accessible), oldest=oldest.isoformat())


def days_of(answer: Row) -> list[date]:
    """The publication dates of a page."""
    hits = answer.get("hits")
    rows = [hit for hit in hits if isinstance(hit, dict)] if isinstance(hits, list) else []
    told = (row.get("publicationDate") for row in rows)
    return [on for text in told if isinstance(text, str) and (on := day(text))]
