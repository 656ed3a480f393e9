"""A new source: a file with facts to fill in, and a recording to begin with."""

import keyword
import re
from pathlib import Path
from typing import Literal, get_args

from spiders.document import ROOT
from terms.errors import SettingMissing

Shape = Literal["feed", "json_api", "listing", "xml_dump"]
_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")

_FACTS = """    title = ""  # as people know it
    publisher = ""  # who answers for it
    home = ""  # https address of a page for people
    licence = ""  # in the publisher's words
    terms = ""  # https address of the terms of use
    attribution = ""  # the sentence that every digest prints
    kind = "publication"  # or call, or patent
    every = 0  # hours between two collections
    expect = ()  # fewest and most items of a healthy run
    rate = 0.0  # seconds between two requests
    url = "https://example.org/"  # what is asked first
"""
_START = '''
    def start(self, plan: Plan) -> Iterable[Ask]:
        """The first page."""
        return (Ask(self.url),)
'''
_ITEM = """        if not title or not source_id:
            raise Unreadable("id, title: missing")
        return Item(
            source=self.name,
            source_id=source_id,
            kind=self.kind,
            title=line(title),
            text=plain(text),
            url=web_address(url) or self.home,
            capture_sha256=page.capture_sha256,
        )
"""
_LOOP = """            try:
                yield self.item_of({argument}, page{more})
            except ValueError as unreadable:
                trouble.record_unreadable({named}, unreadable)
        trouble.close()
"""
_FEED = '''"""{name}: say here what is watched."""

from spiders.kinds.feed import FeedSource


class {class_name}(FeedSource):
    """Say in one sentence what the feed holds and what is special about it."""

{facts}'''
_JSON = '''"""{name}: say here what is watched."""

from collections.abc import Iterable, Iterator

from spiders.kinds.address import web_address
from spiders.kinds.rows import Row, mapping, read_json, take_text
from spiders.kinds.trouble import Trouble, Unreadable, leftovers
from spiders.page import Ask, Note, Page, Plan
from spiders.source import Source
from spiders.text import line, plain
from terms.errors import SourceChanged
from terms.item import Item


class {class_name}(Source):
    """Say in one sentence what the API holds and what is special about it."""

{facts}{start}
    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[Item]:
        """Items of one page."""
        records = read_json(page).get("items")
        if not isinstance(records, list):
            raise SourceChanged(f"{{page.url}} has no list of items; look at what changed")
        trouble = Trouble(self.name, page, note)
        for number, record in enumerate(records):
{loop}
    def item_of(self, row: Row, page: Page, trouble: Trouble) -> Item:
        """One record; every field is taken out, so that what is left over is known. Raises Unreadable."""
        source_id, title, text, url = (take_text(row, name) for name in ("id", "title", "summary", "link"))
        trouble.unknown(leftovers(row, frozenset()))
{item}'''
_LISTING = '''"""{name}: say here what is watched."""

from collections.abc import Iterable, Iterator
from urllib.parse import urljoin

from lxml import etree, html

from spiders.kinds.address import web_address
from spiders.kinds.trouble import Trouble, Unreadable
from spiders.page import Ask, Note, Page, Plan
from spiders.source import Source
from spiders.text import line, plain
from terms.errors import SourceChanged
from terms.item import Item


class {class_name}(Source):
    """Say in one sentence what the pages list and what is special about them."""

{facts}{start}
    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[Item]:
        """Items of one list."""
        cards = html.document_fromstring(page.body or b"<html/>").findall(".//article")
        if not cards:
            raise SourceChanged(f"{{page.url}} lists nothing; open it and look at its cards")
        trouble = Trouble(self.name, page, note)
        for number, card in enumerate(cards):
{loop}
    def item_of(self, card: etree._Element, page: Page) -> Item:
        """One card. Raises Unreadable."""
        link = card.find(".//a")
        url = urljoin(page.url, "" if link is None else link.get("href", ""))
        source_id, title, text = url, card.findtext(".//h2", ""), card.findtext(".//p", "")
{item}'''
_XML = '''"""{name}: say here what is watched."""

from collections.abc import Iterable, Iterator

from lxml import etree

from spiders.kinds.address import web_address
from spiders.kinds.trouble import Trouble, Unreadable
from spiders.kinds.xml import read_xml, words
from spiders.page import Ask, Note, Page, Plan
from spiders.source import Source
from spiders.text import line, plain
from terms.errors import SourceChanged
from terms.item import Item


class {class_name}(Source):
    """Say in one sentence what the dump holds and what is special about it."""

{facts}{start}
    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[Item]:
        """Items of one dump."""
        root, _ = read_xml(page.body)
        if root is None or root.tag != "records":
            raise SourceChanged(f"{{page.url}} holds no records; look at what changed")
        trouble = Trouble(self.name, page, note)
        for number, record in enumerate(root.iterfind("record")):
            trouble.unknown({{str(field.tag) for field in record}} - {{"id", "title", "summary", "link"}})
{loop}
    def item_of(self, record: etree._Element, page: Page) -> Item:
        """One record. Raises Unreadable."""
        source_id, title, text, url = (words(record.find(name)) for name in ("id", "title", "summary", "link"))
{item}'''
_TEMPLATES: dict[Shape, str] = {"feed": _FEED, "json_api": _JSON, "listing": _LISTING, "xml_dump": _XML}
_LOOPS: dict[Shape, tuple[str, str]] = {
    "feed": ("", ""),
    "json_api": ('mapping(record, "record")', ", trouble"),
    "listing": ("card", ""),
    "xml_dump": ("record", ""),
}
_RECORDINGS: dict[Shape, tuple[str, str]] = {
    "feed": (
        "page.first.xml",
        '<?xml version="1.0" encoding="UTF-8"?>\n<!-- Written by us; the content is invented. -->\n'
        '<rss version="2.0"><channel><title>Invented</title><item><title>An invented item</title>'
        "<link>https://example.org/1</link><guid>1</guid></item></channel></rss>\n",
    ),
    "json_api": (
        "page.first.json",
        '{"note": "written by us; the content is invented",\n'
        ' "items": [{"id": "1", "title": "An invented item", "summary": "Words.", "link": "https://example.org/1"}]}\n',
    ),
    "listing": (
        "page.first.html",
        "<!DOCTYPE html>\n<!-- Written by us; the content is invented. -->\n"
        '<html><body><article><h2>An invented item</h2><a href="/1">more</a><p>Words.</p></article></body></html>\n',
    ),
    "xml_dump": (
        "page.first.xml",
        '<?xml version="1.0" encoding="UTF-8"?>\n<!-- Written by us; the content is invented. -->\n'
        "<records><record><id>1</id><title>An invented item</title><summary>Words.</summary>"
        "<link>https://example.org/1</link></record></records>\n",
    ),
}
_REFUSED = "<!DOCTYPE html>\n<html><head><title>Log in</title></head><body>Invented log-in page</body></html>\n"


def new_source(name: str, shape: Shape, root: Path = ROOT) -> tuple[Path, ...]:
    """Write the file of a source and two recordings; the files that were written. Nothing is ever overwritten.

    Raises SettingMissing for a name that cannot be one, or is taken.
    """
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise SettingMissing(f"{name!r} cannot name a source: small letters, digits and _ only, a letter first")
    place, recordings = root / "spiders" / "sources", root / "tests" / "recordings" / "spiders" / name
    path = place / f"{name}.py"
    if not place.is_dir():
        raise SettingMissing(f"{place} is not there; sources are added in a checkout of Varde")
    if path.exists() or recordings.exists():
        raise SettingMissing(f"there is a source {name!r} already, or recordings of one; choose another name")
    file, body = _RECORDINGS[shape]
    written = {path: source_text(name, shape), recordings / file: body, recordings / "page.login.html": _REFUSED}
    recordings.mkdir(parents=True)
    for place, text in written.items():
        place.write_text(text, "utf-8")
    return tuple(written)


def source_text(name: str, shape: Shape) -> str:
    """The file of a new source; importing it is refused until its facts are filled in."""
    argument, more = _LOOPS[shape]
    return _TEMPLATES[shape].format(
        name=name,
        class_name="".join(part.capitalize() for part in name.split("_")),
        facts=_FACTS,
        start=_START,
        loop=_LOOP.format(argument=argument, more=more, named='f"record {number}"'),
        item=_ITEM,
    )


def shapes() -> tuple[Shape, ...]:
    """The shapes there are."""
    return get_args(Shape)
