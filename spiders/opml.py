"""OPML, the list of feeds that readers export, to entries of the feed list. Nothing is fetched (RELIABILITY F-18).

What a feed's licence and terms are stands in no OPML, so both stay empty: such a feed does not start (P16).
"""

import codecs
import html
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from spiders.kinds.address import canonical_address, web_address
from spiders.kinds.xml import read_xml
from spiders.text import line
from terms.errors import VardeError

AT_MOST = 2_000
LARGEST = 16 * 2**20
_ATTRIBUTE = re.compile(r"\b([A-Za-z]{1,20})\s{0,9}=\s{0,9}\"([^\"]{0,2000})\"")
_LONGEST_ROW = 4_000
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
_TO_FILL = {"licence": "fill in: what may be done with its texts", "terms": "fill in: the address of its terms of use"}


@dataclass(frozen=True)
class OpmlFeed:
    """One feed of the file. home: its page, or the root of its host."""

    title: str
    url: str
    home: str

    @property
    def host(self) -> str:
        """Who sends it, as far as the file says."""
        return (urlsplit(self.home).hostname or "").removeprefix("www.")


@dataclass(frozen=True)
class Opml:
    """What a file holds: feeds in its order, each address once; and what was left out, with the reason, row by row."""

    feeds: tuple[OpmlFeed, ...]
    left_out: tuple[str, ...]


def feeds_of(opml: bytes) -> Opml:
    """The feeds of an OPML file, well-formed or not. Raises VardeError where it is no OPML or declares entities."""
    if len(opml) > LARGEST:
        raise VardeError(f"The file is larger than {LARGEST >> 20} MB; split it")
    text = _utf8(opml)
    root, _ = read_xml(text)
    if root is None or etree.QName(root).localname.lower() != "opml":
        raise VardeError("The file is not OPML, or declares entities of its own; export it again from your reader")
    rows = [row for row in (_attributes(element) for element in root.iter("{*}outline")) if "xmlurl" in row]
    rows += _rows_that_xml_lost(text, {row["xmlurl"] for row in rows})
    feeds: dict[str, OpmlFeed] = {}
    left_out = list(_read(rows[:AT_MOST], feeds))
    if len(rows) > AT_MOST:
        left_out.append(f"{len(rows) - AT_MOST} feeds after the first {AT_MOST}: split the file")
    return Opml(feeds=tuple(feeds.values()), left_out=tuple(left_out))


def _utf8(opml: bytes) -> bytes:
    """UTF-16, which some readers write, as UTF-8; its declaration no longer holds."""
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if opml.startswith(mark):
            told = opml[2:].decode(encoding, "replace")
            return re.sub(r"^<\?xml[^>]{0,200}\?>", "", told).encode("utf-8", "replace")
    return opml.removeprefix(codecs.BOM_UTF8).lstrip()


def _attributes(element: etree._Element) -> dict[str, str]:
    """Attributes by their names in small letters, which readers write as they like."""
    return {str(name).lower(): str(value) for name, value in element.attrib.items()}


def _rows_that_xml_lost(opml: bytes, known: set[str]) -> list[dict[str, str]]:
    """Rows that are not well-formed, such as with a quote inside a quoted title, read attribute by attribute."""
    told = _without_comments(opml.decode("utf-8", "replace"))
    chunks = (chunk[:_LONGEST_ROW] for chunk in re.split(r"<outline\b", told, flags=re.I)[1:])
    rows = ({name.lower(): html.unescape(value) for name, value in _ATTRIBUTE.findall(chunk)} for chunk in chunks)
    return [row for row in rows if "xmlurl" in row and row["xmlurl"] not in known]


def _without_comments(text: str) -> str:
    kept = []
    while (start := text.find("<!--")) >= 0 and (end := text.find("-->", start)) >= 0:
        kept.append(text[:start])
        text = text[end + 3 :]
    return "".join((*kept, text))


def _read(rows: Iterable[dict[str, str]], feeds: dict[str, OpmlFeed]) -> Iterator[str]:
    """Put feeds into `feeds`; tell what is left out."""
    for row in rows:
        url = web_address(row["xmlurl"])
        title = line(row.get("title", "") or row.get("text", ""), 200)
        if not url:
            yield f"{title or 'a feed without title'}: {line(row['xmlurl'], 120)!r} is no http or https address"
        elif canonical_address(url) in feeds:
            yield f"{title or url}: the same address stands twice"
        else:
            parts = urlsplit(url)
            home = web_address(row.get("htmlurl", "")) or f"{parts.scheme}://{parts.netloc}/"
            feeds[canonical_address(url)] = OpmlFeed(title=title or parts.netloc, url=url, home=home)


def entries(feeds: Iterable[OpmlFeed], taken: Iterable[str]) -> str:
    """Feeds as text for the feed list, under names that are not taken. Licence and terms are left to be filled in."""
    names, listed = set(taken), CommentedSeq()
    for feed in feeds:
        name = _free_name(feed, names)
        names.add(name)
        listed.append(_entry(name, feed))
    written = io.StringIO()
    yaml = YAML(typ="rt")
    yaml.width = 10_000
    yaml.dump(listed, written)
    return written.getvalue() if listed else ""


def _entry(name: str, feed: OpmlFeed) -> CommentedMap:
    stated = {
        "title": feed.title,
        "url": feed.url,
        "publisher": feed.host,
        "home": feed.home,
        "licence": "",
        "terms": "",
        "attribution": line(f"{feed.title}, {feed.host}", 400),
    }
    entry = CommentedMap({"name": name, **{key: DoubleQuotedScalarString(value) for key, value in stated.items()}})
    entry.update({"every": 24, "expect": [0, 500], "rate": 2.0, "kind": "publication"})
    for field, comment in _TO_FILL.items():
        entry.yaml_add_eol_comment(comment, field)
    return entry


def _free_name(feed: OpmlFeed, names: set[str]) -> str:
    """A name for the feed: of its title, else of its host; a letter first, 40 signs at most."""
    stem = next((slug for words in (feed.title, feed.host) if len(slug := _slug(words)) > 1), "feed")
    stem = stem if stem[0].isalpha() else f"feed-{stem}"
    numbered = (stem[:36] if at == 1 else f"{stem[:34].rstrip('-')}-{at}" for at in range(1, len(names) + 2))
    return next(name for name in numbered if name not in names)


def _slug(words: str) -> str:
    letters = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return _NOT_IN_NAMES.sub("-", letters).strip("-")
