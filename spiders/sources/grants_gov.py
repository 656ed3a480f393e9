"""grants.gov: federal grants of the United States that small businesses may apply for."""

import json
from collections.abc import Iterable, Iterator

from spiders.kinds import grant_opportunity
from spiders.kinds.rows import Row, read_json
from spiders.kinds.trouble import Trouble
from spiders.kinds.window import window
from spiders.page import Ask, Note, Page, Plan
from spiders.source import Source
from terms.errors import SourceChanged
from terms.item import Item

FIRST_DAYS, OVERLAP_DAYS = 56, 3
_RANGES = (3, 7, 14, 21, 28, 35, 42, 49, 56)


class GrantsGov(Source):
    """The search knows days since posting, no updated-since. Each row counts; the synopsis adds what it is about."""

    title = "grants.gov"
    publisher = "U.S. Department of Health and Human Services"
    home = "https://www.grants.gov/"
    licence = "US public domain"
    terms = "https://www.grants.gov/privacy"
    attribution = "Source: grants.gov"
    kind = "call"
    every = 24
    expect = (0, 2_000)
    rate = 1.0
    resumes = 0
    recorded_as = ("grants_gov",)
    unproven = "A forecast's own page, and an error under status 200: only a search and one synopsis were at hand."
    search_url = "https://api.grants.gov/v1/api/search2"
    detail_url = "https://api.grants.gov/v1/api/fetchOpportunity"
    eligibilities = "23"
    page_size = 100

    def start(self, plan: Plan) -> Iterable[Ask]:
        """The first page of what was posted since the cursor."""
        return (self.page_from(0, plan),)

    def page_from(self, first: int, plan: Plan) -> Ask:
        """A page of the search, in the shortest of its ranges of days that reaches back far enough."""
        since, today = window(plan, FIRST_DAYS, OVERLAP_DAYS)
        days = next((span for span in _RANGES if span >= (today - since).days), _RANGES[-1])
        asked = {"eligibilities": self.eligibilities, "oppStatuses": "forecasted|posted", "rows": self.page_size}
        return _post(self.search_url, {**asked, "startRecordNum": first, "dateRange": str(days)}, "page")

    def follow(self, page: Page, plan: Plan) -> Iterable[Ask]:
        """From a page of the search the next one, and the opportunities that have a synopsis."""
        answer = told(page)
        hits, first, total = (answer.get(name) for name in ("oppHits", "startRecord", "hitCount"))
        if not isinstance(hits, list):
            return
        if isinstance(first, int) and isinstance(total, int) and hits and first + len(hits) < total:
            yield self.page_from(first + len(hits), plan)
        for hit in hits:
            number = hit.get("id") if isinstance(hit, dict) and hit.get("docType") == "synopsis" else None
            if isinstance(number, str) and number.isdecimal():
                yield _post(self.detail_url, {"opportunityId": int(number)}, "opportunity")

    def total(self, page: Page) -> int | None:
        """What the search says there is."""
        total = told(page).get("hitCount")
        return total if isinstance(total, int) else None

    def rows(self, page: Page) -> frozenset[str] | None:
        """The rows of the search; a synopsis is one of them again."""
        hits = told(page).get("oppHits")
        return (
            frozenset(str(hit.get("id")) for hit in hits if isinstance(hit, dict)) if isinstance(hits, list) else None
        )

    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[Item]:
        """Items of a page of the search, or of one opportunity; told apart by their content."""
        answer, trouble = told(page), Trouble(self.name, page, note)
        hits = answer.get("oppHits")
        rows = hits if isinstance(hits, list) else [answer]
        read = grant_opportunity.of_hit if isinstance(hits, list) else grant_opportunity.of_detail
        if not isinstance(hits, list) and "opportunityTitle" not in answer:
            raise SourceChanged(f"{page.url} has neither oppHits nor an opportunity; compare with the documentation")
        for row in rows:
            try:
                yield read(row, self.name, page.capture_sha256, trouble)
            except ValueError as unreadable:
                trouble.record_unreadable(str(row.get("id") if isinstance(row, dict) else row), unreadable)
        trouble.close()
        if isinstance(hits, list) and hits and trouble.unreadable == len(hits):
            raise SourceChanged(f"Not one row of {page.url} could be read; compare one with kinds/grant_opportunity.py")


def _post(url: str, asked: dict[str, object], label: str) -> Ask:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    return Ask(url, method="POST", body=json.dumps(asked).encode(), headers=headers, label=label)


def told(page: Page) -> Row:
    """What an answer is about. Raises SourceChanged for an error under status 200, and where there is nothing."""
    answer = read_json(page)
    held = answer.get("data")
    if answer.get("errorcode") != 0 or not isinstance(held, dict):
        raise SourceChanged(f"{page.url} answered with error {answer.get('errorcode')!r}: {answer.get('msg')!r}")
    return held
