"""Sources of publications: what they ask, how they page, what they keep of people."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from spiders.catalogue import all_sources
from spiders.crawl import crawl
from spiders.kinds.affiliation import organisations_of
from spiders.kinds.crossref_work import without_jats
from spiders.kinds.subjects import subjects_of
from spiders.kinds.window import window
from spiders.page import Ask, Page, Plan
from spiders.settings import CrawlSettings
from spiders.source import Source
from terms.errors import SourceChanged
from terms.haul import Haul
from terms.incident import Incident
from terms.item import Item, Organisation
from terms.source import Focus

RECORDINGS = Path(__file__).parent / "recordings" / "spiders"
REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "recorded"
SOURCES = all_sources()
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
PLAN = Plan(now=NOW)
MINE = ("europe_pmc", "europe_pmc_patents", "crossref", "nva", "pubmed", "arxiv")


def asked(ask: Ask) -> dict[str, str]:
    """The parameters of a request."""
    return {name: values[0] for name, values in parse_qs(urlsplit(ask.url).query).items()}


def page_of(name: str, recording: str, url: str, label: str = "page") -> Page:
    return Page(url=url, body=(RECORDINGS / name / recording).read_bytes(), capture_sha256="0", label=label)


def read(source: Source, page: Page, plan: Plan = PLAN) -> list[Item]:
    return list(source.parse(page, list[Incident]().append, plan))


@pytest.mark.parametrize("name", MINE)
def test_every_question_is_narrow_and_holds_no_address_of_ours(name: str) -> None:
    """Without a focus, with one, and with codes that nobody knows: never the whole world, never a contact."""
    for focus in (Focus(), Focus(cpc=("A01K", "B25J"), arxiv=("cs.RO",)), Focus(cpc=("A99Z",), arxiv=("zz.ZZ",))):
        for since in (None, "2026-11-20", "not a date", "2027-01-01"):
            asks = list(SOURCES[name].start(Plan(now=NOW, since=since, focus=focus)))
            assert 1 <= len(asks) <= 40
            assert all(len(ask.url) < 2_000 and "mailto" not in ask.url for ask in asks)


def test_the_focus_becomes_subjects_and_never_more() -> None:
    focus = Focus(cpc=("A01K", "B25J 9/16", "A99Z"), arxiv=("cs.RO", "q-bio.QM"))
    assert subjects_of(focus, ("x",), 9) == ("aquaculture", "robot gripper", "robotics", "quantitative biology")
    assert subjects_of(focus, ("x",), 2) == ("aquaculture", "robot gripper")
    assert subjects_of(Focus(cpc=("A99Z",)), ("x",), 9) == ("x",)
    (ask,) = SOURCES["europe_pmc"].start(Plan(now=NOW, focus=focus))
    assert 'TITLE_ABS:("aquaculture" OR "robot gripper" OR' in asked(ask)["query"]
    questions = [asked(ask)["query.bibliographic"] for ask in SOURCES["crossref"].start(Plan(now=NOW, focus=focus))]
    assert questions == ["aquaculture", "robot gripper", "robotics", "quantitative biology"]


def test_windows_overlap_and_do_not_trust_a_cursor_from_the_future() -> None:
    """P12: a record is asked for by when it was touched; one that was touched late is met by the overlap."""
    told = {
        since: [str(on) for on in window(Plan(now=NOW, since=since), 7, 3)]
        for since in ("2026-11-20", "", "2027-02-01")
    }
    assert told["2026-11-20"] == ["2026-11-17", "2026-11-23"]
    assert told[""] == told["2027-02-01"] == ["2026-11-16", "2026-11-23"]
    europe, nva, pubmed = (
        next(iter(SOURCES[n].start(Plan(now=NOW, since="2026-11-20")))) for n in ("europe_pmc", "nva", "pubmed")
    )
    assert "UPDATE_DATE:[2026-11-17 TO 2026-11-23]" in asked(europe)["query"]
    assert asked(nva)["modified_since"] == "2026-11-18"
    assert (asked(pubmed)["mindate"], asked(pubmed)["datetype"]) == ("2026/11/17", "edat")


def test_europe_pmc_turns_pages_until_the_cursor_stands_still() -> None:
    source = SOURCES["europe_pmc"]
    (first,) = source.start(PLAN)
    (second,) = source.follow(page_of("europe_pmc", "page.core.json", first.url), PLAN)
    assert asked(second) == {**asked(first), "cursorMark": "AoIIQTe4+CgzOTcwMDAwMQ=="}
    assert list(source.follow(page_of("europe_pmc", "page.last.json", second.url), PLAN)) == []
    assert list(source.follow(page_of("europe_pmc", "page.nothing.json", first.url), PLAN)) == []


def test_a_query_that_was_not_understood_ends_the_crawl() -> None:
    """An index that ignores a field answers with everything it has; that is said, and nobody reads it to its end."""
    (first,) = SOURCES["europe_pmc"].start(PLAN)
    everything = (
        b'{"hitCount": 48000000, "nextCursorMark": "A", "resultList": {"result": [{"id": "1", "source": "MED"}]}}'
    )
    with pytest.raises(SourceChanged, match="48000000"):
        list(SOURCES["europe_pmc"].follow(Page(url=first.url, body=everything, capture_sha256="0"), PLAN))
    first, *_ = SOURCES["nva"].start(PLAN)
    everything = b'{"totalHits": 2500000, "hits": [{"identifier": "1"}]}'
    with pytest.raises(SourceChanged, match="2500000"):
        list(SOURCES["nva"].follow(Page(url=first.url, body=everything, capture_sha256="0"), PLAN))


def test_crossref_reads_the_most_relevant_of_each_subject_and_stops() -> None:
    source = SOURCES["crossref"]
    first, *others = source.start(PLAN)
    assert len({ask.url for ask in (first, *others)}) == 5
    assert asked(first)["filter"].split(",") == [
        "type:journal-article",
        "has-abstract:true",
        "from-index-date:2026-11-16",
        "from-pub-date:2024",
    ]
    page = page_of("crossref", "page.works.json", first.url)
    (second,) = source.follow(page, PLAN)
    assert asked(second) == {**asked(first), "offset": "200"}
    assert list(source.follow(page_of("crossref", "page.works.json", second.url), PLAN)) == []
    assert source.total(page) == 400


def test_nva_follows_only_its_own_addresses() -> None:
    source = SOURCES["nva"]
    hits = json.loads((RECORDINGS / "nva" / "page.hits.json").read_text())
    for elsewhere in ("https://elsewhere.example/search/resources?search_after=1", "file:///etc/passwd", 7, None):
        body = json.dumps({**hits, "nextSearchAfterResults": elsewhere}).encode()
        assert list(source.follow(Page(url="x", body=body, capture_sha256="0"), PLAN)) == []


def test_pubmed_fetches_every_portion_of_the_kept_search() -> None:
    source = SOURCES["pubmed"]
    page = page_of("pubmed", "search.found.json", "https://eutils.example/", "search")
    assert [asked(ask)["retstart"] for ask in source.follow(page, PLAN)] == ["0", "200", "400"]
    forged = page.body.replace(b"MCID_invented0001", b"x&db=protein")
    with pytest.raises(SourceChanged, match="webenv"):
        list(source.follow(Page(url="x", body=forged, capture_sha256="0", label="search"), PLAN))


def test_arxiv_catches_up_on_missed_days_under_the_same_ids() -> None:
    """A paper of the feed and of OAI-PMH has one key, so it is one item with one history, not two twins."""
    source, focus = SOURCES["arxiv"], Focus(arxiv=("cs.RO", "cond-mat.soft", "quant-ph", "q-bio.QM"))

    def asks(since: str | None) -> list[Ask]:
        return list(source.start(Plan(now=NOW, since=since, focus=focus)))

    assert len(asks(None)) == len(asks("2026-11-22")) == len(asks("2026-11-23")) == 1
    feed, *lists = asks("2026-11-16")
    assert feed.url.startswith(source.home.replace("https://", "https://rss."))
    assert [(asked(ask)["set"], asked(ask)["from"], ask.label) for ask in lists] == [
        ("physics:cond-mat:soft", "2026-11-16", "oai"),
        ("cs:cs:RO", "2026-11-16", "oai"),
        ("q-bio:q-bio:QM", "2026-11-16", "oai"),
        ("physics:quant-ph", "2026-11-16", "oai"),
    ]
    caught = read(source, page_of("arxiv", "oai.catch_up.xml", lists[0].url, "oai"))
    assert [item.item_key for item in caught] == ["arxiv:2611.01234", "arxiv:cond-mat/0601001"]
    page = page_of("arxiv", "oai.catch_up.xml", lists[0].url, "oai")
    assert (source.total(page), len(source.rows(page) or ())) == (7, 4)


def test_the_same_paper_from_two_sources_carries_the_same_doi() -> None:
    """P17: clusters are built on it."""
    told = (("europe_pmc", "page.core.json"), ("pubmed", "page.articles.xml"), ("crossref", "page.works.json"))
    found = {name: read(SOURCES[name], page_of(name, recording, "x")) for name, recording in told}
    caught = read(SOURCES["arxiv"], page_of("arxiv", "oai.catch_up.xml", "x", "oai"))
    dois = {name: items[0].publication.doi for name, items in found.items() if items[0].publication}
    assert dois["europe_pmc"] == dois["pubmed"] == "10.5555/salmon.2026.1"
    assert caught[0].publication and caught[0].publication.doi == dois["crossref"] == "10.5555/grip.2026.1"
    assert found["europe_pmc"][0].title == found["pubmed"][0].title


@pytest.mark.parametrize("name", MINE)
def test_nobody_s_address_is_kept(name: str) -> None:
    for path in (RECORDINGS / name).glob("oai*" if name == "arxiv" else "*"):
        if path.name.endswith(".golden.json"):
            kept = json.dumps(json.loads(path.read_text()).get("items", []))
            assert not re.search(r"[\w.]@(?!SiO2)\w|Geheime|Nirgendwo|7491|Electronic address", kept), path


AFFILIATIONS = [
    (
        "Dept of X, Example University, Gata 1, 7491 Trondheim, Norway. Electronic address: a@b.no.",
        "Example University",
        "NO",
    ),
    ("Merdsyn AS, Frøya, Norway", "Merdsyn AS", "NO"),
    ("1 Institute of Y, Weihai 264209, P.R. China", "Institute of Y", "CN"),
    (
        "School of Mathematics University of Glasgow Glasgow UK",
        "School of Mathematics University of Glasgow Glasgow UK",
        "GB",
    ),
    ("Equinor", "Equinor", None),
    ("Correspondence: a.b@c.de", None, None),
    ("12 High Street, London SW1A 1AA, England", None, None),
    ("", None, None),
    (",;, ;;, 7", None, None),
]


@pytest.mark.parametrize(("printed", "name", "country"), AFFILIATIONS)
def test_affiliations_become_organisations_without_addresses(
    printed: str, name: str | None, country: str | None
) -> None:
    expected = (Organisation(name=name, country=country),) if name else ()
    assert organisations_of(printed) == expected


def test_hostile_affiliations_end_soon() -> None:
    for hostile in (
        "a@" * 50_000,
        "," * 100_000,
        "mail " * 50_000,
        "<b>" * 50_000,
        "x@y" + ";" * 100_000,
        "\ud800@\x00,",
    ):
        assert all("@" not in found.name for found in organisations_of(hostile))


def test_jats_becomes_plain_text() -> None:
    assert (
        without_jats("<jats:title>ABSTRACT</jats:title><jats:p>One.</jats:p><jats:p>Two &lt; 3</jats:p>")
        == "One. Two < 3"
    )
    assert without_jats("<jats:p>Abstract art sells.</jats:p>") == "Abstract art sells."
    assert without_jats("<jats:p>H<jats:sub>2</jats:sub>O</jats:p><script>x</script>") == "H2O"


def crawled(name: str, answers: list[tuple[str, bytes]], folder: Path, since: str) -> Haul:
    """A whole crawl over recorded answers, nothing is dialled."""
    for number, (_, body) in enumerate(answers):
        (folder / str(number)).write_bytes(body)
    lines = [json.dumps({"source": name, "url": url, "file": str(n)}) for n, (url, _) in enumerate(answers)]
    (folder / "index.jsonl").write_text("\n".join(lines))
    return crawl(
        SOURCES[name],
        Plan(now=NOW, since=since, focus=Focus(arxiv=("cs.RO",))),
        into=folder / "hauls",
        captures=folder / "captures",
        run_key="r1",
        settings=CrawlSettings(),
        replay=folder,
    )


def test_a_whole_crawl_turns_the_pages_and_counts_what_the_publisher_counts(tmp_path: Path) -> None:
    """Europe PMC by cursor, PubMed by portions, arXiv by its feed and OAI-PMH; each complete, none told wrong."""
    focused = Plan(now=NOW, since="2026-11-16", focus=Focus(arxiv=("cs.RO",)))

    def recording(name: str, file: str) -> bytes:
        return (RECORDINGS / name / file).read_bytes()

    first = next(iter(SOURCES["europe_pmc"].start(focused)))
    core = recording("europe_pmc", "page.core.json").replace(b'"hitCount": 5', b'"hitCount": 6')
    last = recording("europe_pmc", "page.last.json").replace(b'"hitCount": 5', b'"hitCount": 6')
    second = next(iter(SOURCES["europe_pmc"].follow(Page(url=first.url, body=core, capture_sha256="0"), focused)))
    search = next(iter(SOURCES["pubmed"].start(focused)))
    found = recording("pubmed", "search.found.json").replace(b'"401"', b'"4"')
    page = Page(url=search.url, body=found, capture_sha256="0", label="search")
    portion = next(iter(SOURCES["pubmed"].follow(page, focused)))
    feed, listed = SOURCES["arxiv"].start(focused)
    records = recording("arxiv", "oai.catch_up.xml")
    more = next(iter(SOURCES["arxiv"].follow(Page(url=listed.url, body=records, capture_sha256="0"), focused)))
    rest = re.sub(rb"<resumptionToken.*</resumptionToken>", b"", records.replace(b"26", b"25"))
    replays = {
        "europe_pmc": [(first.url, core), (second.url, last)],
        "pubmed": [(search.url, found), (portion.url, recording("pubmed", "page.articles.xml"))],
        "arxiv": [(feed.url, recording("arxiv", "page.weekend.xml")), (listed.url, records), (more.url, rest)],
    }
    kept = {}
    for name, answers in replays.items():
        (tmp_path / name).mkdir()
        haul = crawled(name, answers, tmp_path / name, "2026-11-16")
        counts = [incident.facts for incident in haul.incidents if "counts another number" in incident.message]
        kept[name] = (haul.state, haul.counts["pages"], haul.counts["items"], haul.cursor, counts)
    assert kept["europe_pmc"] == ("complete", 2, 4, "2026-11-23", [])
    assert kept["pubmed"] == ("complete", 2, 2, "2026-11-23", [])
    # seven records, of which two were deleted, two have no title, and one came twice
    assert kept["arxiv"] == ("complete", 3, 3, "2026-11-23", [])
