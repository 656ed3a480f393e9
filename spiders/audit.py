"""What sources make of real payloads kept in folders: items, filled fields, fields left over, failures with reasons."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from spiders.kinds.feed import FeedSource
from spiders.kinds.trouble import UNKNOWN_FIELDS, UNREADABLE
from spiders.page import NO_KEY, Page, Plan
from spiders.shown import one_line
from spiders.source import Source
from terms.errors import NotFound, SourceChanged
from terms.incident import Incident
from terms.item import Item
from terms.organisation import Record

EVERY = ("text", "language", "published_on", "updated_at", "people", "organisations", "codes")
_OF_KIND = {
    "call": ("call.deadlines_at", "call.budget_eur", "call.programme"),
    "patent": ("patent.family", "patent.priority_on"),
    "publication": ("publication.doi", "publication.venue"),
    "organisation": ("aliases", "country", "town", "type", "web", "ids", "parents", "codes"),
    "project": ("text", "programme", "calls", "codes", "started_on", "ended_on", "funding_eur", "organisations"),
    "announcement": ("text", "organisation", "country", "ids", "updated_on"),
}
_ITEMS = ("call", "patent", "publication")
_EMPTY = (None, "", "und", "unknown", ())
# What a parser that meets a shape nobody foresaw raises; here it is counted, in a crawl it is an incident.
_BROKEN = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)


class PlainFeed(FeedSource):
    """Any feed of a feed list, for payloads that belong to no source of their own."""

    title = "Feeds of the feed list"
    publisher = "many"
    home = "https://www.rssboard.org/rss-specification"
    licence = "the publishers'"
    terms = "https://www.rssboard.org/rss-specification"
    attribution = "each feed's own"
    kind = "publication"
    every = 24
    expect = (0, 5_000)
    rate = 1.0
    url = "https://www.rssboard.org/files/sample-rss-2.xml"
    recorded_as = ("journal_rss", "prism_rss")


PlainFeed.name = "feeds"


class Failure(NamedTuple):
    """A payload or a record that gave no item. times: how many of the payload's records say the same."""

    payload: str
    reason: str
    times: int


class Audited(NamedTuple):
    """One folder read by one source; "" where none reads it. filled: how many items hold a field, by its name.

    empty: payloads without an item and without a failure, such as the answer to a search without hits.
    """

    folder: str
    source: str
    payloads: int
    items: int
    empty: int
    filled: dict[str, int]
    left_over: tuple[str, ...]
    failures: tuple[Failure, ...]
    incidents: dict[str, int]


def audit(place: Path, sources: Mapping[str, Source], now: datetime) -> Iterator[Audited]:
    """Read every folder of `place` by the sources that claim it, or that have its name. Raises NotFound.

    now: aware; stands in for the clock of a crawl.
    """
    if not place.is_dir():
        raise NotFound(f"{place} is not a folder; an audit needs one with a folder of payloads per source")
    readers = (*sources.values(), PlainFeed())
    for folder in sorted(path for path in place.iterdir() if path.is_dir() and not path.name.startswith(".")):
        claiming = [source for source in readers if folder.name in (source.recorded_as or (source.name,))]
        for source in claiming:
            yield _read(folder, source, now)
        if not claiming:
            yield Audited(folder.name, "", len(_payloads(folder)), 0, 0, {}, (), (), {})


def _payloads(folder: Path) -> list[Path]:
    return sorted(f for f in folder.rglob("*") if f.is_file() and not f.name.startswith("."))


def _read(folder: Path, source: Source, now: datetime) -> Audited:
    plan = Plan(now=now, keys=dict.fromkeys(source.needs_keys, NO_KEY))
    filled, told = Counter[str](), Counter[str]()
    left_over: set[str] = set()
    failures: list[Failure] = []
    items = empty = 0
    payloads = _payloads(folder)
    for path in payloads:
        incidents: list[Incident] = []
        found, refused = _parsed(path, source, incidents, plan)
        items += len(found)
        for item in found:
            filled.update(field for field in _fields(item) if attrgetter(field)(item) not in _EMPTY)
        left_over.update(*(i.facts["fields"].split(", ") for i in incidents if i.message == UNKNOWN_FIELDS))
        told.update(i.message for i in incidents if i.message not in (UNKNOWN_FIELDS, UNREADABLE))
        unread = Counter(i.facts.get("reason", "") for i in incidents if i.message == UNREADABLE)
        failures += [Failure(path.name, reason, times) for reason, times in sorted((refused + unread).items())]
        empty += not (found or refused or unread)
    fields = {name: filled[name] for name in _named_fields(source)}
    return Audited(
        folder.name,
        source.name,
        len(payloads),
        items,
        empty,
        fields,
        tuple(sorted(left_over)),
        tuple(failures),
        dict(told),
    )


def _parsed(path: Path, source: Source, incidents: list[Incident], plan: Plan) -> tuple[list[Record], Counter[str]]:
    """Items of one payload, and why there are no more of them."""
    body = _opened(path)
    page = Page(path.name, body, sha256(body).hexdigest(), label=source.raw_label)
    found: list[Record] = []
    try:
        found.extend(source.parse(page, incidents.append, plan))
    except SourceChanged as refused:
        return found, Counter([one_line(str(refused)).replace(path.name, "it")])
    except _BROKEN as trouble:
        return found, Counter([one_line(f"broke its parser: {type(trouble).__name__}: {trouble}")])
    return found, Counter()


def _opened(path: Path) -> bytes:
    """The bytes of a payload; one that a test of somebody's kept inside a script's string is taken out of it."""
    body = path.read_bytes()
    return body.partition(b"`")[2].rpartition(b"`")[0] if path.suffix in {".js", ".ts"} else body


def _fields(item: Record) -> tuple[str, ...]:
    if not isinstance(item, Item):
        return _OF_KIND[item.kind]
    return (*EVERY, *(field for field in _OF_KIND[item.kind] if getattr(item, field.partition(".")[0]) is not None))


def _named_fields(source: Source) -> tuple[str, ...]:
    return (*(EVERY if source.kind in _ITEMS else ()), *_OF_KIND[source.kind])
