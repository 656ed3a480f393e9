"""arXiv: the daily Atom feed of the categories in focus, and OAI-PMH for missed days; RSS and API Atom are read too."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta

from spiders.kinds import arxiv_oai
from spiders.kinds.address import doi_in
from spiders.kinds.dates import day, moment
from spiders.kinds.entries import Entry, Feed
from spiders.kinds.feed import FEED_TYPES, FeedSource
from spiders.kinds.trouble import Trouble
from spiders.page import Ask, Note, Page, Plan
from terms.errors import SourceChanged
from terms.item import Item, Person, Publication

_ID = re.compile(r"(?:^|[/:])(\d{4}\.\d{4,5}|[a-z-]{2,20}(?:\.[A-Z]{2})?/\d{7})(?:v\d{1,3})?$")
_CATEGORY = re.compile(r"[a-z-]{2,12}(?:\.[A-Za-z-]{2,20})?")
_PREFIX = re.compile(r"^arXiv:\S{5,40} Announce Type: ([a-z-]{1,20}) Abstract: ")


class Arxiv(FeedSource):
    """Preprints as announced each weekday; at weekends the feed is empty, which is no trouble.

    The feed holds one day. Where the cursor is older, OAI-PMH is asked for what changed since: a mode of this source,
    not a second one, since an item's key is source and id, so that a paper met both ways is one item with one history.
    """

    title = "arXiv"
    publisher = "arXiv, Cornell University"
    home = "https://arxiv.org/"
    licence = "CC0 1.0 (metadata)"
    terms = "https://info.arxiv.org/help/api/tou.html"
    attribution = "Thank you to arXiv for use of its open access interoperability."
    kind = "publication"
    every = 24
    expect = (0, 20_000)
    rate = 3.0
    resumes = 24
    recorded_as = ("arxiv",)
    unproven = "OAI-PMH, asked for where more than a day was missed: no answer of it was at hand."
    url = "https://rss.arxiv.org/atom/"
    oai = "https://oaipmh.arxiv.org/oai"
    default_categories = ("cs.RO", "eess.SY", "cs.CV", "physics.app-ph")

    def start(self, plan: Plan) -> Iterable[Ask]:
        """One feed for all categories in focus, joined with +; for missed days a list of each category's records."""
        wished = {category for category in plan.focus.arxiv if _CATEGORY.fullmatch(category)}
        categories = sorted(wished or self.default_categories)
        yield Ask(self.url + "+".join(categories), headers={"Accept": FEED_TYPES})
        since = day((plan.since or "")[:10])
        if since and plan.now.date() - since > timedelta(days=1):
            for category in categories:
                yield arxiv_oai.ask(self.oai, category, since.isoformat())

    def follow(self, page: Page, plan: Plan) -> Iterable[Ask]:
        """A list of records goes on; a feed does not."""
        return arxiv_oai.following(self.oai, page) if arxiv_oai.is_oai(page.body) else ()

    def total(self, page: Page) -> int | None:
        """What a list of records says there is."""
        return arxiv_oai.total(page) if arxiv_oai.is_oai(page.body) else None

    def is_stale(self, page: Page) -> bool:
        """A resumption token that is no longer known, as OAI-PMH says it."""
        return super().is_stale(page) or (arxiv_oai.is_oai(page.body) and b"badResumptionToken" in page.body)

    def rows(self, page: Page) -> frozenset[str] | None:
        """The records of a list, deleted ones too."""
        return arxiv_oai.rows(page) if arxiv_oai.is_oai(page.body) else None

    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[Item]:
        """Papers of a feed, or of a list of records, told apart by their content."""
        if not arxiv_oai.is_oai(page.body):
            yield from super().parse(page, note, plan)
            return
        trouble = Trouble(self.name, page, note)
        yield from arxiv_oai.items_of(page, self.name, trouble)
        trouble.close()

    def items_of(self, feed: Feed, page: Page, trouble: Trouble) -> Iterator[Item]:
        """Entries by their arXiv id; one announced again is an update of the same id. The API's errors are entries."""
        for entry in feed.entries:
            if "/api/errors" in entry.id:
                raise SourceChanged(f"arXiv refused {page.url}: {entry.text or entry.title}; mend the query")
            found = _ID.search(entry.id) or _ID.search(entry.link)
            if found and entry.title:
                yield self.item_of(entry, found[1], feed, page, trouble)
            else:
                trouble.record_unreadable(entry.id or entry.title, ValueError("no arXiv id or no title"))

    def item_of(self, entry: Entry, source_id: str, feed: Feed, page: Page, trouble: Trouble) -> Item:
        """One paper. A replaced paper was not published on the day of its announcement, but changed then."""
        prefix = _PREFIX.match(entry.text)
        announced = entry.announced or (prefix[1] if prefix else None)
        is_replaced = bool(announced and announced.startswith("replace"))
        announcement = moment(entry.published) if is_replaced else None
        return Item(
            source=self.name,
            source_id=source_id,
            kind=self.kind,
            title=entry.title,
            text=entry.text[prefix.end() :] if prefix else entry.text,
            url=f"https://arxiv.org/abs/{source_id}",
            language="en",
            published_on=None if is_replaced else day(entry.published),
            updated_at=announcement if announced else moment(entry.updated),
            people=tuple(Person(name=name) for name in people_of(entry)),
            codes=tuple(f"arxiv:{tag}" for tag in entry.tags if _CATEGORY.fullmatch(tag)),
            publication=Publication(doi=doi_in(entry.doi), venue=entry.venue or None, announced_as=announced),
            capture_sha256=page.capture_sha256,
        )


def people_of(entry: Entry) -> list[str]:
    """The API names each author; the daily feeds have one string: names between commas, affiliations in brackets."""
    if len(entry.authors) != 1 or not entry.announced:
        return list(entry.authors)
    bare = entry.authors[0]
    while (shorter := re.sub(r"\s*\([^()]*\)", "", bare)) != bare:
        bare = shorter
    return [name.strip() for name in bare.split(",") if name.strip()]
