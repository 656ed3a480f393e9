"""Eureka and Eurostars: calls for projects between countries, led by small companies."""

from collections.abc import Iterable, Iterator
from datetime import time
from urllib.parse import urlsplit

from lxml import html

from spiders.kinds.listing import canonical, heading, labelled, links, pieces, read_html, sections
from spiders.kinds.local import BRUSSELS, moments_in
from spiders.kinds.personal import without_mail
from spiders.kinds.portal import trl_of
from spiders.kinds.trouble import Trouble
from spiders.page import Ask, Note, Page, Plan
from spiders.source import Source
from spiders.text import plain
from terms.errors import SourceChanged
from terms.item import Call, Item, Organisation

NO_DATES = "a page without dates, such as a programme's"
UNCLEAR = "An end date is stated in words that hold no date; the call is kept without it"
_DATES = (_START, _END) = ("Start Date", "End Date")
_CALLS = "/programmes-and-calls/"
_CLOSES = time(14)
_TEXT_LIMIT = 4_000


class Eureka(Source):
    """The page of programmes and calls leads to pages of both; a call is one that states its dates."""

    title = "Eureka network, calls for projects"
    publisher = "Eureka Association"
    home = "https://www.eurekanetwork.org/programmes-and-calls/"
    licence = "No licence stated: facts and a link only"
    terms = "https://www.eurekanetwork.org/"
    attribution = "Source: Eureka network"
    kind = "call"
    every = 168
    expect = (1, 200)
    rate = 2.0
    raw_label = "call"
    unproven = "List and pages: no real page was at hand; the site may need a browser, then the list is refused aloud."
    site = "https://www.eurekanetwork.org"

    def start(self, plan: Plan) -> Iterable[Ask]:
        """The page of all programmes and calls, and that of Eurostars."""
        return tuple(Ask(f"{self.site}{path}", label="list") for path in (_CALLS, f"{_CALLS}eurostars/"))

    def follow(self, page: Page, plan: Plan) -> Iterable[Ask]:
        """The pages of calls that a list links to."""
        return [Ask(address, label="call") for address in self.calls(page)] if page.label == "list" else ()

    def calls(self, page: Page) -> list[str]:
        """Addresses below a programme: `/programmes-and-calls/eurostars/eurostars-call-12/`."""
        host = urlsplit(self.site).netloc
        found = [(address, urlsplit(address)) for address in links(read_html(page), page)]
        return [one for one, parts in found if parts.netloc == host and len(below(parts.path).split("/")) == 2]

    def rows(self, page: Page) -> frozenset[str] | None:
        """A list holds no items of its own."""
        return frozenset() if page.label == "list" else None

    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[Item]:
        """The call of a page. A list holds no items, but must link to some."""
        if page.label == "list":
            # Between two rounds Eurostars has no call; the page of all programmes always has some.
            if not self.calls(page) and urlsplit(page.url).path == _CALLS:
                raise SourceChanged(f"{page.url} links to no call; open it and see if a script makes the list")
            return
        root, trouble = read_html(page), Trouble(self.name, page, note)
        told, title = labelled(pieces(root), _DATES, most=1), heading(root)
        if not title:
            raise SourceChanged(f"{page.url} has no headline; open it and look")
        if told:
            yield self.call(root, told, title, page, trouble)
        else:
            trouble.expected(NO_DATES)
        trouble.close()

    def call(self, root: html.HtmlElement, told: dict[str, str], title: str, page: Page, trouble: Trouble) -> Item:
        """A call as an item. Only the first text behind a label is its date: what follows may be another thing's."""
        opens, due = (moments_in(told.get(name, ""), BRUSSELS, _CLOSES) for name in _DATES)
        if told.get(_END) and not due:
            trouble.often(UNCLEAR)
        parts = {name.casefold(): without_mail(text) for name, text in sections(root).items()}
        text = " ".join(said for name, said in parts.items() if name.startswith(("about", "scope")))
        address = canonical(root, page) or self.home
        return Item(
            source=self.name,
            source_id=below(urlsplit(address).path) or address,
            kind="call",
            title=title,
            text=plain(text, _TEXT_LIMIT),
            url=address,
            language="en",
            organisations=(Organisation(name=self.publisher, role="funder"),),
            call=Call(
                programme="Eurostars" if "eurostars" in address.casefold() else "Eureka",
                opens_on=opens[0].date() if opens else None,
                deadlines_at=due[-1:],
                beneficiaries=plain(parts.get("eligibility", ""), _TEXT_LIMIT) or None,
                conditions=plain(parts.get("funding details", ""), _TEXT_LIMIT) or None,
                trl=trl_of(*parts.values()),
            ),
            capture_sha256=page.capture_sha256,
        )


def below(path: str) -> str:
    """What stands below `/programmes-and-calls/`."""
    return path.partition(_CALLS)[2].strip("/")
