"""A company's webhook (deliver 8): signed, in its language, posted once to whoever knows its id, to nobody private."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from digests import journal
from ledger import webhooks
from terms.errors import NotFound
from tests.mailroom import Mailroom, mailroom
from tests.make import company, item, need
from tests.receiver import Receiver, receiver
from watch import deliver as delivery
from watch import digest as digests
from watch import report, webhook, webhook_posts

ROOT = Path(__file__).resolve().parent.parent
LATER = "2026-11-23T08:06:00Z"


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: Receiver) -> Iterator[Mailroom]:
    monkeypatch.setenv("VARDE_WEBHOOK_HOSTS", f"127.0.0.1:{there.port}")
    monkeypatch.setenv("VARDE_WEBHOOK_S", "0.5")
    with mailroom(tmp_path, monkeypatch, company(languages=("nb",))) as made:
        yield made


@pytest.fixture
def secret(room: Mailroom, there: Receiver) -> str:
    return webhook.create(room.house, "tind", there.url, by="Bo")


def documented() -> Callable[..., bool]:
    """The receiver's side exactly as the page for receivers has it."""
    names: dict[str, Any] = {}
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "webhook.md").read_text("utf-8"), re.S)
    exec(code, names)
    verify: Callable[..., bool] = names["is_from_varde"]
    return verify


def clock(room: Mailroom) -> Callable[[], float]:
    return lambda: room.house.clock().timestamp()


def states(room: Mailroom) -> list[str]:
    with room.house.ledger.read() as connection:
        return [one.state for one in webhooks.read_posts(connection)]


def approve(room: Mailroom, number: str) -> None:
    room.accept(item(number), no=int(number))
    digests.draft_all(room.house)
    digests.approve(room.house, "tind", by="Bo")


def attempt(room: Mailroom, moment: str) -> None:
    room.at(moment)
    webhook_posts.deliver_posts(room.house)


def test_an_approved_digest_is_posted_once_signed_over_its_bytes(room: Mailroom, there: Receiver, secret: str) -> None:
    """P58: in the company's language; what the page for receivers says verifies it, and nothing else does."""
    room.approve()
    assert there.taken == []
    room.deliver()
    room.deliver()
    ((headers, body),) = there.taken
    verify = documented()
    assert verify(headers, body, secret, clock(room))
    assert not verify(headers, body + b" ", secret, clock(room))
    assert not verify(headers, body, secret, lambda: clock(room)() + 301)
    assert not verify({**headers, "webhook-id": "other"}, body, secret, clock(room))
    told = json.loads(body)
    assert (told["type"], told["data"]["language"], told["data"]["week"]) == ("digest.digest", "nb", "2026-W48")
    assert told["data"]["subject"].startswith("Uke 48")
    lines = [line["ref"] for group in told["data"]["evidence"] for line in group["lines"]]
    assert len(set(lines)) == 2
    assert states(room) == ["sent"]


def test_nothing_unapproved_and_nothing_of_a_closed_need_is_posted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: Receiver
) -> None:
    """P04: neither its title nor the words that matched."""
    monkeypatch.setenv("VARDE_WEBHOOK_HOSTS", f"127.0.0.1:{there.port}")
    hidden = need(confidentiality="closed", title="Clandestine valves")
    with mailroom(tmp_path, monkeypatch, company(needs=(hidden,))) as room:
        webhook.create(room.house, "tind", there.url, by="Bo")
        room.approve()
        room.deliver()
    ((_, body),) = there.taken
    assert b"Clandestine" not in body
    assert b'"because"' not in body


@pytest.mark.parametrize("answer", [404, 503, 301])
def test_what_is_not_taken_is_tried_again_with_the_same_id_and_bytes(
    room: Mailroom, there: Receiver, secret: str, answer: int
) -> None:
    """A redirect is no 2xx, and is not followed."""
    room.approve()
    there.answer = answer
    room.deliver()
    attempt(room, "2026-11-23T08:04:00Z")
    assert (states(room), len(there.taken)) == (["pending"], 1)
    there.answer = 204
    attempt(room, LATER)
    assert states(room) == ["sent"]
    assert len(set(there.ids)) == 1
    assert len({body for _, body in there.taken}) == 1
    assert len({headers["webhook-timestamp"] for headers, _ in there.taken}) == 2


@pytest.mark.parametrize("answer", ["drop", "stall", "drip"])
def test_no_answer_leaves_it_unknown_and_it_comes_again_under_its_id(
    room: Mailroom, there: Receiver, secret: str, answer: str
) -> None:
    """A deadline for the whole conversation: a header that drips for ever does not help."""
    room.approve()
    there.answer = answer
    room.deliver()
    assert states(room) == ["unknown"]
    assert len(room.mails()) == 1, "a receiver holds no mail"
    there.answer = 200
    attempt(room, LATER)
    assert (states(room), len(set(there.ids))) == (["sent"], 1)


def test_a_kill_between_the_post_and_the_ledger(
    room: Mailroom, there: Receiver, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes again, under the same id: lost would be worse, and the receiver can tell."""

    class Killed(BaseException):
        pass

    def die(*arguments: object, **more: object) -> None:
        raise Killed

    room.approve()
    with monkeypatch.context() as patch:
        patch.setattr(webhook_posts, "_conclude", die)
        with pytest.raises(Killed):
            room.deliver()
    assert states(room) == ["sending"]
    room.deliver()
    assert (states(room), len(there.taken), len(set(there.ids))) == (["sent"], 2, 1)


def test_a_kill_between_the_journal_and_the_ledger_posts_nothing_again(
    room: Mailroom, there: Receiver, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P15: so does a restored backup."""

    class Killed(BaseException):
        pass

    def die(*arguments: object, **more: object) -> None:
        raise Killed

    room.approve()
    with monkeypatch.context() as patch:
        patch.setattr(webhooks, "mark_post", die)
        with pytest.raises(Killed):
            room.deliver()
    assert [entry.phase for entry in journal.read(room.house.journal)][-1] == "sent"
    room.deliver()
    assert (states(room), len(there.taken)) == (["sent"], 1)


def test_nine_tries_then_it_failed_and_after_three_digests_the_webhook_rests(
    room: Mailroom, there: Receiver, secret: str
) -> None:
    there.answer = 500
    for number, monday in enumerate(("2026-11-23", "2026-11-30", "2026-12-07"), start=1):
        room.at(f"{monday}T08:00:00Z")
        approve(room, str(number))
        room.deliver()
        moment = datetime.fromisoformat(f"{monday}T08:00:00Z")
        for _ in range(9):
            moment += timedelta(hours=25)
            attempt(room, moment.isoformat())
    assert states(room) == ["failed"] * 3
    assert len(there.taken) == 27
    assert [row["state"] for row in webhook.webhooks_table(room.house)] == ["suspended"]
    assert any("is suspended" in counted.incident.message for counted in report.read_incidents(room.house))
    fresh = webhook.rotate(room.house, "tind", by="Bo")
    there.answer = 200
    room.at("2026-12-21T08:00:00Z")
    approve(room, "4")
    room.deliver()
    assert documented()(*there.taken[-1], fresh, clock(room))


def test_a_receiver_that_is_gone_is_not_asked_again(room: Mailroom, there: Receiver, secret: str) -> None:
    room.approve()
    there.answer = 410
    room.deliver()
    attempt(room, "2026-11-25T08:06:00Z")
    assert (states(room), len(there.taken)) == (["failed"], 1)
    assert [row["state"] for row in webhook.webhooks_table(room.house)] == ["suspended"]


def test_a_rotated_secret_signs_beside_the_one_before_for_a_day(room: Mailroom, there: Receiver, secret: str) -> None:
    room.approve()
    fresh = webhook.rotate(room.house, "tind", by="Bo")
    assert fresh != secret
    there.answer = 500
    room.deliver()
    attempt(room, "2026-11-24T09:00:00Z")
    verify, (early, late) = documented(), there.taken
    at_first = lambda: datetime.fromisoformat("2026-11-23T08:00:00Z").timestamp()  # noqa: E731
    assert verify(*early, secret, at_first)
    assert verify(*early, fresh, at_first)
    assert not verify(*late, secret, clock(room))
    assert verify(*late, fresh, clock(room))


def test_revoked_means_nothing_comes_not_even_what_waits(room: Mailroom, there: Receiver, secret: str) -> None:
    room.approve()
    webhook.revoke(room.house, "tind", by="Bo")
    room.deliver()
    assert (there.taken, states(room)) == ([], ["stopped"])
    with pytest.raises(NotFound, match="has no webhook"):
        webhook.rotate(room.house, "tind", by="Bo")
    assert webhook.create(room.house, "tind", there.url, by="Bo") != secret


def test_the_secret_stands_in_no_store_and_every_change_is_audited(
    room: Mailroom, there: Receiver, secret: str, tmp_path: Path
) -> None:
    webhook.rotate(room.house, "tind", by="Bo")
    rows = "\n".join(room.rows())
    assert secret not in rows
    assert {"created webhook", "rotated webhook secret"} <= set(re.findall(r"\w+ webhook(?: secret)?", rows))
    held = b"".join(path.read_bytes() for path in room.house.settings.home.rglob("*") if path.is_file())
    assert secret.removeprefix("whsec_").encode() not in held


def test_trying_out_tells_nothing(room: Mailroom, there: Receiver, secret: str) -> None:
    assert webhook.try_out(room.house, "tind").state == "sent"
    ((headers, body),) = there.taken
    assert documented()(headers, body, secret, clock(room))
    assert json.loads(body)["type"] == "trial"
    assert states(room) == []


def test_a_blocked_address_is_tried_again_later_and_told(room: Mailroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *a, **k: [(2, 1, 6, "", ("10.0.0.8", 443))])
    webhook.create(room.house, "tind", "https://company.example/varde", by="Bo")
    room.approve()
    attempt(room, LATER)
    assert states(room) == ["pending"]
    assert "no public address" in webhook.posts_table(room.house)[0]["said"]


def test_a_mail_server_that_is_wrong_holds_no_post(
    room: Mailroom, there: Receiver, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.approve()
    monkeypatch.setenv("VARDE_SMTP_SECURITY", "starttls")
    with pytest.raises(Exception, match="STARTTLS"):
        room.deliver()
    assert (states(room), room.states()) == (["sent"], ["pending"])


def test_a_digest_merged_into_a_later_one_is_not_posted(room: Mailroom, there: Receiver, secret: str) -> None:
    room.at("2026-11-22T08:00:00Z")
    room.approve("tind", "1")
    room.at("2026-11-30T08:00:00Z")
    digests.draft_all(room.house)
    delivery.deliver(room.house)
    assert (there.taken, states(room)) == ([], ["stopped"])
