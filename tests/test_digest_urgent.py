"""One extra mail a week at most, approved, for what closes before the next digest (P57)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ledger import preferences
from terms.errors import VardeError
from terms.item import Call, Item
from tests.houses import stock
from tests.mailroom import Mailroom, body, mailroom
from tests.make import NOW, item
from watch import digest as digests
from watch import report
from watch.companies import find_company
from watch.reminders import tell_closing
from watch.urgent import draft_urgent, find_closing


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailroom]:
    with mailroom(tmp_path, monkeypatch) as made:
        yield made


def closing(name: str, days: int) -> Item:
    return item(name, kind="call", title=f"Call {name}", call=Call(deadlines_at=(NOW + timedelta(days=days),)))


def state(room: Mailroom) -> str:
    return draft_urgent(room.house, find_company(room.house, "tind")).state


def test_what_closes_before_monday_is_sent_once_and_only_once_approved(room: Mailroom) -> None:
    room.accept(closing("early", 3), no=9)
    assert state(room) == "not due", "this week's own digest can tell it"
    room.approve("tind", "1", "2")
    room.deliver()
    room.accept(closing("near", 4), closing("far", 30), no=2)
    assert state(room) == "draft"
    assert room.deliver().sent == 0
    assert digests.approve(room.house, "tind", by="Bo", kind="urgent") == 1
    assert room.deliver().sent == 1
    weekly, extra = room.digests_sent()
    assert str(extra["Subject"]).startswith("Cannot wait until Monday: Week 48: 1 project")
    assert weekly["Message-ID"] != extra["Message-ID"]
    text = body(extra, "plain")
    assert "Call near" in text
    assert "Call far" not in text
    room.accept(closing("second", 5), no=3)
    assert state(room) == "sent", "at most one a week"
    with pytest.raises(VardeError, match="sent already"):
        digests.approve(room.house, "tind", by="Bo", kind="urgent")


def test_what_it_told_is_not_told_again_and_the_rest_comes_on_monday(room: Mailroom) -> None:
    room.approve("tind", "1")
    room.deliver()
    room.accept(closing("near", 4), closing("far", 30), no=2)
    assert state(room) == "draft"
    digests.approve(room.house, "tind", by="Bo", kind="urgent")
    room.deliver()
    room.at("2026-11-30T08:00:00Z")
    digests.draft_all(room.house)
    (kept,) = digests.list_digests(room.house, "2026-W49")
    assert [line.title for line in kept.digest.lines] == ["Call far"]


def test_a_week_without_anything_urgent_has_no_extra_mail(room: Mailroom) -> None:
    room.approve("tind", "1")
    room.accept(closing("far", 30), no=2)
    assert state(room) == "quiet"


def closing_of(room: Mailroom) -> dict[str, str]:
    return {one.title: one.standing for one in find_closing(room.house)}


def test_a_run_notices_by_itself_and_only_proposes(room: Mailroom) -> None:
    """A draft and a mail to the broker, each call told once; nothing to the company before a person approves it."""
    room.approve("tind", "1")
    room.deliver()
    room.accept(closing("near", 4), closing("far", 30), no=2)
    stock(room.house, closing("flagged", 3), no=3)
    for _ in range(2):
        assert [one.title for one in tell_closing(room.house)] == ["Call flagged", "Call near"]
        room.deliver()
    assert len(room.digests_sent()) == 1, "the weekly one"
    assert states_of(room) == ["sent", "draft"]
    (notice,) = (mail for mail in room.mails() if "brokers." in str(mail["List-Id"]))
    assert str(notice["To"]) == "Bo Broker <bo@varde.example>"
    assert str(notice["Subject"]).startswith("2 to decide on now: Tind Valves AS")
    for kind in ("plain", "html"):
        said = body(notice, kind)
        assert ("Call near" in said, "Call flagged" in said, "Call far" in said) == (True, True, False)
    told = [c for c in report.read_incidents(room.house) if "close before" in c.incident.message]
    assert [(c.incident.level, c.times) for c in told] == [("warning", 1)]
    stock(room.house, closing("later", 5), no=4)
    tell_closing(room.house)
    room.deliver()
    assert sum("brokers." in str(mail["List-Id"]) for mail in room.mails()) == 2, "a new call is told of"


def states_of(room: Mailroom) -> list[str]:
    return [kept.state for kept in digests.list_digests(room.house)]


def test_where_each_call_stands(room: Mailroom) -> None:
    """Flagged, in this week's draft, only an extra mail helps, told or closed."""
    stock(room.house, closing("flagged", 3))
    room.accept(closing("early", 4), closing("monday", 8), no=2)
    assert closing_of(room) == {"Call flagged": "flagged", "Call early": "digest"}
    digests.draft_all(room.house)
    assert closing_of(room) == {"Call flagged": "flagged", "Call early": "digest"}
    digests.approve(room.house, "tind", by="Bo")
    room.accept(closing("near", 5), no=3)
    assert closing_of(room) == {"Call flagged": "flagged", "Call near": "urgent"}
    room.at("2026-11-26T08:00:00Z")
    assert closing_of(room) == {"Call near": "urgent"}, "what has closed needs nobody"


def test_who_reads_every_other_week_is_told_of_what_closes_within_two(room: Mailroom) -> None:
    """P57: before the *next digest*, which for these readers is no Monday from now but the one after."""
    with room.house.ledger.write() as connection:
        wishes = preferences.read_preferences(connection, "tind", "kari@tind.example")
        changed = wishes.model_copy(update={"frequency": "fortnightly"})
        preferences.save_preferences(connection, changed, how="test", at=room.house.clock())
    room.approve("tind", "1")
    room.deliver()
    room.accept(closing("near", 10), closing("far", 20), no=2)
    assert closing_of(room) == {"Call near": "urgent"}
    room.at("2026-12-01T08:00:00Z")
    assert digests.draft_all(room.house)[0].state == "not due"
    assert state(room) == "draft", "in the week without a digest, too"
    assert digests.approve(room.house, "tind", by="Bo", kind="urgent") == 1
