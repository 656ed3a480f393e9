"""The demo's invented week: whole, true to its clock, its traps in place, and read by the real sources without loss."""

import json
import re
from collections import Counter
from datetime import UTC, date, datetime
from email.header import decode_header, make_header
from functools import cache
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit

import pytest
from lxml import etree
from ruamel.yaml import YAML

from spiders.catalogue import all_sources, recorded_sources
from spiders.feeds import read_feeds
from spiders.page import Page, Plan
from terms.company import Company, Need
from terms.decision import RejectReason, Verb
from terms.incident import Incident
from terms.item import Item
from terms.organisation import Record
from terms.source import Focus

DEMO = Path(__file__).resolve().parents[1] / "varde" / "demo"
WEEK = DEMO / "week"
NOW = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
FEEDS = {"nordic_materials": "rss", "aquatic_engineering": "rdf", "mat_og_hav": "atom"}
PUBLISHERS = {
    "rss.arxiv.org", "api.tech.ec.europa.eu", "data.epo.org",
    "cordis.europa.eu", "zenodo.org", "raw.githubusercontent.com",
}  # fmt: skip
REGISTERS = {"cordis": 13, "rcn_eu_grants": 2, "ror": 8, "eu_partner_search": 2}
TWINS = {
    "Passive RFID sensing of wood moisture through the glue line of cross-laminated timber",
    "Counting sea lice on free-swimming Atlantic salmon with a two-stage detector and fish re-identification",
}


def yaml_of(place: Path) -> Any:
    return YAML(typ="safe").load(place.read_text("utf-8"))


@cache
def index() -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(line) for line in (WEEK / "index.jsonl").read_text("utf-8").splitlines())


@cache
def companies() -> tuple[Company, ...]:
    return tuple(Company.model_validate(yaml_of(place)) for place in sorted((DEMO / "companies").glob("*.yaml")))


def xml(name: str) -> etree._Element:
    recovering = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    return etree.fromstring((WEEK / name).read_bytes(), recovering)


def text_of(entry: etree._Element, name: str) -> str:
    """The first direct child of that name; entities that came escaped twice are undone."""
    return unescape(str(entry.xpath(f"string(*[local-name()='{name}'])")))


@cache
def papers() -> tuple[tuple[str, etree._Element], ...]:
    """Entries of arXiv and the feeds with the name of their source."""
    files = {"arxiv": "arxiv/atom.xml"} | {name: f"feeds/{name}.{ending}" for name, ending in FEEDS.items()}
    entry = "//*[local-name()='entry' or local-name()='item']"
    return tuple((name, found) for name, file in files.items() for found in xml(file).xpath(entry))


@cache
def call_rows() -> tuple[dict[str, Any], ...]:
    answers = [json.loads(place.read_bytes()) for place in sorted((WEEK / "eu_funding").glob("*.json"))]
    assert [answer["pageNumber"] for answer in answers] == [1, 2]
    rows = [row for answer in answers for row in answer["results"]]
    assert {answer["totalResults"] for answer in answers} == {len(rows)}
    return tuple(rows)


@cache
def calls() -> dict[str, dict[str, Any]]:
    """Metadata of the current rows by identifier."""
    rows = [row["metadata"] for row in call_rows()]
    return {told["identifier"][0]: told for told in rows if told["DATASOURCE"] == ["SEDIA"]}


@cache
def patents() -> dict[str, etree._Element]:
    return {place.stem: xml(f"epo/{place.name}") for place in sorted((WEEK / "epo").glob("EP*.xml"))}


def patent_title(root: etree._Element) -> str:
    return str(root.xpath("string(//B541[.='en']/following-sibling::B542[1])"))


def all_titles() -> Counter[str]:
    """Titles as published, how often each occurs; encoded words are decoded, as a mail reader would."""
    titles = [text_of(entry, "title") for _, entry in papers()]
    titles += [told["title"][0] for told in calls().values()]
    titles += [patent_title(root) for root in patents().values()]
    return Counter(str(make_header(decode_header(title))) if title.startswith("=?") else title for title in titles)


def rules() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml_of(DEMO / "broker.yaml")
    return found


def plan() -> Plan:
    needs = [need for company in companies() for need in company.needs]
    cpc = sorted({code for need in needs for code in need.cpc})
    arxiv = sorted({category for need in needs for category in need.arxiv})
    return Plan(now=NOW, focus=Focus(cpc=tuple(cpc), arxiv=tuple(arxiv)))


@cache
def brought() -> tuple[list[Record], list[Incident], set[str]]:
    """What the real sources make of the week, one after the other; the addresses they asked for."""
    records: list[Record] = []
    incidents: list[Incident] = []
    asked: set[str] = set()
    recorded = {(answer["source"], answer["method"], answer["url"]): answer for answer in index()}
    for source in all_sources(read_feeds(DEMO / "feeds.yaml")).values():
        if source.name not in (recorded_sources(DEMO / "week") or ()):
            continue
        waiting = list(source.start(plan()))
        for ask in waiting:
            answer = recorded[(source.name, ask.method, ask.url)]
            asked.add(ask.url)
            if answer["status"] == 200:
                body = (WEEK / answer["file"]).read_bytes()
                page = Page(ask.url, body, sha256(body).hexdigest(), headers=answer["headers"], label=ask.label)
                records += source.parse(page, incidents.append, plan())
                waiting += source.follow(page, plan())
    return records, incidents, asked


def crawled() -> list[Item]:
    """What is matched; registers, projects and announcements are not."""
    return [record for record in brought()[0] if isinstance(record, Item)]


def test_every_file_is_indexed_once_and_no_file_is_left_over() -> None:
    """A payload that nobody asks for is a mistake."""
    listed = [answer["file"] for answer in index()]
    there = {str(place.relative_to(WEEK)) for place in WEEK.rglob("*") if place.is_file()} - {"index.jsonl"}
    assert len(set(listed)) == len(listed)
    assert set(listed) == there
    assert len({(a["method"], a["url"]) for a in index()}) == len(listed)


def test_answers_come_from_true_addresses_of_publishers_or_from_example_hosts() -> None:
    """Every host has its robots.txt; nothing but the feed that is down answers with trouble."""
    hosts = {urlsplit(answer["url"]).hostname or "" for answer in index()}
    assert {host for host in hosts if not host.endswith(".example")} == PUBLISHERS
    assert {urlsplit(a["url"]).hostname for a in index() if a["url"].endswith("/robots.txt")} == hosts
    assert {a["source"]: a["status"] for a in index() if a["status"] != 200} == {"grasping_letters": 503}
    assert all("crawl-delay" not in place.read_text().lower() for place in (WEEK / "robots").iterdir())


def test_counts_by_source() -> None:
    """Counted in the payloads themselves, without our spiders."""
    counts = Counter(name for name, _ in papers())
    assert counts == {"arxiv": 83, "nordic_materials": 16, "aquatic_engineering": 15, "mat_og_hav": 15}
    assert (len(call_rows()), len(calls()), len(patents())) == (33, 32, 40)


def test_abstracts_are_long_enough_to_read_and_each_is_its_own() -> None:
    """Only twins share an abstract."""
    texts = [text_of(entry, "summary") or text_of(entry, "description") for _, entry in papers()]
    texts += [str(found) for root in patents().values() if (found := root.xpath("string(abstract)"))]
    texts += [told["descriptionByte"][0] for told in calls().values()]
    bare = [re.sub(r"<[^>]*>|^arXiv:.*\n|Abstract: ", " ", text).split() for text in texts]
    assert [words for words in bare if not 60 <= len(words) <= 150] == []
    assert len({" ".join(words) for words in bare}) == len(bare) - len(TWINS)


def test_twins_come_from_two_sources() -> None:
    """One pair shares its DOI, the other only title and text (P17)."""
    found = {title: [(name, e) for name, e in papers() if text_of(e, "title") == title] for title in TWINS}
    assert {title: len({name for name, _ in pair}) for title, pair in found.items()} == dict.fromkeys(TWINS, 2)
    assert {title for title, many in all_titles().items() if many > 1} == TWINS
    dois = [[text_of(e, "DOI") or text_of(e, "doi") for _, e in pair] for pair in found.values()]
    assert sorted(len(set(pair) - {""}) for pair in dois) == [1, 1]
    assert sorted(pair.count("") for pair in dois) == [0, 1]


def deadlines(told: dict[str, Any]) -> list[date]:
    return [date.fromisoformat(stamp[:10]) for stamp in told["deadlineDate"]]


def test_calls_hold_every_state_that_dates_can_make() -> None:
    """Stated open but past, forthcoming, without deadline, two-stage, closing soon (P24)."""
    stale = {
        i for i, c in calls().items() if c["status"] == ["31094502"] and deadlines(c) and max(deadlines(c)) < NOW.date()
    }
    assert stale == {"HORIZON-CL6-2026-90-AQUA-04"}
    assert [i for i, c in calls().items() if not c["deadlineDate"]] == ["HORIZON-JU-CLEANH2-2027-91-02"]
    two_stage = [c for c in calls().values() if c["deadlineModel"] == ["two-stage"]]
    assert len(two_stage) == 2 and all(len(deadlines(c)) == 2 for c in two_stage)
    forthcoming = [c for c in calls().values() if c["status"] == ["31094501"]]
    assert len(forthcoming) == 6 and all(date.fromisoformat(c["startDate"][0][:10]) > NOW.date() for c in forthcoming)
    soon = [i for i, c in calls().items() if any(0 < (d - NOW.date()).days < 21 for d in deadlines(c))]
    assert soon == ["GRIPFAST-91-OC2", "SMP-FOOD-2027-91-ANIMAL"]


def test_a_legacy_row_stands_beside_its_current_one() -> None:
    """SOURCES F1, trap 2: an older deadline, and keywords as one JSON string."""
    (legacy,) = [row["metadata"] for row in call_rows() if row["metadata"]["DATASOURCE"] != ["SEDIA"]]
    assert max(deadlines(legacy)) < NOW.date() < max(deadlines(calls()[legacy["identifier"][0]]))
    assert isinstance(json.loads(legacy["keywords"][0]), list)


def test_hostile_titles_are_there() -> None:
    """A header in an encoded word; script, handler and bidi override in a title."""
    titles = {text_of(entry, "title") for _, entry in papers()}
    assert "=?utf-8?q?Fish_lice=0D=0ABcc=3A_evil=40evil.test?=" in titles
    (marked,) = [unescape(title) for title in titles if "script" in title]
    assert all(piece in marked for piece in ("<script>", "<img src=x onerror=", "\u202e"))


def test_an_old_paper_is_first_seen_now_and_nothing_comes_from_the_future() -> None:
    """P12; only deadlines and openings may lie ahead of the clock."""
    stamps = {text_of(e, "title"): (text_of(e, "published") or text_of(e, "publicationDate"))[:10] for _, e in papers()}
    assert max(stamps.values()) == "2026-11-23"
    assert stamps["Field test of pulsed ultraviolet light against biofouling on oxygen probes"] == "2026-10-02"
    assert {root.get("date-publ") for root in patents().values()} == {"20261118"}
    opened = [c["startDate"][0][:10] for c in calls().values() if c["status"] == ["31094502"]]
    assert max(opened) <= NOW.date().isoformat()


def is_well_formed(place: Path) -> bool:
    try:
        etree.fromstring(place.read_bytes())
    except etree.XMLSyntaxError:
        return False
    return True


def test_odd_patents_are_there() -> None:
    """One without an abstract, one that a strict parser refuses."""
    without = [patent_title(root) for root in patents().values() if root.find("abstract") is None]
    assert without == ["SURVEY OF MARINE PARASITE PRESSURE FROM ENVIRONMENTAL DNA"]
    (broken,) = [name for name in patents() if not is_well_formed(WEEK / f"epo/{name}.xml")]
    assert patent_title(patents()[broken]).startswith("METHOD OF CONTROLLING GRIP FORCE")


def test_some_items_are_norwegian() -> None:
    """One of them is about the first need of the Norwegian company (P27)."""
    norwegian = [text_of(e, "title") for _, e in papers() if text_of(e, "language") == "nb"]
    assert len(norwegian) == 4
    assert any("lakselus" in title for title in norwegian)


def test_need_maps_are_whole_and_consistent_with_the_clock() -> None:
    """P01; engagements run 18 months, reviews lie ahead, ids are unique."""
    assert len({company.id for company in companies()}) == len(companies()) == 5
    for company in companies():
        start, end = company.engagement.start, company.engagement.planned_end
        assert (end.year - start.year) * 12 + end.month - start.month == 18
        assert start <= NOW.date() < end
        assert 3 <= len(company.needs) <= 5
        assert len({need.id for need in company.needs}) == len(company.needs)
        assert all(need.review_on and need.review_on > NOW.date() for need in company.needs)
        assert all(need.trl_now < need.trl_target for need in company.needs if need.trl_now and need.trl_target)


def test_companies_differ_in_what_the_demo_must_show() -> None:
    """Two brokers; one closed and one paused need; needs in Norwegian; one company content with silence."""
    needs = [(company.id, need) for company in companies() for need in company.needs]
    assert [where for where, need in needs if need.confidentiality == "closed"] == ["grandal-timber"]
    assert [where for where, need in needs if need.status == "paused"] == ["merdvokter"]
    assert {where for where, need in needs if need.language == "nb"} == {"merdvokter"}
    assert len({company.engagement.broker_address for company in companies()}) == 2
    assert {company.id: company.quiet_week for company in companies()}["ventilverket"] == "nothing"


def test_no_mail_address_could_be_anybodys() -> None:
    """RFC 6761: .example and .test are nobody's."""
    places = [
        place for place in DEMO.rglob("*") if place.suffix in {".yaml", ".xml", ".rss", ".rdf", ".atom", ".json", ".md"}
    ]
    texts = [place.read_text("utf-8") for place in places]
    hosts = {found for text in texts for found in re.findall(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)", text)}
    assert {host for host in hosts if not host.endswith((".example", ".test"))} == set()
    assert hosts


def test_rules_of_the_broker_are_well_formed() -> None:
    """Verbs and reasons are those of terms; each rule says why."""
    known = {company.id for company in companies()}
    for rule in rules():
        assert set(rule) <= {"company", "title_contains", "verb", "reason", "until", "note", "says"}
        assert rule["company"] in known and rule["says"]
        assert rule["verb"] in set(get_args(Verb)) - {"undo"}
        assert (rule.get("reason") in get_args(RejectReason)) == (rule["verb"] == "reject")
        assert (rule.get("until", "") > NOW.date().isoformat()) == (rule["verb"] == "later")


def test_every_rule_names_one_item_or_twins() -> None:
    """And no item is named twice for one company."""
    titles = all_titles()
    named = [(rule["company"], [title for title in titles if rule["title_contains"] in title]) for rule in rules()]
    assert [found for _, found in named if len(found) != 1] == []
    assert len({(company, found[0]) for company, found in named}) == len(named)


def accepted_titles(company: str) -> set[str]:
    wanted = [rule["title_contains"] for rule in rules() if (rule["company"], rule["verb"]) == (company, "accept")]
    return {title for title in all_titles() if any(words in title for words in wanted)}


@pytest.mark.parametrize("company", ["merdvokter", "klo-robotics", "grandal-timber", "kaarna-packaging"])
def test_enough_is_accepted_for_a_project_and_a_partner(company: str) -> None:
    """An open call, a paper, and two applications of one applicant; none of the calls is closed."""
    titles = accepted_titles(company)
    chosen = [told for told in calls().values() if told["title"][0] in titles]
    assert chosen and all(max(deadlines(c)) > NOW.date() and c["status"] == ["31094502"] for c in chosen)
    assert [entry for _, entry in papers() if text_of(entry, "title") in titles]
    applicants = [r.findtext(".//B711/snm") for r in patents().values() if patent_title(r) in titles]
    assert Counter(applicants).most_common(1)[0][1] >= 2


def test_one_company_is_left_without_anything_and_some_items_are_rejected() -> None:
    """Each verb occurs; both twins are accepted."""
    verbs = Counter(rule["verb"] for rule in rules())
    assert accepted_titles("ventilverket") == set()
    assert verbs["reject"] >= 4 and verbs["later"] >= 1 and verbs["duplicate"] == 1
    assert accepted_titles("grandal-timber") | accepted_titles("merdvokter") >= TWINS


def test_the_real_sources_read_the_week_whole() -> None:
    """Every recorded address is asked and no other: a need map with another arXiv category needs another address.

    Three patents lie outside of every company's classes; nothing raises an incident, the mended one neither.
    """
    items, (records, incidents, asked) = crawled(), brought()
    assert asked == {answer["url"] for answer in index() if not answer["url"].endswith("/robots.txt")}
    feeds = {"nordic_materials": 16, "aquatic_engineering": 15, "mat_og_hav": 15}
    assert Counter(item.source for item in items) == {"arxiv": 83, "eu_funding": 32, "epo": 37} | feeds
    assert len({item.item_key for item in items}) == len(items)
    assert Counter(one.source for one in records if not isinstance(one, Item)) == REGISTERS
    assert incidents == []


def wants(need: Need, item: Item) -> bool:
    text = f"{item.title} {item.text}".lower()
    included = any(word.lower() in text for word in need.include)
    return need.status == "active" and included and not any(word.lower() in text for word in need.exclude)


@pytest.mark.parametrize("rule", [rule for rule in rules() if rule["verb"] == "accept"], ids=lambda rule: rule["says"])
def test_accepted_items_are_findable_by_the_words_of_an_active_need(rule: dict[str, Any]) -> None:
    """P22: an include term of the need stands in title or text of the stored item, and no exclude term does."""
    (company,) = [company for company in companies() if company.id == rule["company"]]
    found = [item for item in crawled() if rule["title_contains"] in item.title]
    assert found and all(any(wants(need, item) for need in company.needs) for item in found)
