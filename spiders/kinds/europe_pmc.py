"""Europe PMC's search: windows over its update date, subjects in title and abstract, cursor paging (SOURCES L2)."""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, unquote, urlencode

from spiders.kinds.rows import Row, read_value
from spiders.kinds.subjects import subjects_of
from spiders.kinds.trouble import Trouble, place
from spiders.kinds.window import recent_years, window
from spiders.page import Ask, Note, Page, Plan
from spiders.source import Source
from terms.errors import SourceChanged
from terms.item import Item

_CURSOR = re.compile(r"(?<=[?&]cursorMark=)[^&#]*")
_MOST_SUBJECTS = 40


class EuropePmcSource(Source, abstract=True):
    """A part of Europe PMC. Subclasses say which (`part`), what to look for by default, and how a record is read."""

    search_url = "https://www.ebi.ac.uk/europepmc/webservices/rest/search"
    part: str
    subjects: tuple[str, ...]
    most_hits = 60_000

    def start(self, plan: Plan) -> Iterable[Ask]:
        """One search for all subjects, in what was updated since the cursor and published in the last years."""
        first, last = window(plan, first_days=7, overlap_days=3)
        phrases = " OR ".join(f'"{phrase}"' for phrase in subjects_of(plan.focus, self.subjects, _MOST_SUBJECTS))
        published = f"FIRST_PDATE:[{recent_years(plan)}-01-01 TO {plan.now.year + 1}-12-31]"
        query = f"{self.part} AND TITLE_ABS:({phrases}) AND UPDATE_DATE:[{first} TO {last}] AND {published}"
        asked = {"query": query, "resultType": "core", "format": "json", "pageSize": "200", "cursorMark": "*"}
        return (Ask(f"{self.search_url}?{urlencode(asked, quote_via=quote)}"),)

    def follow(self, page: Page, plan: Plan) -> Iterable[Ask]:
        """The next page, until the cursor no longer moves. Raises SourceChanged where far too much was found."""
        answer, rows = answer_of(page)
        if (self.total(page) or 0) > self.most_hits:
            raise SourceChanged(
                f"{place(page)} found {self.total(page)} records: narrow the focus, or it was not understood"
            )
        mark, sent = answer.get("nextCursorMark"), _CURSOR.search(page.url)
        if not rows or not isinstance(mark, str) or not sent or mark == unquote(sent[0]):
            return ()
        return (Ask(page.url[: sent.start()] + quote(mark, safe="") + page.url[sent.end() :]),)

    def total(self, page: Page) -> int | None:
        """What the search says there is."""
        hits = answer_of(page)[0].get("hitCount")
        return hits if isinstance(hits, int) else None

    def rows(self, page: Page) -> frozenset[str] | None:
        """Every record, an id being unique only within its source."""
        return frozenset(map(record_name, answer_of(page)[1]))

    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[Item]:
        """Items of a page of the search, in its lite or core form."""
        trouble = Trouble(self.name, page, note)
        _, rows = answer_of(page)
        for row in rows:
            try:
                yield self.item_of(row, page.capture_sha256, trouble)
            except ValueError as unreadable:
                trouble.record_unreadable(record_name(row), unreadable)
        trouble.close()
        if rows and trouble.unreadable == len(rows):
            raise SourceChanged(
                f"Not one record of {place(page)} could be read; ask for resultType=core and compare one"
            )

    def item_of(self, found: object, sha256: str, trouble: Trouble) -> Item:
        """One record as an item. Raises Unreadable that names the field."""
        raise NotImplementedError


def answer_of(page: Page) -> tuple[Row, list[Any]]:
    """The answer and its records; a bare list is records alone. Raises SourceChanged where it is neither."""
    answer = read_value(page)
    if isinstance(answer, list):
        return {}, answer
    found = answer.get("resultList") if isinstance(answer, dict) else None
    rows = found.get("result") if isinstance(found, dict) else None
    if not isinstance(answer, dict) or not isinstance(rows, list) or not isinstance(answer.get("hitCount"), int):
        said = answer.get("errMsg") if isinstance(answer, dict) else None
        raise SourceChanged(
            f"{place(page)} has no hitCount and resultList.result{f': {said}' if said else ''}; compare it"
        )
    return answer, rows


def record_name(found: object) -> str:
    """Source and id, which are only together unique."""
    return f"{found.get('source')}/{found.get('id')}" if isinstance(found, dict) else type(found).__name__
