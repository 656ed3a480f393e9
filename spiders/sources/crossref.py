"""Crossref: journal articles of every publisher, as they are registered."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, urlencode

from spiders.kinds import crossref_work
from spiders.kinds.rows import read_json
from spiders.kinds.subjects import subjects_of
from spiders.kinds.trouble import Trouble, place
from spiders.kinds.window import recent_years, window
from spiders.page import Ask, Note, Page, Plan
from spiders.source import Source
from terms.errors import SourceChanged
from terms.item import Item

_OFFSET = re.compile(r"(?<=[?&]offset=)\d{1,5}")


class Crossref(Source):
    """Articles with an abstract that were indexed since the cursor: per subject of the focus the most relevant 400.

    Crossref looks for any of the words and ranks, so the whole answer would be the whole world. Pages are asked for by
    offset, not by its cursor: that stays the same from page to page, so a page that must be fetched again is lost.
    The subjects are those of `kinds/subjects.py`, else `subjects`; articles older than two years are left out, since
    citations alone index them anew. Our address is in the User-Agent, which opens the polite pool.
    """

    title = "Crossref"
    publisher = "Crossref"
    home = "https://www.crossref.org/"
    licence = "metadata are facts without rights; abstracts are their publishers'"
    terms = "https://www.crossref.org/documentation/retrieve-metadata/rest-api/"
    attribution = "Metadata from Crossref"
    kind = "publication"
    every = 24
    expect = (1, 10_000)
    rate = 1.0
    resumes = 0
    unproven = "The query with these filters together; works are proven on recorded answers."
    search_url = "https://api.crossref.org/works"
    subjects = ("industrial robot", "hydrogen storage", "aquaculture", "food packaging", "condition monitoring")
    rows_a_page = 200
    most_a_subject = 400
    fields = (
        "DOI,title,subtitle,abstract,author,container-title,published,published-online,published-print,issued,posted,"
        "deposited,type,publisher,funder"
    )

    def start(self, plan: Plan) -> Iterable[Ask]:
        """The first page of each subject."""
        first, _ = window(plan, first_days=7, overlap_days=3)
        filters = f"type:journal-article,has-abstract:true,from-index-date:{first},from-pub-date:{recent_years(plan)}"
        for phrase in subjects_of(plan.focus, self.subjects, at_most=20):
            asked = {"query.bibliographic": phrase, "filter": filters, "select": self.fields}
            paged = {**asked, "rows": self.rows_a_page, "offset": 0}
            yield Ask(f"{self.search_url}?{urlencode(paged, quote_via=quote)}")

    def follow(self, page: Page, plan: Plan) -> Iterable[Ask]:
        """The next page, until there are no more or enough."""
        sent = _OFFSET.search(page.url)
        following = int(sent[0]) + self.rows_a_page if sent else 0
        if not sent or not works_in(page) or following >= (self.total(page) or 0):
            return ()
        return (Ask(page.url[: sent.start()] + str(following) + page.url[sent.end() :]),)

    def total(self, page: Page) -> int | None:
        """How many works are to be read: what was found, up to the limit of a subject."""
        message = read_json(page).get("message")
        found = message.get("total-results") if isinstance(message, dict) else None
        return min(found, self.most_a_subject) if isinstance(found, int) and _OFFSET.search(page.url) else None

    def rows(self, page: Page) -> frozenset[str] | None:
        """The DOIs of a page."""
        return frozenset(map(named, works_in(page)))

    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[Item]:
        """Publications of a list of works, or of a single work."""
        trouble = Trouble(self.name, page, note)
        works = works_in(page)
        for work in works:
            try:
                item = crossref_work.item_of(work, self.name, page.capture_sha256, trouble)
            except ValueError as unreadable:
                trouble.record_unreadable(named(work), unreadable)
                continue
            if item:
                yield item
        trouble.close()
        if works and trouble.unreadable == len(works):
            raise SourceChanged(f"Not one work of {place(page)} could be read; compare one with kinds/crossref_work.py")


def works_in(page: Page) -> list[object]:
    """The works of an answer. Raises SourceChanged where it refuses the question or answers another one."""
    answer = read_json(page)
    message, kind = answer.get("message"), answer.get("message-type")
    if answer.get("status") not in ("ok", None):
        raise SourceChanged(f"{place(page)} was refused: {str(message)[:200]}; mend the query")
    works = message.get("items") if isinstance(message, dict) else None
    if kind == "work-list" and isinstance(works, list):
        return works
    if kind == "work" and isinstance(message, dict):
        return [message]
    if "message" not in answer and "DOI" in answer:  # the citeproc form, as doi.org gives it
        return [answer]
    raise SourceChanged(f"{place(page)} answered with {kind or 'no message'} instead of works; look at what was asked")


def named(work: object) -> str:
    """A work's name: its DOI."""
    return str(work.get("DOI")).lower() if isinstance(work, dict) else type(work).__name__
