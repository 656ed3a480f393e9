"""One entry of a plain feed, as feedparser 6.0 reads it, quirks included; what is out of the ordinary is declined."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from feedparser.api import StrictFeedParser
from feedparser.util import FeedParserDict
from lxml import etree

Entry = dict[str, Any]
_C1 = re.compile("[\x80-\x9f]")
_SLASHES = re.compile(r"^([A-Za-z][A-Za-z0-9+-.]*://)(/*)(.*?)")
_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")
ATOM, RDF = "http://www.w3.org/2005/Atom", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RSS_1 = "http://purl.org/rss/1.0/"
_ABOUT = f"{{{RDF}}}about"
_NAMESPACES = {uri.lower(): prefix for uri, prefix in StrictFeedParser.namespaces.items()}
_LINKS = frozenset({"link", f"{{{RSS_1}}}link"})
_TEXTS = {
    "title": "title",
    "pubdate": "published",
    "published": "published",
    "updated": "updated",
    "dc_date": "updated",
    "language": "language",
    "dc_language": "language",
}
_SUMMARIES = frozenset({"description", "dc_description"})
_TAGS = frozenset({"category", "dc_subject"})
_AUTHORS = frozenset({"author", "dc_creator", "dc_author"})
# read by feedparser into fields that nobody uses
_UNUSED = frozenset(
    {"enclosure", "source", "rights", "copyright", "dc_rights", "dc_publisher", "dc_contributor", "media_content",
     "media_thumbnail", "media_credit", "cc_license"}
)  # fmt: skip
_HTML = frozenset({"text/html", "html", "xhtml", "application/xhtml+xml"})
_MOST = 400
"""Tags or authors of one entry; more are left to feedparser."""

PERSON = frozenset({"name", "email", "uri"})


class Declined(Exception):
    """Something that only feedparser reads as feedparser does."""


class Names:
    """Names of elements as feedparser has them: prefix of the namespace, underscore, local name, in small letters."""

    def __init__(self, root: etree._Element, is_watchful: bool) -> None:
        """is_watchful: namespaces may be declared below the root, which is declined."""
        self._known: dict[Any, str] = {}
        self._declared = root.nsmap if is_watchful else None
        for prefix, uri in root.nsmap.items():
            ours = _NAMESPACES.get(uri.lower())
            if "backend.userland.com/rss" in uri.lower() or (ours and ours != prefix and ours in root.nsmap):
                raise Declined
        if root.tag == "rss" and (None in root.nsmap or RSS_1 in root.nsmap.values()):
            raise Declined

    def of(self, element: etree._Element) -> str:
        """The name of one element."""
        tag = element.tag
        if self._declared is not None and element.nsmap != self._declared:
            raise Declined
        if tag not in self._known:
            name = etree.QName(element)
            prefix = _NAMESPACES.get((name.namespace or "").lower(), element.prefix or "")
            self._known[tag] = f"{prefix.lower()}_{name.localname.lower()}" if prefix else name.localname.lower()
        return self._known[tag]


def check_inside(element: etree._Element, names: Names, allowed: frozenset[str]) -> None:
    """Decline what holds anything but plain text in elements that are known to change nothing else."""
    for child in element:
        if names.of(child) not in allowed or len(child):
            raise Declined


def _leaf(element: etree._Element) -> str:
    """The text of an element without children."""
    if len(element):
        raise Declined
    return (element.text or "").strip()


def words_of(element: etree._Element, allowed: Iterable[str] = ()) -> str:
    """The text of an element, with feedparser's mending of UTF-8 that was read as Latin-1 before it was sent."""
    text = _leaf(element)
    if element.attrib and not (set(element.keys()) <= set(allowed) and element.get("type", "text") in ("text", "html")):
        raise Declined
    return text if text.isascii() else _unmangled(text)


def _unmangled(text: str) -> str:
    if _C1.search(text):
        raise Declined
    try:
        return text.encode("iso-8859-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text


def _put(entry: Entry, field: str, value: object) -> None:
    """Set a field that must come once."""
    if field in entry:
        raise Declined
    entry[field] = value


def rss_entry(item: etree._Element, names: Names) -> Entry:
    """An item of RSS 2.0 or 1.0."""
    entry: Entry = {"authors": [], "tags": []}
    permanent = None
    if item.attrib:
        (name,) = item.attrib  # ValueError where there are more
        if name != _ABOUT:
            raise Declined
        entry["id"] = item.get(name)
    for child in item:
        name = names.of(child)
        if name == "guid":
            _put(entry, "id", guid := _guid(child))
            permanent = guid if child.get("isPermaLink", "true") == "true" else None
        elif name == "link":
            if child.tag not in _LINKS:
                raise Declined
            _put(entry, "link", _link(words_of(child)))
        elif name == "content_encoded":
            _put(entry, "content", [{"value": words_of(child)}])
        elif name in _SUMMARIES:
            _put(entry, "summary", words_of(child))
        else:
            _shared(name, child, entry)
    if permanent is not None:
        entry.setdefault("link", permanent)
    return entry


def _guid(element: etree._Element) -> str:
    if set(element.keys()) - {"isPermaLink"}:
        raise Declined
    text = _leaf(element)
    text = _SLASHES.sub(r"\1\3", text) if element.get("isPermaLink", "true") == "true" else text
    return text if text.isascii() else _unmangled(text)


def _link(text: str) -> str:
    """The address of an item, with feedparser's repair of `&b;=2`."""
    return _REFERENCE.sub(r"&\g<1>", _SLASHES.sub(r"\1\3", text).replace("&amp;", "&"))


def _shared(name: str, element: etree._Element, entry: Entry) -> None:
    """Fields that RSS and Atom have in common, and those that nobody has a handler for."""
    if name in _TEXTS:
        _put(entry, _TEXTS[name], words_of(element))
    elif name in _TAGS:
        entry["tags"].append({"term": words_of(element, allowed=("domain",))})
    elif name in _AUTHORS:
        _add_author(entry, words_of(element))
    elif name in _UNUSED:
        _leaf(element)
    elif _has_handler(name) or len(entry["tags"]) > _MOST or len(entry["authors"]) > _MOST:
        raise Declined
    else:
        entry[name] = {"text": _leaf(element)} if element.attrib else words_of(element)


@cache
def _has_handler(name: str) -> bool:
    """Whether feedparser does more with an element than to keep its text under its name."""
    starts, ends = hasattr(StrictFeedParser, f"_start_{name}"), hasattr(StrictFeedParser, f"_end_{name}")
    return starts or ends or name in FeedParserDict.keymap


def _add_author(entry: Entry, name: str) -> None:
    """An author; feedparser takes addresses of several apart."""
    entry["authors"].append({"name": name})
    entry["author"] = name
    if len(entry["authors"]) > 1 and any("@" in author["name"] for author in entry["authors"]):
        raise Declined


def atom_entry(element: etree._Element, names: Names) -> Entry:
    """An entry of Atom 1.0."""
    entry: Entry = {"authors": [], "tags": []}
    if element.attrib:
        raise Declined
    for child in element:
        name = names.of(child)
        if name == "id":
            _put(entry, "id", _atom_id(child))
            entry.setdefault("link", entry["id"])
        elif name == "link":
            _atom_link(child, entry)
        elif name in ("title", "summary"):
            _put(entry, name, words_of(child, allowed=("type",)))
        elif name == "content":
            _put(entry, "content", [{"value": words_of(child, allowed=("type",))}])
        elif name == "category":
            entry["tags"].append({"term": _term(child)})
        elif name == "author":
            _atom_author(child, entry, names)
        elif name == "contributor":
            check_inside(child, names, PERSON)
        else:
            _shared(name, child, entry)
    return entry


def _atom_id(element: etree._Element) -> str:
    text = words_of(element)
    return _SLASHES.sub(r"\1\3", text)


def _atom_link(element: etree._Element, entry: Entry) -> None:
    """The last link to a page is the address, before the id, wherever either stands."""
    href = element.get("href")
    if href is None or element.get("url") is not None or element.get("uri") is not None or len(element):
        raise Declined
    if element.get("rel", "alternate").lower() == "alternate" and element.get("type", "text/html").lower() in _HTML:
        entry["link"] = _SLASHES.sub(r"\1\3", href)


def _term(element: etree._Element) -> str:
    term = element.get("term")
    if not term or _leaf(element):
        raise Declined
    return term


def _atom_author(element: etree._Element, entry: Entry, names: Names) -> None:
    """An author by name; `Name (address)` where an address is stated, as feedparser writes one author alone."""
    told: dict[str, str] = {}
    for child in element:
        name = names.of(child)
        if name in ("name", "email", "uri") and name not in told:
            told[name] = _leaf(child)
        elif _has_handler(name) or name in told:
            raise Declined
        else:
            entry[name] = words_of(child)
    if not told or (element.text or "").strip():
        raise Declined
    called, email = told.get("name"), told.get("email")
    entry["authors"].append({"name": called})
    entry["author"] = f"{called} ({email})" if called and email else called or email or ""
