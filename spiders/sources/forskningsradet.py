"""The Research Council of Norway: its list of calls, and the page of each that is not over."""

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from lxml import html

from spiders.kinds import proposal
from spiders.kinds.listing import by_class, canonical, read_html, words
from spiders.kinds.proposal_card import CALLS, address_of, counted, facts_of, is_over, link_of, source_id
from spiders.kinds.trouble import Trouble, Unreadable
from spiders.page import Ask, Note, Page, Plan
from spiders.source import Source
from spiders.text import line
from terms.errors import SourceChanged
from terms.item import Item, Organisation

OVER = "a call whose results are out"
UNCLEAR = "A deadline is stated in words that hold no date; the call is kept without it"
NO_COUNT = "A group of calls does not state how many it holds"


class Forskningsradet(Source):
    """One page lists all calls; each card counts as a call, its own page adds who may apply and with whom."""

    title = "Research Council of Norway, calls"
    publisher = "Norges forskningsråd"
    home = "https://www.forskningsradet.no/utlysninger/"
    licence = "No licence stated: facts and a link only"
    terms = "https://www.forskningsradet.no/"
    attribution = "Kilde: Norges forskningsråd"
    kind = "call"
    every = 24
    expect = (10, 400)
    rate = 2.0
    raw_label = "call"
    unproven = (
        "The list, the page of a call and its JSON: no real page was at hand, only the words and classes of clients."
    )
    list_url = "https://www.forskningsradet.no/utlysninger/"

    def start(self, plan: Plan) -> Iterable[Ask]:
        """The list; it knows no updated-since."""
        return (Ask(self.list_url, label="list"),)

    def follow(self, page: Page, plan: Plan) -> Iterable[Ask]:
        """From the list the pages of the calls that are not over."""
        if page.label != "list":
            return ()
        open_ones = [card for card in by_class(read_html(page), "proposal") if not is_over(card)]
        addresses = dict.fromkeys(address_of(card, page) for card in open_ones)
        return [Ask(address, label="call") for address in addresses if self.is_own(address)]

    def is_own(self, address: str) -> bool:
        """Whether an address is that of a call on the council's own site."""
        ours, parts = urlsplit(self.list_url), urlsplit(address)
        return parts.netloc == ours.netloc and len(parts.path.strip("/")) > len(CALLS) and parts.path.startswith(CALLS)

    def total(self, page: Page) -> int | None:
        """The calls that the groups' headers count, if all of them do."""
        return counted(read_html(page)) if page.label == "list" else None

    def rows(self, page: Page) -> frozenset[str] | None:
        """Every card, also of calls that are over."""
        if page.label != "list":
            return None
        return frozenset(source_id(address_of(card, page)) for card in by_class(read_html(page), "proposal"))

    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[Item]:
        """The calls of the list, or the one of a page, which takes the place of its card."""
        root, trouble = read_html(page), Trouble(self.name, page, note)
        if page.label == "list":
            yield from self.cards(root, page, trouble)
        elif item := self.of_page(root, page, trouble):
            yield item
        trouble.close()

    def cards(self, root: html.HtmlElement, page: Page, trouble: Trouble) -> Iterator[Item]:
        """Items of the cards. Raises SourceChanged where there are no groups or no cards."""
        groups, cards = by_class(root, "proposal-group"), by_class(root, "proposal")
        if not groups or not cards:
            raise SourceChanged(
                f"{page.url} has no .proposal-group with .proposal in it; open it and look at its classes"
            )
        if self.total(page) is None:
            trouble.note(NO_COUNT, groups=str(len(groups)))
        for card in cards:
            address = address_of(card, page)
            if is_over(card):
                trouble.expected(OVER)
                continue
            try:
                yield self.of_card(card, address, page, trouble)
            except ValueError as unreadable:
                trouble.record_unreadable(address, unreadable)

    def of_card(self, card: html.HtmlElement, address: str, page: Page, trouble: Trouble) -> Item:
        """The item of one card. Raises Unreadable."""
        title = line(words(link_of(card)))
        if not title or not address:
            raise Unreadable("a card without title or link")
        status = next((line(words(one), 60) for one in by_class(card, "status")), None)
        return self.item(address, title, facts_of(card), status, page, trouble)

    def of_page(self, root: html.HtmlElement, page: Page, trouble: Trouble) -> Item | None:
        """The item of a call's own page. Raises SourceChanged where it is another page, such as a log-in."""
        try:
            title, told = proposal.facts_of_page(page.body, root)
            if not told:
                raise SourceChanged(f"{page.url} holds none of the words of a call; open it and look")
            if proposal.DEADLINE not in told:
                raise Unreadable(f"{proposal.DEADLINE}: neither a date nor {proposal.ROLLING}; the list's card stands")
            return self.item(canonical(root, page) or self.home, title, told, None, page, trouble)
        except ValueError as unreadable:
            trouble.record_unreadable(page.url, unreadable)
        return None

    def item(
        self, address: str, title: str, told: proposal.Facts, status: str | None, page: Page, trouble: Trouble
    ) -> Item:
        """A call as an item."""
        call = proposal.call_of(told, status)
        if proposal.is_unclear(told, call):
            trouble.often(UNCLEAR)
        return Item(
            source=self.name,
            source_id=source_id(address),
            kind="call",
            title=title,
            text=proposal.text_of(told),
            url=address,
            language="nb",
            organisations=(Organisation(name=self.publisher, role="funder", country="NO"),),
            call=call,
            capture_sha256=page.capture_sha256,
        )
