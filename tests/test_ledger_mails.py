"""What mails and readers leave in the ledger, on both engines: wishes, answers, calendars, bounces, edits, posts."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from ledger import addresses, answers, edits, events, outbox, preferences, urgent, webhooks
from ledger.addresses import Bounced
from ledger.schema import metadata
from ledger.store import Ledger
from terms.answer import Answer
from terms.calendar import Event
from terms.edit import Edit, Held
from terms.mail import Outgoing
from terms.webhook import Post, Webhook
from tests import postgres
from tests.make import NOW

LATER = NOW + timedelta(hours=1)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    if postgres.binaries() is None:
        pytest.skip("Debian's postgresql is not installed (apt-get install postgresql)")
    with postgres.server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Ledger:
    if request.param == "sqlite":
        made = Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    else:
        made = Ledger(request.getfixturevalue("server"))
        with made.write() as connection:
            metadata.drop_all(connection)
    made.prepare()
    return made


def test_a_post_is_claimed_once_tried_again_and_never_unsent(ledger: Ledger) -> None:
    post = Post(post_key="varde_1", company_key="tind", digest_key="tind/2026-W48/digest", body="Ærlig".encode(),
                next_at=NOW)  # fmt: skip
    with ledger.write() as connection:
        webhooks.save_webhook(connection, Webhook(company_key="tind", url="https://tind.example/"), at=NOW)
        assert webhooks.add_post(connection, post, at=NOW)
        assert not webhooks.add_post(connection, post.model_copy(update={"post_key": "other"}), at=NOW)
        (due,) = webhooks.read_due_posts(connection, NOW)
        assert due == post
        assert webhooks.claim_post(connection, due, at=NOW)
        assert not webhooks.claim_post(connection, due, at=NOW)
        assert webhooks.reopen_posts(connection, at=LATER) == 1
        (again,) = webhooks.read_due_posts(connection, LATER)
        assert (again.state, again.attempts) == ("unknown", 1)
        webhooks.mark_post(connection, post.post_key, "sent", "answered 200", at=LATER, next_at=None)
        webhooks.mark_post(connection, post.post_key, "pending", "never", at=LATER, next_at=LATER)
        assert webhooks.stop_posts(connection, "revoked", at=LATER, company_key="tind") == 0
        assert webhooks.count_posts(connection) == {("tind", "sent"): 1}


def test_a_webhook_is_replaced_and_counts_its_failures_while_it_is_active(ledger: Ledger) -> None:
    first = Webhook(company_key="tind", url="https://tind.example/")
    with ledger.write() as connection:
        webhooks.save_webhook(connection, first, at=NOW)
        webhooks.count_failures(connection, "tind", 3, "suspended")
        webhooks.count_failures(connection, "tind", 0, "active")
        kept = webhooks.read_webhook(connection, "tind")
        assert kept == first.model_copy(update={"failures": 3, "state": "suspended"})
        fresh = first.model_copy(update={"generation": 2, "rotated_at": LATER})
        webhooks.save_webhook(connection, fresh, at=LATER)
        assert webhooks.read_webhooks(connection) == [fresh]
        assert webhooks.read_webhook(connection, "fjell") is None


def test_a_closing_call_is_told_once_and_again_where_its_deadline_moved(ledger: Ledger) -> None:
    with ledger.write() as connection:
        told = [
            urgent.tell_once(connection, "tind", ref, closes, at=NOW)
            for ref, closes in (("A", LATER), ("A", LATER), ("B", LATER), ("A", LATER + timedelta(days=1)))
        ]
    assert told == [True, False, True, True]


def test_wishes_are_kept_and_asked_before_a_mail_is_claimed(ledger: Ledger) -> None:
    """E-18 on both engines, with the address in whatever case it is written."""
    mail = Outgoing(outbox_key="k", company_key="tind", iso_week="2026-W48", recipient="Kari@tind.example",
                    sender="digest@varde.example", message_id="<1@x.example>", body=b"x")  # fmt: skip
    with ledger.write() as connection:
        wishes = preferences.read_preferences(connection, "tind", "Kari@tind.example")
        assert preferences.save_preferences(
            connection, wishes.model_copy(update={"frequency": "paused"}), how="test", at=NOW
        )
        outbox.enqueue(connection, "tind/2026-W48/digest", [mail], at=NOW, due_at=NOW)
        (waiting,) = outbox.read_due(connection, NOW)
        assert not outbox.claim(connection, waiting, at=NOW)
        assert outbox.count_states(connection) == {"stopped": 1}
        assert preferences.revoke_calendar(connection, "tind", at=NOW) == 2
        assert preferences.revoke_calendar(connection, "tind", at=NOW) == 3
        assert [one.frequency for one in preferences.read_every_reader(connection)] == ["paused"]


def test_the_newest_answer_of_a_reader_stands_and_a_replay_adds_nothing(ledger: Ledger) -> None:
    answer = Answer(company_key="tind", digest_key="tind/2026-W48/digest", ref="A", cluster_key="c", item_key="i",
                    need_key="tind/valves", reader_key="r", verb="useful", note="Ærlig talt",
                    answered_at=NOW)  # fmt: skip
    changed = answer.model_copy(update={"verb": "known", "answered_at": LATER})
    with ledger.write() as connection:
        assert [answers.add_answer(connection, one) for one in (answer, answer, changed)] == [True, False, True]
        assert answers.read_standing_answers(connection) == [changed]
        assert answers.read_answers(connection, "tind", since=LATER) == [changed]


def test_an_event_rises_in_sequence_with_each_change_and_a_bounce_counts_once(ledger: Ledger) -> None:
    event = Event(uid="u@x", company_key="tind", cluster_key="c", ref="A", title="Ærlig", url="https://x.example/",
                  deadline_at=datetime(2027, 1, 5, 16, tzinfo=UTC), decide_on=date(2026, 12, 15),
                  changed_at=NOW)  # fmt: skip
    bounced = Bounced("b", "kari@tind.example", "hard", "5.1.1", "gone", True, NOW)
    with ledger.write() as connection:
        moved = event.model_copy(update={"deadline_at": datetime(2027, 2, 5, 16, tzinfo=UTC)})
        assert [events.save_event(connection, one, at=NOW) for one in (event, event, moved)] == [True, False, True]
        (kept,) = events.read_events(connection, "tind")
        assert (kept.sequence, kept.deadline_at, kept.decide_on) == (1, moved.deadline_at, event.decide_on)
        assert [addresses.add_bounce(connection, bounced) for _ in range(2)] == [True, False]


def test_what_people_changed_of_a_draft_is_kept(ledger: Ledger) -> None:
    held = Held(company_key="tind", cluster_key="c", ref="A", title="Ærlig", until_week="2026-W49", held_by="Bo")
    with ledger.write() as connection:
        for sentence in ("først", "så"):
            edits.save_edit(connection, "tind/2026-W48/digest", Edit(order=("A",), sentence=sentence), at=NOW)
        assert edits.read_edit(connection, "tind/2026-W48/digest") == Edit(order=("A",), sentence="så")
        edits.hold(connection, held, at=NOW)
        edits.hold(connection, held, at=LATER)
        assert edits.read_held(connection, "tind", "2026-W48") == [held]
        assert edits.read_held(connection, "tind", "2026-W49") == []
        assert [edits.release(connection, "tind", "c") for _ in range(2)] == [True, False]
