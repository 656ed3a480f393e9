"""What a company was told, for other programs: CSV, JSON, RIS, BibTeX, the private feed; HEAD on public pages."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import feedparser
import pytest
from icalendar import Calendar

from digests.evidence import FORMS, write_evidence
from terms.item import Call
from tests.mailroom import Mailroom, mailroom, own
from tests.make import NOW, item
from tests.recordings.digests.world import paper, patent
from watch import calendar, evidence, feed, preferences, review
from watch import digest as digests
from watch.companies import find_company

HOSTILE = "=HYPERLINK(1)\r\nER  - \r\nTY  - BOOK} , author={x"


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailroom]:
    with mailroom(tmp_path, monkeypatch) as made:
        made.approve()
        made.deliver()
        yield made


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@x", "\t=1", "  =1", "\uff1d1"])
def test_no_cell_is_a_formula(start: str) -> None:
    (row,) = csv.DictReader(io.StringIO(write_evidence([paper("P-1", start)], "csv")))
    assert row["title"].startswith("'")


def test_a_hostile_title_adds_no_record_and_no_field() -> None:
    line = paper("P-1", HOSTILE, people=(HOSTILE,))
    ris = write_evidence([line], "ris").splitlines()
    assert [row[:2] for row in ris].count("TY") == 1
    assert [row[:2] for row in ris].count("ER") == 1
    bib = write_evidence([line], "bib")
    assert bib.count("@article{") == 1
    assert r"\} , author=\{x" in bib
    assert json.loads(write_evidence([line], "json"))[0]["ref"] == "P-1"


def test_no_inventor_is_exported() -> None:
    """P41."""
    for form in FORMS:
        written = write_evidence([patent("T-1")], form)
        assert "Private Inventor" not in written
        assert "Gripwell GmbH" in written


def test_what_was_told_is_exported_once(room: Mailroom) -> None:
    rows = json.loads(evidence.export_evidence(room.house, "tind", "json"))
    assert len(rows) == len({row["ref"] for row in rows}) == 2


def test_the_feed_is_read_by_its_secret_address_alone(room: Mailroom) -> None:
    client, before = room.client(), room.rows()
    atom, plain = (urlsplit(address).path for address in feed.addresses_of(room.house, "tind"))
    read = feedparser.parse(client.get(atom).content)
    assert not read.bozo
    assert len(read.entries) == 2
    assert all(entry.link.startswith("https://journal.example/") for entry in read.entries)
    assert {i["id"] for i in client.get(plain).json()["items"]} == {entry.id for entry in read.entries}
    assert client.get(atom).content == client.get(atom).content
    said, _, signature = atom.removesuffix(".atom").rpartition(".")  # its last sign holds bits that say nothing
    forged = f"{said}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}.atom"
    for wrong in (atom.replace(".atom", ".xml"), forged, "/r/feed/x.atom", "/r/feed/.json"):
        assert client.get(wrong).status_code == 404
    assert room.rows() == before
    preferences.revoke_calendar(room.house, "tind", by="Bo")
    assert client.get(atom).status_code == 404


@pytest.mark.parametrize("purpose", ["answer", "stop", "settings", "calendar"])
def test_head_answers_as_get_does_without_a_body(room: Mailroom, purpose: str) -> None:
    """E-22: scanners ask so; nothing changes."""
    client, (mail,) = room.client(), room.mails()
    before, path = room.rows(), own(mail, purpose)
    shown, asked = client.get(path), client.head(path)
    assert (asked.status_code, asked.content) == (200, b"")
    assert asked.headers["content-type"] == shown.headers["content-type"]
    assert room.rows() == before


def test_a_told_call_that_is_rejected_is_cancelled_in_the_calendar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P56: both entries stay, cancelled, with a raised sequence, so that programs take them out."""
    with mailroom(tmp_path, monkeypatch) as room:
        asked = item("c", kind="call", title="Call for valves", call=Call(deadlines_at=(NOW + timedelta(days=60),)))
        room.accept(asked)
        digests.draft_all(room.house)
        digests.approve(room.house, "tind", by="Bo")
        calendar.refresh_calendars(room.house)
        assert states(room) == {("CONFIRMED", 0)}
        (line,) = evidence.read_evidence(room.house, find_company(room.house, "tind"))
        found = review.find_opportunity(room.house, line.ref)
        review.decide(room.house, found, "reject", broker="Bo", reason="known already")
        assert calendar.refresh_calendars(room.house) == 1
        assert states(room) == {("CANCELLED", 1)}


def states(room: Mailroom) -> set[tuple[str, int]]:
    read = Calendar.from_ical(calendar.file_of(room.house, "tind"))
    return {(str(event["status"]), int(str(event["sequence"]))) for event in read.walk("VEVENT")}
