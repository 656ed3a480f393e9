"""Plain, well-formed feeds, read with lxml alone; whatever is out of the ordinary is declined and left to feedparser.

RSS 2.0, RSS 1.0 and Atom 1.0 in UTF-8. What it accepts it reads as feedparser 6.0 does, quirks included, which a test
holds against feedparser over every feed at hand. It runs in the confined process of `spiders.feedchild`.
"""

import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

from spiders.quickentry import (
    ATOM,
    PERSON,
    RDF,
    RSS_1,
    Declined,
    Entry,
    Names,
    atom_entry,
    check_inside,
    rss_entry,
    words_of,
)

_DECLARED = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<\?xml\s+version=[\"']1\.0[\"'](?:\s+encoding=[\"']utf-?8[\"'])?"
    rb"(?:\s+standalone=[\"'](?:yes|no)[\"'])?\s*\?>",
    re.I,
)
_ROOT = re.compile(rb"<(?:[\w.-]+:)?(?:rss|RDF|feed)[\s>][^>]*>")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s;\"']*)", re.I)
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_RSS_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_PICTURE = frozenset({"title", "link", "url", "width", "height", "description", "name"})
_INSIDE = {
    "image": _PICTURE,
    "textinput": _PICTURE,
    "author": PERSON,
    "contributor": PERSON,
    "skiphours": frozenset({"hour"}),
    "skipdays": frozenset({"day"}),
}


def parse(body: bytes, content_type: str) -> Mapping[str, Any] | None:
    """What `feedparser.parse` would return of a plain feed, as far as it is used here; None where it is not plain."""
    try:
        return _parsed(body, content_type)
    except (Declined, etree.XMLSyntaxError, ValueError):
        return None


def _parsed(body: bytes, content_type: str) -> Mapping[str, Any]:
    start = _ROOT.search(body, 0, 4_000)
    if start is None:
        raise Declined
    root = _root(body, content_type)
    names = Names(root, is_watchful=body.find(b"xmlns", start.end()) >= 0)
    if root.tag == "rss":
        (channel,) = root  # ValueError where it is not alone
        if channel.tag != "channel":
            raise Declined
        return _feed(_rss_version(root), root.get(_LANGUAGE), channel, "item", names, rss_entry)
    if root.tag == f"{{{ATOM}}}feed":
        return _feed("atom10", root.get(_LANGUAGE), root, "entry", names, atom_entry)
    if root.tag == f"{{{RDF}}}RDF" and root.nsmap.get(None) == RSS_1:
        # feedparser takes the first of the two for the format
        if 0 <= start[0].find(ATOM.encode()) < start[0].find(RSS_1.encode() + start[0][-2:-1]):
            raise Declined
        return _rdf(root, names)
    raise Declined


def _rss_version(root: etree._Element) -> str:
    version = root.get("version", "")
    return "rss20" if version.startswith("2.") else _RSS_VERSIONS.get(version, "rss")


def _root(body: bytes, content_type: str) -> etree._Element:
    """The tree of a document in UTF-8 without DTD and bases."""
    head = _DECLARED.match(body)
    stated = _CHARSET.search(content_type)
    is_utf8 = stated is None or stated[1].lower() in ("utf-8", "utf8")
    if not is_utf8 or (head is None and body.lstrip(b"\xef\xbb\xbf \r\n\t")[:5] == b"<?xml"):
        raise Declined
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body or b"xml:base" in body:
        raise Declined
    body.decode("utf-8")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    return etree.fromstring(body.removeprefix(b"\xef\xbb\xbf").lstrip(), parser)


def _feed(
    version: str, language: str | None, channel: etree._Element, one: str, names: Names, read: Any
) -> Mapping[str, Any]:
    told: Entry = {"language": language.replace("_", "-")} if language else {}
    entries = []
    for child in channel:
        name = names.of(child)
        if name == one:
            entries.append(read(child, names))
            told["is_title_open"] = True  # feedparser forgets that it has seen a title
        else:
            _about(name, child, told, names)
    return {"version": version, "feed": told, "entries": entries}


def _rdf(root: etree._Element, names: Names) -> Mapping[str, Any]:
    told: Entry = {}
    entries = []
    for child in root:
        name = names.of(child)
        if name == "item":
            entries.append(rss_entry(child, names))
        elif name == "channel":
            for inner in child:
                _about(names.of(inner), inner, told, names)
        else:
            check_inside(child, names, _INSIDE.get(name, frozenset()))
    return {"version": "rss10", "feed": told, "entries": entries}


def _about(name: str, element: etree._Element, told: Entry, names: Names) -> None:
    """What the feed says of itself: title and language; the rest must be known to change neither."""
    if name in ("language", "dc_language"):
        told["language"] = words_of(element)
    elif name in ("title", "dc_title"):
        if told.get("title") and told.get("is_title_open"):
            raise Declined
        told["title"] = told.get("title") or words_of(element, allowed=("type",))
    elif name == "items":
        for listed in element:
            if names.of(listed) not in ("rdf_seq", "rdf_bag"):
                raise Declined
            check_inside(listed, names, frozenset({"rdf_li"}))
    else:
        check_inside(element, names, _INSIDE.get(name, frozenset()))
        told["is_title_open"] = told.get("is_title_open") or name in ("image", "textinput")
