"""TED, the European Union's public procurement: research and IT that Nordic buyers ask for."""

import json
from collections.abc import Iterable, Iterator

from spiders.kinds import ted_notice
from spiders.kinds.dates import day
from spiders.kinds.rows import read_json
from spiders.kinds.trouble import Trouble
from spiders.kinds.window import window
from spiders.page import Ask, Note, Page, Plan
from spiders.source import Source
from terms.errors import SourceChanged
from terms.item import Item

FIRST_DAYS, OVERLAP_DAYS = 120, 5


class Ted(Source):
    """Notices of the last days by class (CPV) and the buyer's country. A procedure is one item."""

    title = "TED, Tenders Electronic Daily"
    publisher = "Publications Office of the European Union"
    home = "https://ted.europa.eu/"
    licence = "CC BY 4.0"
    terms = "https://ted.europa.eu/en/legal-notice"
    attribution = "© European Union, TED, ted.europa.eu, CC BY 4.0"
    kind = "call"
    every = 24
    expect = (0, 12_000)
    rate = 1.0
    recorded_as = ("ted_search",)
    unproven = "Iteration, lots, deadlines with a clock and amounts: only two trimmed notices were at hand."
    search_url = "https://api.ted.europa.eu/v3/notices/search"
    classes = ("73000000", "72000000")
    countries = ("NOR", "SWE", "DNK", "FIN")
    page_size = 250

    def start(self, plan: Plan) -> Iterable[Ask]:
        """The first page."""
        return (self.ask(plan),)

    def ask(self, plan: Plan, token: str | None = None) -> Ask:
        """A page of the search, oldest first so that the newest notice of a procedure is the one that stays.

        Sorted by number, since sorting by date loses notices; a `sortField` would be refused.
        """
        since, _ = window(plan, FIRST_DAYS, OVERLAP_DAYS)
        wanted = {
            "query": f"PD>={since:%Y%m%d} AND classification-cpv IN ({' '.join(self.classes)})"
            f" AND buyer-country IN ({' '.join(self.countries)}) SORT BY publication-number ASC",
            "fields": ted_notice.FIELDS,
            "limit": self.page_size,
            "scope": "ACTIVE",
            "paginationMode": "ITERATION",
            "onlyLatestVersions": True,
        }
        body = json.dumps(wanted | ({"iterationNextToken": token} if token else {})).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        return Ask(self.search_url, method="POST", body=body, headers=headers)

    def follow(self, page: Page, plan: Plan) -> Iterable[Ask]:
        """The next page. The search gives a token even behind the last notice: an empty page is the end."""
        answer = read_json(page)
        token = answer.get("iterationNextToken")
        return (self.ask(plan, token),) if answer.get("notices") and isinstance(token, str) and token else ()

    def total(self, page: Page) -> int | None:
        """All notices that the query finds, those that are no call too."""
        total = read_json(page).get("totalNoticeCount")
        return total if isinstance(total, int) else None

    def rows(self, page: Page) -> frozenset[str] | None:
        """Publication numbers: the search counts notices, not procedures."""
        return frozenset(str(row.get("publication-number")) for row in self.notices(page) if isinstance(row, dict))

    def cursor(self, page: Page) -> str | None:
        """The newest publication date of the page, as YYYY-MM-DD."""
        told = (row.get("publication-date") for row in self.notices(page) if isinstance(row, dict))
        return max((on.isoformat() for text in told if isinstance(text, str) and (on := day(text))), default=None)

    def notices(self, page: Page) -> list[object]:
        """The notices of an answer. Raises SourceChanged where it has none, or says that it is not whole."""
        answer = read_json(page)
        found = answer.get("notices")
        if not isinstance(found, list) or answer.get("timedOut"):
            why = "timed out before it was whole" if answer.get("timedOut") else "has no list of notices"
            raise SourceChanged(f"{page.url} {why}; ask again, and compare with the documentation")
        return found

    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[Item]:
        """Items of a page of the search."""
        rows, trouble = self.notices(page), Trouble(self.name, page, note)
        self.check_query(rows, page, plan)
        for row in rows:
            try:
                if item := ted_notice.item_of(row, self.name, page.capture_sha256, trouble):
                    yield item
            except ValueError as unreadable:
                trouble.record_unreadable(
                    str(row.get("publication-number") if isinstance(row, dict) else row), unreadable
                )
        trouble.close()
        if rows and trouble.unreadable == len(rows):
            raise SourceChanged(f"Not one notice of {page.url} could be read; compare one with kinds/ted_notice.py")

    def check_query(self, rows: list[object], page: Page, plan: Plan) -> None:
        """Raise SourceChanged where our own question was not heeded: a query that is not understood gives 200 too."""
        if page.url != self.search_url or not rows:
            return
        since, _ = window(plan, FIRST_DAYS, OVERLAP_DAYS)
        told = [row for row in rows if isinstance(row, dict)]
        days = [on for row in told if isinstance(text := row.get("publication-date"), str) and (on := day(text))]
        places = [set(map(str, codes)) for row in told if isinstance(codes := row.get("buyer-country"), list) and codes]
        is_old = bool(days) and max(days) < since
        is_elsewhere = bool(places) and not any(place & set(self.countries) for place in places)
        if is_old or is_elsewhere:
            raise SourceChanged(
                f"{page.url} answered with notices that were not asked for; look at the query in ted.py"
            )
