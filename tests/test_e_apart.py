"""RELIABILITY E-13, E-14, E-17 to E-19: nobody holds another's mail, gets another's items, or gets one twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from digests.settings import MailSettings
from ledger import outbox, preferences
from terms.company import Contact
from terms.errors import MailRefused, NotFound, VardeError
from terms.mail import Outcome
from tests.mailroom import Mailroom, body, mailroom
from tests.make import company, item, need
from watch import deliver as delivery
from watch import digest as digests
from watch import report
from watch.house import House

READERS = tuple(Contact(name=f"Reader {n}", address=f"reader{n}@tind.example") for n in range(6))


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailroom]:
    with mailroom(tmp_path, monkeypatch) as made:
        yield made


def only(room: Mailroom) -> outbox.Waiting:
    (waiting,) = delivery.read_outbox(room.house)
    return waiting


def problems(room: Mailroom) -> list[str]:
    return [counted.incident.message for counted in report.read_incidents(room.house)]


def test_e_13_one_bad_recipient_holds_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with mailroom(tmp_path, monkeypatch, company(contacts=READERS)) as room:
        room.approve()
        kept = delivery.hand_over

        def poisoned(outgoing: object, settings: MailSettings) -> Outcome:
            if "reader3" in str(outgoing):
                raise UnicodeEncodeError("ascii", "ø", 0, 1, "poison")
            return kept(outgoing, settings)  # type: ignore[arg-type]

        monkeypatch.setattr(delivery, "hand_over", poisoned)
        monkeypatch.delenv("VARDE_SMTP_RELAY_LOG")
        room.deliver()
        assert sorted(room.states()) == ["sent"] * 5 + ["unknown"]
        assert len(room.mails()) == 5


def test_e_13_one_company_whose_digest_cannot_be_made_holds_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = [company(f"c{n:02}", contacts=READERS[:1], needs=(need(),)) for n in range(7)]
    with mailroom(tmp_path, monkeypatch, *every) as room:
        for number, one in enumerate(every):
            room.accept(item(f"x{number}"), need=f"{one.id}/valves", no=number + 1)
        kept = digests._composed

        def poisoned(house: House, one: object, *more: object) -> object:
            if "c05" in str(one):
                raise ZeroDivisionError("poison")
            return kept(house, one, *more)  # type: ignore[arg-type]

        monkeypatch.setattr(digests, "_composed", poisoned)
        states = {d.company_key: d.state for d in digests.draft_all(room.house)}
        assert states.pop("c05") == "quarantined"
        assert set(states.values()) == {"draft"}
        for key in states:
            digests.approve(room.house, key, by="Bo")
        room.deliver()
        assert len(room.mails()) == 6
        assert any("could not be made" in told for told in problems(room))


@pytest.mark.parametrize("fault", ["no_starttls", None])
def test_e_14_no_mail_leaves_without_trusted_tls(
    room: Mailroom, fault: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is sent in clear, nothing is lost, and an error says so."""
    room.approve()
    room.sink.fault = fault
    monkeypatch.setenv("VARDE_SMTP_SECURITY", "starttls")
    with pytest.raises(MailRefused, match="STARTTLS"):
        room.deliver()
    assert (room.states(), room.mails()) == (["pending"], [])
    assert "no mail leaves for now" in problems(room)


def test_e_17_no_mail_holds_another_companys_items(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    every = [company(f"c{n:02}", contacts=(Contact(name=f"R{n}", address=f"r{n}@c.example"),)) for n in range(6)]
    with mailroom(tmp_path, monkeypatch, *every) as room:
        for number, one in enumerate(every):
            mine = [item(f"{number}-{k}", title=f"secret{number:02}x of part {k}") for k in range(3)]
            room.accept(*mine, need=f"{one.id}/valves", no=number + 1)
        digests.draft_all(room.house)
        for one in every:
            digests.approve(room.house, one.id, by="Bo")
        room.deliver()
        assert len(room.mails()) == 6
        for mail in room.mails():
            number = int(str(mail["To"]).partition("@")[0].rpartition("r")[2])
            for part in ("plain", "html"):
                found = {n for n in range(6) if f"secret{n:02}x" in body(mail, part)}
                assert found == {number}


@pytest.mark.parametrize("change", ["stop", "unsubscribe", "pause"])
def test_e_18_who_leaves_between_approval_and_sending_gets_nothing(room: Mailroom, change: str) -> None:
    """Asked in the transaction that claims: also when it happens after the outbox was read."""
    room.approve()
    waiting = only(room)
    with room.house.ledger.write() as connection:
        wishes = preferences.read_preferences(connection, "tind", "kari@tind.example")
        changed = {"unsubscribe": {"stopped_at": room.house.clock()}, "pause": {"frequency": "paused"}}.get(change)
        if changed:
            preferences.save_preferences(
                connection, wishes.model_copy(update=changed), how="test", at=room.house.clock()
            )
        else:
            outbox.add_stop(connection, "Kari@Tind.example", "test", at=room.house.clock())
        assert not outbox.claim(connection, waiting, at=room.house.clock())
    room.deliver()
    assert (room.states(), room.mails()) == (["stopped"], [])


def test_e_19_two_paths_to_the_same_digest_give_one_mail(room: Mailroom) -> None:
    room.approve()
    mail = only(room).outgoing
    with room.house.ledger.write() as connection:
        again = mail.model_copy(update={"outbox_key": "by hand", "message_id": "<by.hand@x.example>"})
        now = room.house.clock()
        assert outbox.enqueue(connection, "tind/2026-W48/digest", [again], at=now, due_at=now) == 0
    with pytest.raises(VardeError, match="approved already"):
        digests.approve(room.house, "tind", by="Al")
    room.deliver()
    room.deliver()
    assert len(room.mails()) == 1


def test_an_unknown_mail_is_closed_by_a_persons_word(room: Mailroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """received: sent, and never again; audited. What is settled cannot be settled twice."""
    room.approve()
    monkeypatch.delenv("VARDE_SMTP_RELAY_LOG")
    room.sink.fault = "drop_after_accept"
    room.deliver()
    key = only(room).outgoing.outbox_key
    assert only(room).state == "unknown"
    delivery.settle(room.house, key, "received", by="Bo")
    with pytest.raises(NotFound, match="not among the unknown"):
        delivery.settle(room.house, key, "resend", by="Bo")
    room.sink.fault = None
    room.deliver()
    assert (room.states(), len(room.mails())) == (["sent"], 1)
    assert [kept.state for kept in digests.list_digests(room.house)] == ["sent"]
    assert any("settled mail: received" in row for row in room.rows())
