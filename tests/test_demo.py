"""`varde demo` from outside, twice: the same digests byte for byte, and what issue 2 promises of them."""

import json
import re
import sqlite3
import subprocess
import sys
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

from desk.public import pace, routes
from network.names import name_key
from terms.digest import Digest
from tests.mailroom import dump, links
from varde.demo.broker import read_rules
from watch.explain import explain
from watch.house import open_house

DEMO = Path(__file__).resolve().parent.parent / "varde" / "demo"
NOW = "2026-11-23T06:05:00Z"
KEY = "the key of the demo, which is no secret"
CHAINS = {
    ("mail", "digest", "decision", "match", "item", "capture", "source"),
    ("mail", "digest", "match", "item", "capture", "source"),  # a patent of a partner from outside
    ("mail", "digest", "project", "capture", "source"),
}
SERVED = {"grandal-timber", "kaarna-packaging", "klo-robotics", "merdvokter"}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def varde(*words: str) -> str:
    done = subprocess.run([sys.executable, "-m", "varde", *words], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("played") / "demo"
    said = varde("demo", "--folder", str(folder))
    assert "Where to look" in said
    return folder


@pytest.fixture(scope="module")
def mails(demo: Path) -> dict[str, EmailMessage]:
    found = {}
    for path in (demo / "outbox").glob("*.eml"):
        mail = message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=policy.default)
        found[path.stem.removeprefix("2026-W48-")] = mail
    return found


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def words(text: str) -> str:
    """Without line ends and markup, for titles that are wrapped."""
    return " ".join(re.sub(r"<[^>]+>", "", text).split()).casefold()


def ask(demo: Path, *verb: str) -> str:
    home = ("--home", str(demo), "--maps", str(DEMO / "companies"), "--feeds", str(DEMO / "feeds.yaml"), "--now", NOW)
    return varde(*home, *verb)


def sent(demo: Path) -> dict[str, Digest]:
    """Every digest as the ledger keeps it, by company."""
    with sqlite3.connect(f"file:{demo / 'ledger.sqlite'}?mode=ro", uri=True) as ledger:
        rows = ledger.execute("select company_key, digest_json from digests where state = 'sent'").fetchall()
    return {company: Digest.model_validate_json(text) for company, text in rows}


def test_a_second_demo_gives_the_same_digests(demo: Path) -> None:
    """Started anew, byte for byte."""
    first = {path.name: path.read_bytes() for path in (demo / "outbox").iterdir()}
    varde("demo", "--folder", str(demo))
    assert {path.name: path.read_bytes() for path in (demo / "outbox").iterdir()} == first
    assert len(first) == 3 * len(SERVED)


def test_one_digest_per_served_company_with_both_parts_and_a_way_out(mails: dict[str, EmailMessage]) -> None:
    """P51; the quiet company gets none (P57)."""
    assert set(mails) == SERVED
    for mail in mails.values():
        assert "mailto:" in mail["List-Unsubscribe"]
        assert len(part(mail, "html").encode()) < 90_000
        for path in re.findall(r"https?://[^\s\"<>]+", part(mail, "plain")):
            assert path.split("?")[0].rstrip(".,)") in part(mail, "html").replace("&amp;", "&")


def test_what_the_broker_said_is_what_the_mails_hold(mails: dict[str, EmailMessage]) -> None:
    """Accepted once, rejected and put off never; the twin paper is told once."""
    for rule in read_rules(DEMO / "broker.yaml"):
        if rule.company not in SERVED:
            continue
        for kind in ("plain", "html"):
            held = rule.title_contains.casefold() in words(part(mails[rule.company], kind))
            assert held is (rule.verb == "accept"), (rule.company, rule.verb, rule.title_contains, kind)


def test_no_closed_call_and_no_stranger_is_in_a_mail(mails: dict[str, EmailMessage], demo: Path) -> None:
    """The call whose source says open although every deadline is past is in no queue and in no mail."""
    closed = closed_titles()
    assert closed
    waiting = words(ask(demo, "queue", "--json"))
    for title in closed:
        assert title.casefold() not in waiting
        assert not any(title.casefold() in words(part(mail, "plain")) for mail in mails.values())


def closed_titles() -> list[str]:
    """Titles of rows that say open and have no deadline ahead."""
    rows = [
        row["metadata"]
        for page in sorted((DEMO / "week" / "eu_funding").glob("*.json"))
        for row in json.loads(page.read_text("utf-8"))["results"]
    ]
    past = [
        r
        for r in rows
        if r.get("deadlineDate") and max(r["deadlineDate"]) < "2026-11-23" and r["status"] == ["31094502"]
    ]
    return [r["title"][0] for r in past]


def test_a_twin_stands_once(mails: dict[str, EmailMessage]) -> None:
    """The same paper from arXiv and a journal is one line (P17)."""
    for mail in mails.values():
        refs = re.findall(r"\[([0-9A-HJKMNP-TV-Z]{6})\]", part(mail, "plain"))
        titles = re.findall(r"https?://(?!varde\.example/)\S+", part(mail, "plain"))
        assert refs
        assert len(set(titles)) == len(set(refs))


def test_every_digest_says_what_to_do_by_when_and_with_whom(mails: dict[str, EmailMessage], demo: Path) -> None:
    """Issue 6: per company a project with deadline, gate, evidence and named partners, and a partner."""
    digests = sent(demo)
    assert set(digests) == SERVED
    for company, digest in digests.items():
        kinds = {one.kind for one in digest.suggestions}
        assert kinds == {"project", "partner"}, company
        assert any(
            one.call and one.call.deadline_at and one.decide_on and one.gate and one.evidence and one.participants
            for one in digest.suggestions
        ), company
        assert all(one.gate and one.gate.outcome != "not eligible" for one in digest.suggestions if one.call), company
        lead = digest.suggestions[0]
        assert lead.call is not None
        text = words(part(mails[company], "plain"))
        assert text.index(lead.call.title.casefold()) < 300, company
        assert any(one.name.casefold() in text for one in lead.participants), company


def test_every_company_is_told_of_a_partner_from_outside(demo: Path) -> None:
    """P41: whom a project of the invented registers speaks for, beside who stands behind the accepted patents."""
    for company, digest in sent(demo).items():
        outside = [s for s in digest.suggestions if s.kind == "partner" and s.evidence[0].kind == "project"]
        assert outside, company
        assert all(one.partner and one.partner_country for one in outside), company


def test_pairs_and_joint_calls_are_there_for_the_brokers(demo: Path) -> None:
    """P43 and P42: a competence that another company's open need asks for; a call that two companies fit."""
    pairs = json.loads(ask(demo, "pairs", "list", "--json"))
    assert any((pair["seeker_key"], pair["owner_key"]) == ("klo-robotics", "ventilverket") for pair in pairs)
    (joint,) = json.loads(ask(demo, "joint", "--json"))
    assert {one["company_key"] for one in joint["applicants"]} == {"klo-robotics", "kaarna-packaging"}
    assert any(rule["quote"] for rule in joint["rules"])


def test_the_page_of_every_project_names_partners_from_outside_too(demo: Path) -> None:
    """P40: gate, evidence, steps and partners with the projects behind them, as the mail names them."""
    for company, digest in sent(demo).items():
        lead = digest.suggestions[0]
        assert lead.call
        told = json.loads(ask(demo, "project", lead.need_key, lead.call.item_key, "--json"))
        names = {name_key(one["name"]) for one in told["partners"]}
        assert names >= {name_key(one.name) for one in lead.participants}, company
        assert told["gate"]["verdicts"] and told["steps"] and (told["papers"] or told["patents"]), company


def test_e_22_following_every_link_of_every_mail_changes_no_row(mails: dict[str, EmailMessage], demo: Path) -> None:
    """Each address of ours in each mail, by GET and HEAD, as scanners do; each answers."""
    house = open_house(None, home=demo, maps=DEMO / "companies", feeds=DEMO / "feeds.yaml", now=NOW)
    house = replace(house, settings=house.settings.model_copy(update={"link_key": SecretStr(KEY)}))
    app = FastAPI()
    app.state.desk = SimpleNamespace(house=house)
    app.include_router(routes.router)
    before = dump(house.ledger)
    followed = 0
    for mail in mails.values():
        client = TestClient(app, base_url="https://varde.example", follow_redirects=False)
        for link in links(mail):
            if link.startswith("https://varde.example/"):
                routes.PACE = pace.Pace()
                assert client.get(link).status_code == 200, link
                assert client.head(link).status_code == 200, link
                followed += 1
    assert followed > 50
    assert dump(house.ledger) == before


def test_a_hostile_title_adds_no_header(mails: dict[str, EmailMessage]) -> None:
    """RELIABILITY E-01."""
    for mail in mails.values():
        assert {name.lower() for name in mail}.isdisjoint({"bcc", "cc"})
        assert len(mail["To"].addresses) == 1


def test_every_line_of_every_digest_can_be_walked_back_to_the_bytes(mails: dict[str, EmailMessage], demo: Path) -> None:
    """mail > digest > decision > match > item > capture > source; the verb says the same of one line a company.

    What speaks for a partner from outside was decided by nobody: its project stands between digest and capture.
    """
    house = open_house(None, home=demo, maps=DEMO / "companies", feeds=DEMO / "feeds.yaml", now=NOW)
    for company, mail in mails.items():
        refs = sorted(set(re.findall(r"\[([0-9A-HJKMNP-TV-Z]{6})\]", part(mail, "plain"))))
        chains = {ref: explain(house, ref) for ref in refs}
        for ref, (chain,) in chains.items():
            assert tuple(dict.fromkeys(hop.name for hop in chain)) in CHAINS, (company, ref)
            assert chain[0].facts["message_id"] == mail["Message-ID"]
        (told,) = json.loads(ask(demo, "explain", refs[0], "--json"))
        assert [hop["hop"] for hop in told] == [hop.name for hop in chains[refs[0]][0]]


def test_the_queue_that_is_left_and_the_incident_of_the_feed_that_is_down(demo: Path) -> None:
    """The run report says what happened."""
    assert len(json.loads(ask(demo, "queue", "--json"))) > 5
    incidents = json.loads(ask(demo, "incidents", "--json"))
    assert [(i["where"], i["level"]) for i in incidents] == [("source:grasping_letters", "warning")]
    collected = {row["source"]: row["health"] for row in json.loads(ask(demo, "sources", "--json")) if row["last run"]}
    assert len(collected) == 11
    assert {name for name, state in collected.items() if state != "healthy"} == {"grasping_letters"}


def test_a_folder_that_is_no_demo_is_not_touched(tmp_path: Path) -> None:
    """Started anew means removed first: only a demo's own folder."""
    (tmp_path / "thesis.txt").write_text("mine")
    done = subprocess.run(
        [sys.executable, "-m", "varde", "demo", "--folder", str(tmp_path)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "not a demo" in done.stderr
    assert (tmp_path / "thesis.txt").read_text() == "mine"
