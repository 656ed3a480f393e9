"""A list that was cut short is taken up where it stopped, without a gap and without asking twice (RELIABILITY A-18)."""

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from spiders.crawl import crawl
from spiders.page import Ask, Page, Plan
from spiders.source import Source
from spiders.sources.arxiv import Arxiv
from spiders.sources.epo import Epo
from terms.haul import Haul
from terms.item import Item
from terms.source import Focus
from tests.crawling import Crawl
from tests.origin import NOW, Notices, Origin, Reply, notices, serving, settings_for
from tests.test_spiders_sources import RECORDINGS


@pytest.fixture
def origin() -> Iterator[Origin]:
    with serving() as publisher:
        yield publisher


@pytest.fixture
def crawled(tmp_path: Path, origin: Origin) -> Crawl:
    """Crawl a source so many hours after the first crawl; the run is named for them."""

    def run(source: Source, since: str | None = "2026-11-01", hours: int = 0, **changed: object) -> Haul:
        focus, keys = changed.pop("focus", Focus()), changed.pop("keys", {})
        plan = {"now": NOW + timedelta(hours=hours), "since": since, "focus": focus, "keys": keys}
        origin.asked.clear()
        return crawl(
            source,
            Plan(**plan),  # type: ignore[arg-type]
            into=tmp_path / "hauls",
            captures=tmp_path / "captures",
            run_key=f"run{hours}",
            settings=settings_for(origin, **changed),
        )

    return run


def ids_in(folder: Path, source: str, *run_keys: str) -> list[str]:
    """What those runs brought, in order of name."""
    places = [folder / "hauls" / source / run_key / "items.jsonl" for run_key in run_keys]
    return sorted(Item.model_validate_json(line).source_id for one in places for line in one.read_text().splitlines())


def ten_pages(origin: Origin, broken: Reply) -> Notices:
    """A paged API whose third page fails once, as `broken`."""
    for page in range(1, 11):
        following = {"next": origin.url(f"/{page + 1}")} if page < 10 else {}
        good = Reply(notices(f"n{page}", stamp=f"2026-11-{10 + page}", total=10, **following))
        origin.on(f"/{page}", *([broken, good] if page == 3 else [good]))
    return Notices(origin.url("/1"))


@pytest.mark.parametrize("broken", [Reply(status=500), Reply(status=429), Reply(b"x", is_cut=True)])
def test_a_18_a_paged_api_goes_on_at_the_page_that_failed(
    crawled: Crawl, origin: Origin, tmp_path: Path, broken: Reply
) -> None:
    """Pages before it are kept, the cursor stays; the next run asks for the rest, and the total holds over both."""
    source = ten_pages(origin, broken)
    first = crawled(source)
    assert (first.state, first.cursor, first.counts["items"]) == ("partial", "2026-11-01", 2)
    second = crawled(source, hours=24)
    assert (second.state, second.cursor, second.incidents) == ("complete", "2026-11-20", ())
    assert origin.paths() == ["/robots.txt", *(f"/{page}" for page in range(3, 11))]
    assert (second.counts["items"], second.counts["earlier"]) == (8, 2)
    assert len(set(ids_in(tmp_path, "notices", "run0", "run24"))) == 10
    assert json.loads((tmp_path / "captures/notices/resume.json").read_text()) == {}
    crawled(source, since=second.cursor, hours=48)
    assert origin.paths()[1] == "/1"


@pytest.mark.parametrize(
    ("why", "changed"),
    [
        ("too long ago", {"hours": 49}),
        ("another focus", {"hours": 1, "focus": Focus(cpc=("B25J",))}),
        ("another cursor", {"hours": 1, "since": "2026-10-01"}),
    ],
)
def test_a_18_another_question_or_an_old_mark_starts_again(
    crawled: Crawl, origin: Origin, why: str, changed: dict[str, object]
) -> None:
    source = ten_pages(origin, Reply(status=500))
    crawled(source)
    again = crawled(source, **changed)
    assert (again.state, again.counts["items"], origin.paths()[1]) == ("complete", 10, "/1"), why


@pytest.mark.parametrize("broken", [Reply(status=403), Reply(status=410), Reply(b"<html>")])
def test_a_18_what_waiting_does_not_mend_starts_again(crawled: Crawl, origin: Origin, broken: Reply) -> None:
    """Else a page that is broken for good would hide what is new on the others."""
    source = ten_pages(origin, broken)
    assert crawled(source).counts["items"] == 2
    assert crawled(source, hours=1).counts["items"] == 10


def test_a_18_a_mark_that_brings_nothing_is_dropped(crawled: Crawl, origin: Origin) -> None:
    """A page that is down for days is tried alone once, then with all the others."""
    source = ten_pages(origin, Reply(status=500))
    origin.on("/3", Reply(status=500))
    asked = [(crawled(source, hours=hours).counts["items"], origin.paths()[1]) for hours in (0, 1, 2)]
    assert asked == [(2, "/1"), (0, "/3"), (2, "/1")]


def test_a_18_a_list_whose_pages_shift_starts_again(crawled: Crawl, origin: Origin) -> None:
    source = ten_pages(origin, Reply(status=500))
    source.resumes = 0
    crawled(source)
    assert crawled(source, hours=1).counts["items"] == 10


def test_a_18_the_cursor_of_two_crawls_is_no_later_than_the_first(crawled: Crawl, origin: Origin) -> None:
    """What came in between on the first pages was seen by neither."""
    origin.on("/1", Reply(notices("a", stamp="2026-11-22", next=origin.url("/2"))))
    origin.on("/2", Reply(status=500), Reply(notices("b", stamp="2026-11-25")))
    crawled(Notices(origin.url("/1")))
    assert crawled(Notices(origin.url("/1")), hours=40).cursor == "2026-11-23"


class Listed(Notices):
    """Numbered pages that link to each other, back and forth, and to documents."""

    def follow(self, page: Page, plan: Plan) -> Iterable[Ask]:
        links = self._fields(page).get("links", [])
        assert isinstance(links, list)
        return [Ask(link, label="page" if "list" in link else "document") for link in links]


Listed.name = "notices"


def test_a_18_a_listing_asks_only_for_the_documents_it_lacks(crawled: Crawl, origin: Origin, tmp_path: Path) -> None:
    """A page that failed is read, its links back are not followed, documents that were read stay read."""
    lists = [origin.url("/list1"), origin.url("/list2")]
    for number in (1, 2):
        links = lists + [origin.url(f"/doc{number}{letter}") for letter in "abc"]
        good = Reply(notices(links=links))
        origin.on(f"/list{number}", *([Reply(status=500), good] if number == 2 else [good]))
        for letter in "abc":
            told = Reply(notices(f"{number}{letter}"))
            origin.on(f"/doc{number}{letter}", *([Reply(status=500), told] if (number, letter) == (1, "b") else [told]))
    source = Listed(lists[0])
    assert crawled(source).counts["items"] == 2
    again = crawled(source, hours=24)
    assert again.state == "complete"
    assert sorted(origin.paths()[1:]) == ["/doc1b", "/doc2a", "/doc2b", "/doc2c", "/list2"]
    assert ids_in(tmp_path, "notices", "run0", "run24") == ["1a", "1b", "1c", "2a", "2b", "2c"]


def oai(number: int, token: str) -> bytes:
    """A part of a list of two records, written by us in arXiv's OAI-PMH format."""
    return f"""<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record><header>
<identifier>oai:arXiv.org:2611.0000{number}</identifier></header><metadata><arXiv xmlns="http://arxiv.org/OAI/arXiv/">
<id>2611.0000{number}</id><created>2026-11-12</created><authors><author><keyname>Aas</keyname></author></authors>
<title>Soft grippers {number}</title><categories>cs.RO</categories><abstract>We grip.</abstract></arXiv></metadata>
</record><resumptionToken completeListSize="2">{token}</resumptionToken></ListRecords></OAI-PMH>""".encode()


FORGOTTEN = b"""<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">
<error code="badResumptionToken">expired</error></OAI-PMH>"""


@pytest.fixture
def papers(origin: Origin) -> Arxiv:
    """arXiv, a day missed: its feed is empty, its list has a part behind a token."""
    source = Arxiv()
    source.rate, source.default_categories = 0.001, ("cs.RO",)
    source.url, source.oai = origin.url("/atom/"), origin.url("/oai")
    origin.on("/atom/cs.RO", Reply((RECORDINGS / "arxiv" / "page.weekend.xml").read_bytes()))
    origin.on(START, Reply(oai(1, "t2")))
    return source


START = "/oai?verb=ListRecords&metadataPrefix=arXiv&set=cs:cs:RO&from=2026-11-20"
GOES_ON = "/oai?verb=ListRecords&resumptionToken=t2"


def test_a_18_oai_pmh_goes_on_at_its_resumption_token(
    crawled: Crawl, origin: Origin, papers: Arxiv, tmp_path: Path
) -> None:
    origin.on(GOES_ON, Reply(status=503), Reply(oai(2, "")))
    assert crawled(papers, since="2026-11-20").counts["items"] == 1
    again = crawled(papers, since="2026-11-20", hours=2)
    assert (again.state, again.cursor, origin.paths()[1:]) == ("complete", "2026-11-23", [GOES_ON])
    assert ids_in(tmp_path, "arxiv", "run0", "run2") == ["2611.00001", "2611.00002"]


def test_a_18_an_expired_resumption_token_starts_again_aloud(crawled: Crawl, origin: Origin, papers: Arxiv) -> None:
    origin.on(GOES_ON, Reply(status=503), Reply(FORGOTTEN), Reply(oai(2, "")))
    crawled(papers, since="2026-11-20")
    again = crawled(papers, since="2026-11-20", hours=2)
    assert (again.state, again.counts["items"]) == ("complete", 2)
    assert origin.paths()[1:] == [GOES_ON, "/atom/cs.RO", START, GOES_ON]
    assert [incident.message for incident in again.incidents] == [
        "The list could not be taken up where the last crawl stopped; it is read from its start"
    ]


def test_a_18_a_weekly_list_of_the_epo_is_read_in_as_many_runs_as_it_takes(crawled: Crawl, origin: Origin) -> None:
    """Each document is asked for once; the cursor moves with the last of them."""
    source = Epo()
    source.rate, source.server = 0.001, origin.url("/rest")
    week = "/rest/publication-dates/20261118/patents"
    numbers = [f"EP47{n:05}NWA1" for n in range(12)]
    origin.on("/rest/publication-dates", Reply(b"<a href='/publication-dates/20261118/patents'>18</a>"))
    origin.on(week, Reply("".join(f"<a href='/patents/{number}'>{number}</a>" for number in numbers).encode()))
    document = (RECORDINGS / "epo" / "document.a1.xml").read_bytes()
    for number in numbers:
        origin.on(f"/rest/patents/{number}/document.xml", Reply(document))
    asked, states = [], []
    for hours in (0, 24, 48, 72):
        haul = crawled(source, since="2026-11-11", hours=hours, max_pages=5)
        asked += origin.paths()[1:]
        states.append((haul.state, haul.cursor))
    assert states[:2] == [("partial", "2026-11-11")] * 2
    assert states[2] == ("complete", "2026-11-18")
    documents = [path for path in asked if "document" in path]
    assert documents[:12] == [f"/rest/patents/{number}/document.xml" for number in numbers]
    assert asked.index(documents[0]) == 2 and asked[2:14] == documents[:12]


class Keyed(Notices):
    """Asks with a key in a header, as the USPTO wants it, and in the address."""

    def start(self, plan: Plan) -> Iterable[Ask]:
        return [self.keyed(f"/{number}", plan) for number in (1, 2)]

    def keyed(self, path: str, plan: Plan) -> Ask:
        key = plan.keys["uspto_key"]
        return Ask(f"{self.urls[0]}{path}?api_key={key}", headers={"X-Key": key}, method="POST", body=key.encode())


Keyed.name = "notices"


def test_a_25_a_mark_holds_no_key(crawled: Crawl, origin: Origin, tmp_path: Path) -> None:
    """The next run puts its own key in."""
    source = Keyed(origin.url(""))
    origin.on("/1?api_key=S3CR3T-0f7e", Reply(notices("a")))
    origin.on("/2?api_key=S3CR3T-0f7e", Reply(status=503))
    crawled(source, keys={"uspto_key": "S3CR3T-0f7e"})
    kept = (tmp_path / "captures/notices/resume.json").read_text()
    assert json.loads(kept) and "S3CR3T" not in kept
    origin.on("/2?api_key=N3W", Reply(notices("b")))
    again = crawled(source, hours=1, keys={"uspto_key": "N3W"})
    (asked,) = origin.asked[1:]
    assert (again.state, asked.path, asked.headers["x-key"], asked.body) == (
        "complete",
        "/2?api_key=N3W",
        "N3W",
        b"N3W",
    )
