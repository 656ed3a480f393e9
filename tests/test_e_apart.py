"""RELIABILITY E-13, E-14, E-17 to E-19: nobody holds another's mail, gets another's items, or gets one twice."""

import os
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from digests.settings import MailSettings
from ledger import outbox, preferences
from terms.company import Contact
from terms.errors import MailRefused, NotFound, VardeError
from terms.item import Item
from terms.mail import Outcome, Outgoing
from tests.houses import stock
from tests.mailroom import Mailroom, body, mailroom
from tests.make import company, item, need
from watch import deliver as delivery
from watch import digest as digests
from watch import report, review
from watch.house import House

MANY = int(os.environ.pop("VARDE_TEST_MANY", "12"))
COMPANIES = int(os.environ.pop("VARDE_TEST_COMPANIES", "12"))
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


@pytest.mark.timeout(3600)
def test_e_13_one_bad_recipient_holds_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Among 500 (VARDE_TEST_MANY=500): one that the server refuses, and one that our own code cannot hand over."""
    readers = tuple(Contact(name=f"Reader {n}", address=f"reader{n}@tind.example") for n in range(MANY))
    with mailroom(tmp_path, monkeypatch, company(contacts=readers)) as room:
        room.approve()
        kept = delivery.hand_over

        def poisoned(outgoing: Outgoing, settings: MailSettings) -> Outcome:
            room.sink.fault = "rcpt_550" if outgoing.recipient.startswith("reader5@") else None
            if outgoing.recipient.startswith("reader3@"):
                raise UnicodeEncodeError("ascii", "ø", 0, 1, "poison")
            return kept(outgoing, settings)

        monkeypatch.setattr(delivery, "hand_over", poisoned)
        monkeypatch.delenv("VARDE_SMTP_RELAY_LOG")
        room.deliver()
        assert Counter(room.states()) == {"sent": MANY - 2, "unknown": 1, "failed": 1}
        assert len(room.mails()) == MANY - 2
        (one,) = (w for w in delivery.read_outbox(room.house) if w.state == "unknown")
        assert "quarantined" in (one.detail or "")


@pytest.mark.timeout(3600)
def test_e_13_one_company_whose_digest_cannot_be_made_holds_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of as many companies as there were recipients above."""
    every = [company(f"c{n:03}", contacts=READERS[:1], needs=(need(),)) for n in range(MANY)]
    with mailroom(tmp_path, monkeypatch, *every) as room:
        accept_each(room, {one.id: [item(f"x{number}")] for number, one in enumerate(every)})
        kept = digests._composed

        def poisoned(house: House, one: object, *more: object) -> object:
            if "c005" in str(one):
                raise ZeroDivisionError("poison")
            return kept(house, one, *more)  # type: ignore[arg-type]

        monkeypatch.setattr(digests, "_composed", poisoned)
        states = {d.company_key: d.state for d in digests.draft_all(room.house)}
        assert states.pop("c005") == "quarantined"
        assert set(states.values()) == {"draft"}
        for key in states:
            digests.approve(room.house, key, by="Bo")
        room.deliver()
        assert len(room.mails()) == MANY - 1
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


@pytest.mark.timeout(3600)
def test_e_17_no_mail_holds_another_companys_items(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """200 companies with random needs (VARDE_TEST_COMPANIES=200); many items are flagged for several of them, each is
    accepted for some. A mail holds what was accepted for its company and nothing else.
    """
    chance = random.Random(17)
    every = [
        company(f"c{n:03}", contacts=(Contact(name=f"R{n}", address=f"r{n}@c.example"),),
                needs=tuple(need(f"n{k}", title=f"Need {k} of {n}") for k in range(chance.randint(1, 3))))
        for n in range(COMPANIES)
    ]  # fmt: skip
    flagged, accepted = dict[str, list[Item]](), dict[str, set[str]]()
    pool = [item(f"{n}", title=f"On seal secret{n:04}x") for n in range(3 * COMPANIES)]
    for one in every:
        flagged[one.id] = chance.sample(pool, 6)
        accepted[one.id] = {found.item_key for found in chance.sample(flagged[one.id], 3)}
    with mailroom(tmp_path, monkeypatch, *every) as room:
        accept_each(room, flagged, accepted, chance)
        digests.draft_all(room.house)
        for one in every:
            digests.approve(room.house, one.id, by="Bo")
        room.deliver()
        mails = {str(mail["To"]).partition(" <r")[2].partition("@")[0]: mail for mail in room.mails()}
        assert len(mails) == COMPANIES
        for number, one in enumerate(every):
            for part in ("plain", "html"):
                told = {f"journal:{int(n)}" for n in re.findall(r"secret(\d+)x", body(mails[str(number)], part))}
                assert told == accepted[one.id]


def accept_each(
    room: Mailroom,
    flagged: Mapping[str, Sequence[Item]],
    accepted: Mapping[str, set[str]] | None = None,
    chance: random.Random | None = None,
) -> None:
    """Items flagged for companies, each for one of their needs, and accepted: all of them, or those that are named."""
    needs = {one.id: [f"{one.id}/{need.id}" for need in one.needs] for one in room.companies}
    for number, (key, found) in enumerate(flagged.items(), start=1):
        stock(room.house, *found, need_key=chance.choice(needs[key]) if chance else needs[key][0], no=number)
    for one in review.queue(room.house).waiting:
        if accepted is None or one.item.item_key in accepted[one.company_key]:
            review.decide(room.house, one, "accept", broker="Bo")


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
