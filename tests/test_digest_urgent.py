"""One extra mail a week at most, approved, for what closes before the next digest (P57)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from terms.errors import VardeError
from terms.item import Call, Item
from tests.mailroom import Mailroom, body, mailroom
from tests.make import NOW, item
from watch import digest as digests
from watch.companies import find_company
from watch.urgent import draft_urgent


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
