"""UK Research and Innovation: its feed names the newest opportunities, the page of each says the rest."""

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from spiders.kinds import ukri_page
from spiders.kinds.address import clean_address
from spiders.kinds.entries import read_feed
from spiders.kinds.feed import FEED_TYPES, header
from spiders.kinds.listing import canonical, read_html
from spiders.kinds.trouble import Trouble
from spiders.page import Ask, Note, Page, Plan
from spiders.source import Source
from terms.errors import SourceChanged
from terms.item import Item


class Ukri(Source):
    """Mostly for applicants in the United Kingdom: a signal of technology, and joint calls with Eureka."""

    title = "UKRI funding opportunities"
    publisher = "UK Research and Innovation"
    home = "https://www.ukri.org/opportunity/"
    licence = "Open Government Licence v3.0"
    terms = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
    attribution = "Contains public sector information licensed under the Open Government Licence v3.0 (UKRI)"
    kind = "call"
    every = 24
    expect = (1, 100)
    rate = 2.0
    raw_label = "opportunity"
    unproven = (
        "Feed and pages: no real one was at hand. The feed holds 10-20, so a call that left it is not read again."
    )
    feed_url = "https://www.ukri.org/opportunity/feed/"

    def start(self, plan: Plan) -> Iterable[Ask]:
        """The feed."""
        return (Ask(self.feed_url, headers={"Accept": FEED_TYPES}),)

    def follow(self, page: Page, plan: Plan) -> Iterable[Ask]:
        """The pages that the feed names, if they are opportunities on the same host."""
        if page.label != "page":
            return ()
        entries = read_feed(page.body, header(page, "content-type"), page.url).entries
        addresses = dict.fromkeys(clean_address(entry.link) for entry in entries)
        return [Ask(address, label="opportunity") for address in addresses if self.slug(address)]

    def slug(self, address: str) -> str:
        """`name` of `https://www.ukri.org/opportunity/name/`; '' for every other address."""
        ours, parts = urlsplit(self.feed_url), urlsplit(address)
        start, _, name = parts.path.strip("/").partition("/")
        is_one = parts.netloc == ours.netloc and start == "opportunity" and "/" not in name and name != "feed"
        return name if is_one else ""

    def rows(self, page: Page) -> frozenset[str] | None:
        """None of the feed's entries is an item by itself."""
        return frozenset() if page.label == "page" else None

    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[Item]:
        """The opportunity of a page. The feed holds no items, but must be a feed."""
        if page.label == "page":
            read_feed(page.body, header(page, "content-type"), page.url)
            return
        root, trouble = read_html(page), Trouble(self.name, page, note)
        facts, title, address = ukri_page.facts_of(root), ukri_page.title_of(root), canonical(root, page)
        if not facts or not title:
            raise SourceChanged(f"{page.url} has no headline or no dl.opportunity__summary; open it and look")
        text, published = ukri_page.text_of(root), ukri_page.moment_of(facts, "Publication date")
        yield Item(
            source=self.name,
            source_id=self.slug(address) or address or title,
            kind="call",
            title=title,
            text=text,
            url=address or self.home,
            language="en",
            published_on=published.date() if published else None,
            organisations=ukri_page.funders_of(facts),
            call=ukri_page.call_of(root, facts, text, trouble),
            capture_sha256=page.capture_sha256,
        )
        trouble.close()
