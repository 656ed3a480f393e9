"""EU Funding & Tenders portal: grant topics and cascade calls, from its search and from its file grantsTenders.json."""

import json
import math
import re
from collections.abc import Iterable, Iterator

from spiders.kinds import portal_file, portal_search
from spiders.kinds.multipart import json_parts
from spiders.kinds.rows import Row, read_json
from spiders.kinds.trouble import Trouble
from spiders.page import Ask, Note, Page, Plan
from spiders.source import Source
from terms.errors import SourceChanged
from terms.item import Item

_PAGE_NUMBER = re.compile(r"(?<=[?&]pageNumber=)\d{1,4}")
_DEEPEST = 10_000


class EuFunding(Source):
    """Calls of the European Commission and its agencies, open and forthcoming; the search knows no updated-since."""

    title = "EU Funding & Tenders Portal"
    publisher = "European Commission"
    home = "https://ec.europa.eu/info/funding-tenders/opportunities/portal/"
    licence = "CC BY 4.0"
    terms = "https://commission.europa.eu/legal-notice_en"
    attribution = "© European Union, EU Funding & Tenders Portal, CC BY 4.0"
    kind = "call"
    every = 24
    expect = (400, 4_000)
    rate = 2.0
    resumes = 0
    raw_label = "grants_tenders"
    recorded_as = ("sedia_search", "eu_grantsTenders")
    unproven = "whole pages of the search: only excerpts were at hand; paging and the stated order"
    search_url = (
        "https://api.tech.ec.europa.eu/search-api/prod/rest/search?apiKey=SEDIA&text=***&pageSize=100&pageNumber=1"
    )
    types = ("1", "2", "8")
    statuses = ("31094501", "31094502")

    def start(self, plan: Plan) -> Iterable[Ask]:
        """The first page of the search."""
        return (self.ask(self.search_url),)

    def ask(self, url: str) -> Ask:
        """A page of the search. Its order is stated, since unordered pages repeat rows and lose others."""
        wanted = [{"terms": {"type": self.types}}, {"terms": {"status": self.statuses}}]
        order = {"field": "identifier", "order": "ASC"}
        content_type, body = json_parts(query={"bool": {"must": wanted}}, languages=["en"], sort=order)
        return Ask(url, method="POST", body=body, headers={"Content-Type": content_type, "Accept": "application/json"})

    def follow(self, page: Page, plan: Plan) -> Iterable[Ask]:
        """From the first page all the others."""
        if page.label != "page" or not _PAGE_NUMBER.search(page.url):
            return ()
        answer = read_json(page)
        size, total, number = (answer.get(name) for name in ("pageSize", "totalResults", "pageNumber"))
        if not isinstance(size, int) or not isinstance(total, int) or size < 1 or number != 1:
            return ()
        last = math.ceil(min(total, _DEEPEST) / size)
        return (self.ask(_PAGE_NUMBER.sub(str(further), page.url)) for further in range(2, last + 1))

    def total(self, page: Page) -> int | None:
        """What the search says there is; the file does not say."""
        total = read_json(page).get("totalResults") if page.label == "page" else None
        return total if isinstance(total, int) else None

    def rows(self, page: Page) -> frozenset[str] | None:
        """Every row of the search, legacy ones and stubs too: the search counts them, though they make no item."""
        found = read_json(page).get("results")
        return (
            frozenset(map(portal_search.row_name, found)) if page.label == "page" and isinstance(found, list) else None
        )

    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[Item]:
        """Items of a page of the search or of the file, told apart by their content."""
        answer = read_json(page)
        trouble = Trouble(self.name, page, note)
        if answer.get("warnings"):
            trouble.note("The search answered with warnings", warnings=json.dumps(answer["warnings"]))
        rows, is_search = rows_of(answer, page)
        current = {portal_search.current_identifier(row) for row in rows} if is_search else set()
        for row in rows:
            try:
                if is_search:
                    item = portal_search.item_of(row, current, self.name, page.capture_sha256, trouble)
                else:
                    item = portal_file.item_of(row, self.name, page.capture_sha256, trouble)
            except ValueError as unreadable:
                trouble.record_unreadable(named(row), unreadable)
                continue
            if item:
                yield item
        trouble.close()
        if rows and trouble.unreadable == len(rows):
            raise SourceChanged(
                f"Not one record of {page.url} could be read; compare one with what kinds/portal_*.py read"
            )


def rows_of(answer: Row, page: Page) -> tuple[list[object], bool]:
    """The records of an answer, and whether it is the search's. Raises SourceChanged where it is neither shape."""
    found, file = answer.get("results"), answer.get("fundingData")
    if isinstance(found, list):
        if isinstance(total := answer.get("totalResults"), int) and total > _DEEPEST:
            raise SourceChanged(f"{page.url} found {total} rows: it ignored the query; look at how the body is sent")
        return found, True
    objects = file.get("GrantTenderObj") if isinstance(file, dict) else None
    if isinstance(objects, list):
        return objects, False
    raise SourceChanged(f"{page.url} has neither results nor fundingData.GrantTenderObj; look at what changed")


def named(row: object) -> str:
    """A record's name for an incident."""
    return str(row.get("reference") or row.get("identifier") or "") if isinstance(row, dict) else type(row).__name__
