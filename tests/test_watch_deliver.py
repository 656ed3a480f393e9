"""Approved mails leave once, whatever the server does and whenever we are killed (P55, RELIABILITY 7)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from digests import journal
from digests.journal import Entry
from ledger import outbox
from terms.errors import NotFound, SettingMissing, VardeError
from terms.item import Call
from tests.houses import make_house, stock
from tests.make import NOW, company, item
from tests.smtp_sink import Sink
from watch import deliver as delivery
from watch import digest as digests
from watch import review
from watch.house import House

KEY = "tind/2026-W48/digest"


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    with Sink(tmp_path / "mailbox", tmp_path / "mail.log") as server:
        yield server


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sink: Sink) -> House:
    made = make_house(tmp_path, monkeypatch, now="2026-11-23T08:00:00Z")
    monkeypatch.setenv("VARDE_SMTP_PORT", str(sink.port))
    monkeypatch.setenv("VARDE_SMTP_RELAY_LOG", str(tmp_path / "mail.log"))
    return made


def approved(house: House, *ids: str) -> None:
    """Items accepted, drafted, approved."""
    stock(house, *(item(name) for name in ids or ("1", "2")))
    for opportunity in review.queue(house).waiting:
        review.decide(house, opportunity, "accept", broker="Bo")
    digests.draft_all(house)
    digests.approve(house, "tind", by="Bo")


def received(sink: Sink) -> list[str]:
    return [str(message_from_bytes(path.read_bytes())["Message-ID"]) for path in sorted(sink.out.glob("*.eml"))]


def states(house: House) -> list[str]:
    return [waiting.state for waiting in delivery.read_outbox(house)]


def test_an_approved_digest_leaves_once(house: House, sink: Sink) -> None:
    """Delivering again sends nothing again; the digest is sent."""
    approved(house)
    for _ in range(3):
        delivery.deliver(house)
    assert len(received(sink)) == 1
    assert states(house) == ["sent"]
    assert [kept.state for kept in digests.list_digests(house)] == ["sent"]


def test_nothing_unapproved_is_sent(house: House, sink: Sink) -> None:
    """P35."""
    stock(house, item("1"))
    review.decide(house, review.queue(house).waiting[0], "accept", broker="Bo")
    digests.draft_all(house)
    delivery.deliver(house)
    assert received(sink) == []
    assert [kept.state for kept in digests.list_digests(house)] == ["draft"]


def test_a_told_line_is_not_told_again(house: House) -> None:
    """A digest tells each cluster once."""
    approved(house)
    assert [(d.state, d.lines) for d in digests.draft_all(house)] == [("approved", 0)]


def test_approving_twice_and_without_a_draft(house: House) -> None:
    """One effect, one clear refusal (P20 of RELIABILITY)."""
    with pytest.raises(NotFound, match="no digest"):
        digests.approve(house, "tind", by="Bo")
    approved(house)
    with pytest.raises(VardeError, match="approved already, by Bo"):
        digests.approve(house, "tind", by="Al")
    assert len(states(house)) == 1


def test_a_call_that_closed_since_the_draft_is_refused(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RELIABILITY C-12."""
    stock(house, item("1", kind="call", call=Call(deadlines_at=(NOW + timedelta(days=1),))))
    review.decide(house, review.queue(house).waiting[0], "accept", broker="Bo")
    digests.draft_all(house)
    late = make_house(tmp_path, monkeypatch, now="2026-11-25T08:00:00Z")
    with pytest.raises(VardeError, match="closed since it was drafted"):
        digests.approve(late, "tind", by="Bo")
    assert [(d.state, d.lines) for d in digests.draft_all(late)] == [("quiet", 0)]


def test_a_draft_of_a_past_week_is_merged_not_sent(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RELIABILITY E-12, P13: what nobody approved stands in the next digest, and only there."""
    stock(house, item("1"))
    review.decide(house, review.queue(house).waiting[0], "accept", broker="Bo")
    digests.draft_all(house)
    next_week = make_house(tmp_path, monkeypatch, now="2026-11-30T08:00:00Z")
    assert [(d.state, d.lines) for d in digests.draft_all(next_week)] == [("draft", 1)]
    with pytest.raises(VardeError, match=r"past week.*2026-W49"):
        digests.approve(next_week, "tind", by="Bo", week="2026-W48")
    assert digests.approve(next_week, "tind", by="Bo") == 1


def test_a_mail_waits_for_monday_morning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sink: Sink) -> None:
    """P50: 07:00 where the company is."""
    early = make_house(tmp_path, monkeypatch, now="2026-11-23T05:30:00Z")
    monkeypatch.setenv("VARDE_SMTP_PORT", str(sink.port))
    approved(early)
    delivery.deliver(early)
    assert received(sink) == []
    delivery.deliver(make_house(tmp_path, monkeypatch, now="2026-11-23T06:00:00Z"))
    assert received(sink) == []  # this house points at port 1 again: temporary, tried again later
    monkeypatch.setenv("VARDE_SMTP_PORT", str(sink.port))
    later = make_house(tmp_path, monkeypatch, now="2026-11-23T06:20:00Z")
    monkeypatch.setenv("VARDE_SMTP_PORT", str(sink.port))
    delivery.deliver(later)
    assert len(received(sink)) == 1


def test_a_stopped_address_gets_nothing(house: House, sink: Sink) -> None:
    """RELIABILITY E-18: also not what was approved before."""
    approved(house)
    assert delivery.stop(house, "kari@tind.example", "asked by mail")
    assert delivery.deliver(house).states == {"stopped": 1}
    assert received(sink) == []


def entry(house: House, phase: str) -> None:
    (waiting,) = delivery.read_outbox(house)
    journal.append(
        house.journal,
        Entry(
            at=datetime.now(UTC),
            outbox_key=waiting.outgoing.outbox_key,
            message_id=waiting.outgoing.message_id,
            phase=phase,  # type: ignore[arg-type]
        ),
    )


def claimed(house: House) -> None:
    """As a process leaves the ledger that is killed after its claim."""
    approved(house)
    with house.ledger.write() as connection:
        (waiting,) = outbox.read_outbox(connection)
        assert outbox.claim(connection, waiting, at=NOW)


def test_killed_after_the_claim_before_the_journal(house: House, sink: Sink) -> None:
    """Nothing was handed over: it is sent now, once."""
    claimed(house)
    assert delivery.deliver(house).settled == 1
    assert (len(received(sink)), states(house)) == (1, ["sent"])


def test_killed_after_the_journal_before_the_server(house: House, sink: Sink) -> None:
    """The relay's log does not have it: it is sent now, once."""
    claimed(house)
    entry(house, "sending")
    delivery.deliver(house)
    assert (len(received(sink)), states(house)) == (1, ["sent"])


def test_killed_after_the_server_took_it(house: House, sink: Sink) -> None:
    """The relay's log has it: it is marked, not sent again (RELIABILITY E-11)."""
    approved(house)
    (waiting,) = delivery.read_outbox(house)
    entry(house, "sending")
    delivery.hand_over(waiting.outgoing, house.mail)
    with house.ledger.write() as connection:
        outbox.claim(connection, waiting, at=NOW)
    delivery.deliver(house)
    assert (len(received(sink)), states(house)) == (1, ["sent"])


def test_killed_after_the_outcome_was_journalled(house: House, sink: Sink) -> None:
    """The journal says sent: it is marked, not sent again."""
    claimed(house)
    entry(house, "sending")
    entry(house, "sent")
    delivery.deliver(house)
    assert (received(sink), states(house)) == ([], ["sent"])


def test_a_relay_that_cannot_be_asked_leaves_it_unknown_until_a_broker_says(
    house: House, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never re-sent by itself; an incident says so; a broker can release it."""
    monkeypatch.delenv("VARDE_SMTP_RELAY_LOG")
    claimed(house)
    entry(house, "sending")
    for _ in range(2):
        assert delivery.deliver(house).trouble == 1
    assert (received(sink), states(house)) == ([], ["unknown"])
    (waiting,) = delivery.read_outbox(house)
    delivery.resend(house, waiting.outgoing.outbox_key)
    delivery.deliver(house)
    assert (len(received(sink)), states(house)) == (1, ["sent"])
    with pytest.raises(NotFound, match="not among the unknown"):
        delivery.resend(house, waiting.outgoing.outbox_key)


def test_a_restored_ledger_sends_nothing_again(house: House, sink: Sink) -> None:
    """RELIABILITY P15: the journal is outside the backup and is asked first."""
    approved(house)
    backup = house.ledger.backup(house.settings.home / "backups" / "before.sqlite")
    delivery.deliver(house)
    assert backup is not None
    for leftover in house.settings.home.glob("ledger.sqlite*"):
        leftover.unlink()
    (house.settings.home / "ledger.sqlite").write_bytes(backup.read_bytes())
    assert states(house) == ["pending"]
    delivery.deliver(house)
    assert (len(received(sink)), states(house)) == (1, ["sent"])


def test_a_missing_mail_setting_is_named(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """RELIABILITY I-10."""
    monkeypatch.delenv("VARDE_SMTP_HOST")
    with pytest.raises(SettingMissing, match="VARDE_SMTP_HOST"):
        approved(house)


def test_a_server_that_is_down_loses_nothing(house: House, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tried again later, with the same Message-ID, and given up after twenty tries."""
    approved(house)
    monkeypatch.setenv("VARDE_SMTP_PORT", "1")
    delivery.deliver(house)
    (waiting,) = delivery.read_outbox(house)
    assert (waiting.state, waiting.attempts) == ("pending", 1)
    assert waiting.next_at - house.clock() == timedelta(minutes=5)
    assert company().contacts[0].address not in (waiting.detail or "")
