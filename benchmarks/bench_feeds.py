"""How fast bytes become items: feeds, patent XML and JSON, beside the plain ways; and the zoo of P5.

    python -m benchmarks.bench_feeds parse              all of it in one run, with ratios
    python -m benchmarks.bench_feeds zoo                20 healthy feeds alone, then beside 60 hostile publishers
    python -m benchmarks.bench_feeds mutate 200000      P6: so many mutated feeds, none may escape

Input is what the project holds (`tests/recordings`), repeated until it is large enough.
"""

import itertools
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from benchmarks.zoo import HEALTHY, HOSTILE, named, open_zoo
from benchmarks.zoo import Zoo as Keeper
from spiders import feedchild, quickfeed
from spiders.catalogue import all_sources
from spiders.kinds.us_bulk import documents_in
from spiders.page import Page, Plan
from spiders.source import Source
from terms.haul import Haul
from tests.damage import feeds_recorded, mutations
from tests.test_b_limits import refused_or_read
from tests.test_spiders_sources import PLAN, RECORDINGS
from watch.absorb import absorb
from watch.collect import collect
from watch.house import House, open_house

_ENTRIES = 5_000
_RECORDS = 20_000
_PATENT_BYTES = 40_000_000


def seconds(work: Callable[[], object]) -> float:
    """Processor time, the best of three: other work on the machine does not count."""
    taken = []
    for _ in range(3):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return min(taken)


def _feed() -> bytes:
    rows = "".join(
        f"<item><title>A gripper for soft fruit, part {n}</title><link>https://trade.example/articles/{n}</link>"
        f"<guid isPermaLink='false'>article-{n}</guid><pubDate>Mon, 23 Nov 2026 07:00:00 GMT</pubDate>"
        f"<category>robotics</category><dc:creator>Kari Nordmann</dc:creator><description>&lt;p&gt;It picks "
        f"&lt;b&gt;berries&lt;/b&gt; without bruising, {n} an hour, and is washable.&lt;/p&gt;</description></item>"
        for n in range(_ENTRIES)
    )
    return (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Trade</title>'
        f"{rows}</channel></rss>"
    ).encode()


def _told(name: str, amount: float, unit: str, took: float, plain: float) -> None:
    sys.stdout.write(f"{name:<44}{amount / took:>12,.0f} {unit}/s   {took / plain:>6.2f} x the plain way\n")


def feeds() -> None:
    """Entries a second: lxml alone, without and with a look at each field, our quick reader, feedparser; cleaned."""
    body = _feed()
    raw = seconds(lambda: etree.fromstring(body))
    touched = seconds(lambda: [[(c.tag, c.text, len(c), c.keys()) for c in e] for e in etree.fromstring(body)[0]])
    quick = seconds(lambda: quickfeed.parse(body, ""))
    cleaned = seconds(lambda: feedchild.reduced(quickfeed.parse(body, "") or {}))
    thorough = seconds(lambda: feedchild.reduced(feedchild.thorough(body, "")))
    _told("feed: lxml alone", _ENTRIES, "entries", raw, raw)
    _told("feed: lxml alone, each field read once", _ENTRIES, "entries", touched, raw)
    _told("feed: quick reader, fields as sent", _ENTRIES, "entries", quick, raw)
    _told("feed: quick reader, fields cleaned", _ENTRIES, "entries", cleaned, raw)
    _told("feed: feedparser, fields cleaned", _ENTRIES, "entries", thorough, raw)


def _parsed(source: Source, pages: Iterable[Page], plan: Plan) -> int:
    return sum(1 for page in pages for _ in source.parse(page, lambda _: None, plan))


def patents() -> None:
    """Megabytes a second of the weekly files of the USPTO and of documents of the EPO, with and without lxml alone."""
    sources = all_sources()
    filler = b"<p>The gripper closes by way of a spring, as the figure shows.</p>" * 1_000
    one = (RECORDINGS / "epo" / "document.a1.xml").read_bytes()
    start = one.index(b"<description")
    body = one[: one.index(b">", start) + 1] + filler + one[one.index(b">", start) + 1 :]
    pages = [Page(url="file:x", body=body, capture_sha256="0", label="document")] * (_PATENT_BYTES // len(body))
    raw = seconds(lambda: [etree.fromstring(page.body, etree.XMLParser(recover=True)) for page in pages])
    took = seconds(lambda: _parsed(sources["epo"], pages, PLAN))
    _told("EPO documents: lxml alone, nothing read", _PATENT_BYTES / 1e6, "MB", raw, raw)
    _told("EPO documents to items", _PATENT_BYTES / 1e6, "MB", took, raw)
    _weekly(sources["uspto"], filler)


def _weekly(source: Source, filler: bytes) -> None:
    """The weekly files of the USPTO, of which the recorded documents are repeated."""
    for path in sorted((RECORDINGS / "uspto").glob("*.xml")):
        documents = [one for one in documents_in(path.read_bytes()) if b"<description" in one and b"<?xml" in one]
        if not documents:
            continue
        grown = b"".join(one.replace(b"</description>", filler + b"</description>") for one in documents)
        body = grown * (_PATENT_BYTES // len(grown))
        page = Page(url="file:x", body=body, capture_sha256="0", label=path.name.split(".")[0])
        raw = seconds(
            lambda body=body: [etree.fromstring(d, etree.XMLParser(recover=True)) for d in documents_in(body)]
        )
        took = seconds(lambda page=page: _parsed(source, [page], PLAN))
        _told(f"USPTO {path.name}: lxml alone", len(body) / 1e6, "MB", raw, raw)
        _told(f"USPTO {path.name} to items", len(body) / 1e6, "MB", took, raw)


_JSON = {
    "crossref": ("page.works.json", ("message", "items")),
    "europe_pmc": ("page.core.json", ("resultList", "result")),
    "nva": ("page.hits.json", ("hits",)),
    "ted": ("page.first.json", ("notices",)),
    "doffin": ("page.first.json", ("hits",)),
    "vinnova": ("page.rounds.json", ()),
    "eu_funding": ("page.first.json", ("results",)),
}


def _distinct(answer: object) -> object:
    """The answer with a number in each printed affiliation, since what stands twice is read once."""
    number = itertools.count()

    def told(pairs: list[tuple[str, object]]) -> dict[str, object]:
        return {k: f"{v} {next(number)}" if k == "affiliation" and isinstance(v, str) else v for k, v in pairs}

    made: object = json.loads(json.dumps(answer), object_pairs_hook=told)
    return made


def records() -> None:
    """Records a second of the JSON sources, beside json.loads alone."""
    sources = all_sources()
    for name, (file, where) in _JSON.items():
        answer = json.loads((RECORDINGS / name / file).read_bytes())
        rows = answer
        for key in where:
            rows = rows[key]
        rows *= _RECORDS // 100 // len(rows) + 1
        body = json.dumps(_distinct(answer) if name == "europe_pmc" else answer).encode()
        page = Page(url="file:x", body=body, capture_sha256="0", label=file.split(".")[0])
        raw = seconds(lambda page=page: json.loads(page.body))
        took = seconds(lambda page=page, name=name: _parsed(sources[name], [page], PLAN))
        _told(f"JSON {name}", len(rows), "records", took, raw)


class Zoo(NamedTuple):
    """One run of collect. stored_s: seconds until the last healthy haul was there; whole_s: until the run ended."""

    stored_s: float
    whole_s: float


def zoo() -> None:
    """Twenty healthy feeds alone, then beside sixty hostile ones: nothing known of them yet, and a day later."""
    with open_zoo() as keeper:
        (alone,) = _runs(keeper, named(hostile=0), 1)
        sys.stdout.write(f"{HEALTHY} healthy alone: stored after {alone.stored_s:.1f} s, run {alone.whole_s:.1f} s\n")
        for order in ("mixed", "hostile first"):
            runs = _runs(keeper, named(order=order), 2)
            for when, run in zip(("first run", "next run"), runs, strict=True):
                sys.stdout.write(
                    f"beside {HOSTILE} hostile, names {order}, {when}: stored after {run.stored_s:.1f} s "
                    f"({run.stored_s / alone.stored_s:.2f} times), run {run.whole_s:.1f} s "
                    f"({run.whole_s / alone.whole_s:.2f} times)\n"
                )
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF)) / 1024
    sys.stdout.write(f"largest process: {peak:.0f} MB\n")


def _runs(keeper: Keeper, names: Sequence[str], times: int) -> list[Zoo]:
    """Daily runs through the real collect and absorb."""
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"VARDE_CONTACT": "https://varde.example/", "VARDE_ALLOW_HOSTS": f"127.0.0.1:{keeper.port}"}
        feeds_file = Path(home) / "feeds.yaml"
        feeds_file.write_text(keeper.feeds(names))
        done = []
        for day in range(times):
            house = open_house(None, home=Path(home) / "home", feeds=feeds_file, now=f"2026-11-2{day}T07:00:00Z")
            done.append(_run(house, names))
            absorb(house)
        return done


def _run(house: House, names: Sequence[str]) -> Zoo:
    """One run; each healthy feed must be there whole."""
    arrived: list[float] = []

    def note(haul: Haul) -> None:
        if "healthy" in haul.source:
            assert (haul.state, haul.counts["items"]) == ("complete", 20), haul
            arrived.append(time.perf_counter())

    started = time.perf_counter()
    collect(house, names, on_done=note)
    assert len(arrived) == HEALTHY
    return Zoo(max(arrived) - started, time.perf_counter() - started)


def mutate(rounds: int) -> None:
    """Mutated feeds through the confined process, told after each thousand."""
    started, done, told = time.perf_counter(), 0, [0, 0, 0]
    mutated = mutations(list(feeds_recorded()), rounds)
    while some := list(itertools.islice(mutated, 1_000)):
        done += len(some)
        read, refused, too_much = refused_or_read(iter(some))
        told = [told[0] + read, told[1] + refused, told[2] + len(too_much)]
        sys.stdout.write(
            f"{done} mutated feeds in {time.perf_counter() - started:.0f} s: {told[0]} read, {told[1]} refused, "
            f"{told[2]} over their limits, {done - told[0] - told[1]} lost\n"
        )
        sys.stdout.flush()


def main() -> None:
    """One of the three."""
    what = sys.argv[1] if len(sys.argv) > 1 else "parse"
    if what == "zoo":
        zoo()
    elif what == "mutate":
        mutate(int(sys.argv[2]) if len(sys.argv) > 2 else 200_000)
    else:
        feeds()
        patents()
        records()


if __name__ == "__main__":
    main()
