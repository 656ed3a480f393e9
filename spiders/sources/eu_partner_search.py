"""EU Funding & Tenders portal: announcements of organisations that seek or offer a place in a consortium."""

import math
import re
from collections.abc import Iterable, Iterator

from spiders.kinds.multipart import json_parts
from spiders.kinds.portal_announcement import announcement_of
from spiders.kinds.portal_search import row_name
from spiders.kinds.rows import read_json, take_list
from spiders.kinds.trouble import Trouble
from spiders.page import Ask, Note, Page, Plan
from spiders.source import Source
from terms.errors import SourceChanged
from terms.organisation import Announcement

_PAGE_NUMBER = re.compile(r"(?<=[?&]pageNumber=)\d{1,4}")
_DEEPEST = 10_000


class EuPartnerSearch(Source):
    """Announcements only: the rows of persons and organisations in the same index are never asked for."""

    title = "EU Funding & Tenders Portal, partner search"
    publisher = "European Commission"
    home = "https://ec.europa.eu/info/funding-tenders/opportunities/portal/screen/how-to-participate/partner-search"
    licence = "CC BY 4.0"
    terms = "https://commission.europa.eu/legal-notice_en"
    attribution = "© European Union, EU Funding & Tenders Portal, CC BY 4.0"
    kind = "announcement"
    every = 168
    expect = (100, 10_000)
    rate = 2.0
    resumes = 0
    unproven = "everything: no answer of this index was at hand; its fields are those that a client of it reads"
    search_url = (
        "https://api.tech.ec.europa.eu/search-api/prod/rest/search"
        "?apiKey=SEDIA_PERSON&text=***&pageSize=100&pageNumber=1"
    )

    def start(self, plan: Plan) -> Iterable[Ask]:
        """The first page of all announcements."""
        return (self.ask(self.search_url),)

    def ask(self, url: str) -> Ask:
        """A page of the search, in a stated order, since unordered pages repeat rows and lose others."""
        wanted = {"bool": {"must": [{"terms": {"type": ["ANNOUNCEMENT"]}}]}}
        order = {"field": "topic", "order": "ASC"}
        content_type, body = json_parts(query=wanted, languages=["en"], sort=order)
        return Ask(url, method="POST", body=body, headers={"Content-Type": content_type, "Accept": "application/json"})

    def follow(self, page: Page, plan: Plan) -> Iterable[Ask]:
        """From the first page all the others."""
        answer = read_json(page)
        size, total, number = (answer.get(name) for name in ("pageSize", "totalResults", "pageNumber"))
        if not isinstance(size, int) or not isinstance(total, int) or size < 1 or number != 1:
            return ()
        last = math.ceil(min(total, _DEEPEST) / size)
        return (self.ask(_PAGE_NUMBER.sub(str(further), page.url)) for further in range(2, last + 1))

    def total(self, page: Page) -> int | None:
        """What the search says there is."""
        total = read_json(page).get("totalResults")
        return total if isinstance(total, int) else None

    def rows(self, page: Page) -> frozenset[str] | None:
        """Every row of a page, also those that make no announcement."""
        return frozenset(map(row_name, take_list(read_json(page), "results")))

    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[Announcement]:
        """Announcements of one page of the search."""
        answer = read_json(page)
        if "results" not in answer:
            raise SourceChanged(f"{page.url} has no results; look at what the search answers")
        if isinstance(total := answer.get("totalResults"), int) and total > _DEEPEST:
            raise SourceChanged(f"{page.url} found {total} rows: it ignored the query; look at how the body is sent")
        trouble, rows = Trouble(self.name, page, note), take_list(answer, "results")
        for row in rows:
            try:
                yield announcement_of(row, self.name, page.capture_sha256, trouble)
            except ValueError as unreadable:
                trouble.record_unreadable(row_name(row), unreadable)
        trouble.close()
        if rows and trouble.unreadable == len(rows):
            raise SourceChanged(f"Not one row of {page.url} could be read; compare with kinds/portal_announcement.py")
