"""The desk's outbox: every state seen, an unknown mail settled; what closes too soon, and the extra mail (P55, P57)."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from ledger import webhooks
from terms.item import Call, Item
from terms.webhook import Post, Webhook
from tests.desks import Browser, enter, hurry, make_desk, make_person
from tests.houses import stock
from tests.mailroom import Mailroom, mailroom
from tests.make import NOW, company, item, need
from watch import digest as digests


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailroom]:
    hurry(monkeypatch)
    other = company("fjell", name="Fjell Hemmelig AS", needs=(need(),))
    with mailroom(tmp_path, monkeypatch, company(), other) as made:
        make_person(made.house, "bo")
        make_person(made.house, "mia", "mentor")
        make_person(made.house, "fia", serves=("fjell",))
        yield made


def desk(room: Mailroom) -> FastAPI:
    return make_desk(room.house)


def closing(name: str, days: int) -> Item:
    return item(name, kind="call", title=f"Call {name}", call=Call(deadlines_at=(NOW + timedelta(days=days),)))


def badges(browser: Browser) -> list[str]:
    rows = browser.get("/outbox").text.partition("<tbody>")[2]
    return re.findall(r'class="badge[^"]*">([^<]+)<', rows)


def unknown(room: Mailroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail whose delivery nobody can tell."""
    room.approve()
    monkeypatch.delenv("VARDE_SMTP_RELAY_LOG")
    room.sink.fault = "drop_after_accept"
    room.deliver()
    room.sink.fault = None


def test_an_unknown_mail_is_on_top_and_settled_by_its_reader(room: Mailroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not by a mentor, and not by a broker of other companies, who do not even see it."""
    unknown(room, monkeypatch)
    app = desk(room)
    bo, mia, fia = enter(app, "bo"), enter(app, "mia"), enter(app, "fia")
    assert badges(bo) == badges(mia) == ["unknown"]
    assert badges(fia) == []
    found = re.search(r'name="key" value="([^"]+)"', bo.get("/outbox").text)
    assert found
    assert 'name="key"' not in mia.get("/outbox").text
    assert mia.post("/outbox", key=found[1], word="received").status_code == 403
    assert fia.post("/outbox", key=found[1], word="received").status_code == 404
    assert bo.post("/outbox", key=found[1], word="received").status_code == 303
    assert badges(bo) == ["sent"]
    assert bo.post("/outbox", key=found[1], word="resend").status_code == 404
    assert any("settled mail: received" in row and "Bo" in row for row in room.rows())


def test_what_was_not_received_is_sent_once_more(room: Mailroom, monkeypatch: pytest.MonkeyPatch) -> None:
    unknown(room, monkeypatch)
    bo, before = enter(desk(room), "bo"), len(room.mails())
    found = re.search(r'name="key" value="([^"]+)"', bo.get("/outbox").text)
    assert found
    bo.post("/outbox", key=found[1], word="resend")
    room.deliver()
    assert (badges(bo), len(room.mails())) == (["sent"], before + 1)


def test_every_state_has_its_word(room: Mailroom) -> None:
    """Waiting, tried again, failed; posts of webhooks among them."""
    room.approve()
    bo = enter(desk(room), "bo")
    assert badges(bo) == ["waits"]
    room.sink.fault = "rcpt_450"
    room.deliver()
    assert badges(bo) == ["tried again"]
    with room.house.ledger.write() as connection:
        webhooks.save_webhook(connection, Webhook(company_key="tind", url="https://tind.example/"), at=NOW)
        post = Post(post_key="varde_1", company_key="tind", digest_key="tind/2026-W48/digest", body=b"{}", next_at=NOW)
        webhooks.add_post(connection, post.model_copy(update={"state": "failed", "detail": "answered 500"}), at=NOW)
    room.sink.fault = "rcpt_550"
    room.at("2026-11-23T08:06:00Z")
    room.deliver()
    assert badges(bo) == ["failed", "failed"]
    assert "answered 500" in bo.get("/outbox").text


def test_a_digest_that_cannot_be_made_is_named_with_its_reason(room: Mailroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """To those who serve the company, and to nobody else."""
    monkeypatch.setattr(digests, "_composed", lambda *a: 1 / 0)
    digests.draft_all(room.house)
    page = enter(desk(room), "bo").get("/outbox").text
    assert "cannot be made" in page
    assert "ZeroDivisionError" in page
    assert "Fjell Hemmelig" not in page


def test_what_closes_too_soon_is_listed_and_the_extra_mail_leaves_once_approved(room: Mailroom) -> None:
    room.approve("tind", "1")
    room.deliver()
    room.accept(closing("near", 4), closing("far", 30), no=2)
    stock(room.house, closing("flagged", 3), no=3)
    app = desk(room)
    bo, mia, fia = enter(app, "bo"), enter(app, "mia"), enter(app, "fia")
    page = bo.get("/closing").text
    assert page.index("Call flagged") < page.index("Call near")
    assert "Call far" not in page
    assert re.search(r'href="/queue/tind/\w+">Decide', page)
    assert "Call near" not in fia.get("/closing").text
    assert fia.get("/closing/tind").status_code == 404
    assert "no draft" in bo.get("/closing/tind").text
    bo.post("/closing/tind/draft")
    assert "Call near" in bo.get("/closing/tind/preview").text
    seen = re.search(r'name="seen" value="(\w+)"', bo.get("/closing/tind").text)
    assert seen
    assert mia.post("/closing/tind/approve", seen=seen[1]).status_code == 403
    assert bo.post("/closing/tind/approve", seen="0" * 16).status_code == 409
    assert room.deliver().sent == 0
    assert bo.post("/closing/tind/approve", seen=seen[1]).status_code == 303
    assert room.deliver().sent == 1
    assert badges(bo) == ["sent", "sent"]
    assert "extra mail" in bo.get("/outbox").text
