"""Feeds fetched day by day into a house, for tests of identity and content: bytes -> items -> haul -> warehouse."""

from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from spiders.page import Page, Plan
from terms.haul import Capture, Haul
from terms.incident import Incident
from terms.item import Item
from tests.make import NOW, match
from tests.test_spiders_sources import SOURCES
from warehouse import items, matches
from watch.absorb import Load, absorb
from watch.house import House

PLAN = Plan(now=NOW)


def entry(title: str, link: str = "", guid: str | None = None, more: str = "") -> str:
    """One entry of a feed; what is given is put in as it is."""
    named = "" if guid is None else f"<guid>{guid}</guid>"
    return f"<item><title>{title}</title><link>{link}</link>{named}<description>Of {title}.</description>{more}</item>"


def feed(*entries: str) -> bytes:
    """An RSS 2.0 feed."""
    return f'<rss version="2.0"><channel><title>T</title>{"".join(entries)}</channel></rss>'.encode()


def parsed(body: bytes, url: str = "https://trade.example/feed", source: str = "trade_rss") -> list[Item]:
    """What a feed source makes of these bytes."""
    page = Page(url=url, body=body, capture_sha256=sha256(body).hexdigest())
    return list(SOURCES[source].parse(page, list[Incident]().append, PLAN))


def fetched(house: House, told: Iterable[Item], day: int = 0, source: str = "trade_rss") -> Load:
    """A complete haul of these items, some days from now, absorbed."""
    at, every = NOW + timedelta(days=day), list(told)
    folder = house.hauls / source / at.strftime("%Y%m%dT%H%M%SZ")
    folder.mkdir(parents=True)
    (folder / "items.jsonl").write_text("".join(f"{one.model_dump_json()}\n" for one in every), "utf-8")
    haul = Haul(
        source=source,
        run_key=folder.name,
        state="complete",
        started_at=at,
        finished_at=at,
        counts={"items": len(every)},
    )
    (folder / "haul.json").write_text(haul.model_dump_json(), "utf-8")
    (load,) = absorb(house)
    return load


def flagged(house: House, *keys: str) -> None:
    """Matches of the company's need with the clusters of these items."""
    with house.warehouse.write() as connection:
        homes = items.read_clusters_of(connection, list(keys))
        found = [match(home) for home in sorted(set(homes.values()))]
        matches.store_matches(connection, found, (), at=house.clock())


def kept_bytes(house: House, one: Item, body: bytes) -> Item:
    """The item with these bytes behind it, so that it can be explained."""
    from spiders.capture import keep_capture  # noqa: PLC0415 - Scrapy takes a second to import

    sha = sha256(body).hexdigest()
    place = Path(one.source) / sha[:2] / sha
    capture = Capture(source=one.source, sha256=sha, url=one.url, status=200, fetched_at=NOW, path=str(place))
    keep_capture(house.captures, capture, body)
    return one.model_copy(update={"capture_sha256": sha})
