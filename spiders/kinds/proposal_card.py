"""A card in the list of calls of the Research Council of Norway (SOURCES F4)."""

import re
from urllib.parse import urlsplit

from lxml import html

from spiders.kinds.listing import by_class, labelled, linked, pieces, words
from spiders.kinds.proposal import LABELS, STATUSES, Facts
from spiders.page import Page

CALLS = "/utlysninger/"
_OVER = {"status--is-completed", "status--result-is-published"}
_COUNT = re.compile(r"\((\d{1,4}) utlysning(?:er)?\)")


def counted(root: html.HtmlElement) -> int | None:
    """How many calls the headers of the groups count; None where one of them does not."""
    counts = [_COUNT.search(words(group)[:200]) for group in by_class(root, "proposal-group")]
    stated = [int(found[1]) for found in counts if found]
    return sum(stated) if counts and len(stated) == len(counts) else None


def facts_of(card: html.HtmlElement) -> Facts:
    """What a card says behind its labels."""
    return labelled(pieces(card), LABELS, STATUSES)


def is_over(card: html.HtmlElement) -> bool:
    """Whether a card says by its class that the call is decided."""
    return any(_OVER & set((one.get("class") or "").split()) for one in by_class(card, "status"))


def link_of(card: html.HtmlElement) -> html.HtmlElement | None:
    """The link to the call's own page: by its class, else the first that leads to a call."""
    by_name = by_class(card, "proposal--link")
    return next(iter([*by_name, *(one for one in card.iter("a") if CALLS in (one.get("href") or ""))]), None)


def address_of(card: html.HtmlElement, page: Page) -> str:
    """The address of the call's own page; '' where a card has none."""
    link = link_of(card)
    return "" if link is None else linked(link, page)


def source_id(address: str) -> str:
    """`2027/slug` of the council's own calls, else the address."""
    return urlsplit(address).path.partition(CALLS)[2].strip("/") or address
