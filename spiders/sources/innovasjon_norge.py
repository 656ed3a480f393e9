"""Innovation Norway: its grants and services, one page each; nearly all are open all year."""

from collections.abc import Iterable, Iterator
from datetime import time
from urllib.parse import urlsplit

from spiders.kinds.listing import canonical, heading, links, read_html, sections
from spiders.kinds.local import OSLO, moments_in
from spiders.kinds.personal import without_mail
from spiders.kinds.portal import trl_of
from spiders.kinds.trouble import Trouble, Unreadable
from spiders.page import Ask, Note, Page, Plan
from spiders.source import Source
from spiders.text import plain
from terms.errors import SourceChanged
from terms.item import Call, Item, Organisation

_WHO, _WHAT, _MONEY, _DEADLINES = "for hvem", "hva kan det brukes til", "om støttebeløp", ("søknadsfrist", "frist")
_CLOSES = time(12)
_TEXT_LIMIT = 4_000
_SERVICE = "/tjeneste/"


class InnovasjonNorge(Source):
    """The page of grants leads to one page a service. A service without a deadline has the status unknown, not open."""

    title = "Innovation Norway, grants"
    publisher = "Innovasjon Norge"
    home = "https://www.innovasjonnorge.no/seksjon/tilskudd"
    licence = "No licence stated: facts and a link only"
    terms = "https://www.innovasjonnorge.no/"
    attribution = "Kilde: Innovasjon Norge"
    kind = "call"
    every = 168
    expect = (3, 200)
    rate = 2.0
    raw_label = "service"
    unproven = (
        "List and pages: no real page was at hand, only addresses and headings; a page made by a script is refused."
    )
    list_url = "https://www.innovasjonnorge.no/seksjon/tilskudd"

    def start(self, plan: Plan) -> Iterable[Ask]:
        """The page of grants."""
        return (Ask(self.list_url, label="list"),)

    def follow(self, page: Page, plan: Plan) -> Iterable[Ask]:
        """The services that the page of grants links to."""
        return [Ask(address, label="service") for address in self.services(page)] if page.label == "list" else ()

    def services(self, page: Page) -> list[str]:
        """Addresses of services on the same host."""
        host = urlsplit(self.list_url).netloc
        found = [(address, urlsplit(address)) for address in links(read_html(page), page)]
        return [address for address, parts in found if parts.netloc == host and parts.path.startswith(_SERVICE)]

    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[Item]:
        """The service of a page. The page of grants holds no items, but must link to some."""
        if page.label == "list":
            if not self.services(page):
                raise SourceChanged(
                    f"{page.url} links to no {_SERVICE} page; open it and see if a script makes the list"
                )
            return
        trouble = Trouble(self.name, page, note)
        try:
            yield self.service(page)
        except Unreadable as unreadable:
            trouble.record_unreadable(page.url, unreadable)

    def service(self, page: Page) -> Item:
        """One service as an item. Raises Unreadable where the page has none of the headings of a service."""
        root = read_html(page)
        told = {name.casefold().rstrip(" ?:"): without_mail(text) for name, text in sections(root).items()}
        title, address = heading(root), canonical(root, page) or self.home
        if not title or not {_WHO, _WHAT, _MONEY} & set(told):
            raise Unreadable(f"no headline, or none of the headings {_WHO}, {_WHAT}, {_MONEY}")
        due = " ".join(told.get(name, "") for name in _DEADLINES)
        return Item(
            source=self.name,
            source_id=urlsplit(address).path.partition(_SERVICE)[2].strip("/") or address,
            kind="call",
            title=title,
            text=plain(" ".join(told.get(name, "") for name in (title.casefold().rstrip(" ?:"), _WHAT)), _TEXT_LIMIT),
            url=address,
            language="nb",
            organisations=(Organisation(name=self.publisher, role="funder", country="NO"),),
            call=Call(
                programme=self.publisher,
                deadlines_at=moments_in(due, OSLO, _CLOSES),
                beneficiaries=plain(told.get(_WHO, ""), _TEXT_LIMIT) or None,
                conditions=plain(told.get(_MONEY, ""), _TEXT_LIMIT) or None,
                trl=trl_of(*told.values()),
            ),
            capture_sha256=page.capture_sha256,
        )
