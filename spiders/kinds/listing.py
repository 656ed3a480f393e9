"""Web pages as sources: a list of cards, and a page for each, read by class and by the words on the page."""

from collections.abc import Iterable, Sequence
from html import escape as html_escape
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

from spiders.kinds.address import clean_address
from spiders.page import Page
from spiders.text import line, plain
from terms.errors import SourceChanged

_HEADINGS = ("h1", "h2", "h3", "h4")
_INLINE = frozenset(["a", "abbr", "b", "bdi", "em", "i", "mark", "small", "span", "strong", "sub", "sup", "u", "wbr"])


def read_html(page: Page) -> html.HtmlElement:
    """The page, without scripts and styles. Raises SourceChanged where there is nothing to read."""
    parser = html.HTMLParser(encoding=_encoding(page.body), no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(page.body, parser)
    except (etree.LxmlError, ValueError) as trouble:
        raise SourceChanged(f"{page.url} answered with something that is not a web page; open it") from trouble
    etree.strip_elements(root, "script", "style", "noscript", "template", with_tail=False)
    return root


def _encoding(body: bytes) -> str | None:
    """UTF-8 where the bytes are that, else what the page says of itself; lxml alone takes Latin-1 for silence."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def by_class(root: html.HtmlElement, name: str) -> list[html.HtmlElement]:
    """Elements of a class, in the order of the page."""
    return [element for element in root.iter("*") if name in (element.get("class") or "").split()]


def words(element: etree._Element | None) -> str:
    """All that an element says, as plain text; '' where it is absent."""
    return "" if element is None else plain(etree.tostring(element, method="html", encoding="unicode", with_tail=False))


def pieces(element: html.HtmlElement) -> list[str]:
    """The texts of an element one by one, as they stand between its tags."""
    return [text for said in element.itertext() if (text := plain(said))]


def labelled(said: Sequence[str], labels: Iterable[str], others: Iterable[str] = (), most: int = 100) -> dict[str, str]:
    """What stands behind each label until the next one, or until one of the other words; at most so many texts of it.

    A label is a text of its own, with or without a colon, or the start of one that has a colon.
    """
    known, stops = {label.casefold(): label for label in labels}, {word.casefold() for word in others}
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for text in said:
        head, colon, rest = text.partition(":")
        name = known.get(head.strip().casefold())
        if name and (colon or head == text):
            current = found.setdefault(name, []) if name not in found else []
            current.extend([rest.strip()] if rest.strip() else [])
        elif text.casefold() in stops:
            current = []
        else:
            current.append(text)
    return {label: " ".join(texts[:most]) for label, texts in found.items() if texts}


def heading(root: html.HtmlElement) -> str:
    """The page's own headline, else its title in the browser."""
    first = next(iter([*root.iter("h1"), *root.iter("title")]), None)
    return line(words(first))


def sections(root: html.HtmlElement) -> dict[str, str]:
    """What stands under each heading (h1 to h4) until the next one, by the heading's words."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    inside: etree._Element | None = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        gap = "" if element.tag in _INLINE else " "
        if event == "start" and element.tag in _HEADINGS and inside is None:
            inside, current = element, found.setdefault(line(words(element), 200), [])
        elif event == "start" and inside is None:
            current += [gap, element.text or ""]
        elif event == "end":
            inside = None if element is inside else inside
            current += [gap, element.tail or ""] if inside is None else []
    return {name: plain(html_escape("".join(texts))) for name, texts in found.items()}


def links(root: html.HtmlElement, page: Page) -> list[str]:
    """Absolute addresses of all links, without fragments, each once, in the order of the page."""
    found = (linked(element, page) for element in root.iter("a"))
    return list(dict.fromkeys(address for address in found if address))


def linked(element: html.HtmlElement, page: Page) -> str:
    """Where a link leads, absolute and clean, without fragment; '' where it is no web address."""
    target = (element.get("href") or "").strip()
    try:
        address = urljoin(page.url, target.partition("#")[0])
    except ValueError:
        return ""
    return clean_address(address) if target and not target.startswith("#") else ""


def canonical(root: html.HtmlElement, page: Page) -> str:
    """The page's address as it states it itself, if that is on the same host or the page has none; else as fetched."""
    stated = next((linked(one, page) for one in root.iter("link") if one.get("rel") == "canonical"), "")
    fetched = clean_address(page.url)
    is_own = not fetched or urlsplit(stated).netloc == urlsplit(fetched).netloc
    return stated if stated and is_own else fetched
