"""RELIABILITY E-08 to E-12: each mail leaves once, whatever the server, the clock or a reader does."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from ledger import outbox
from terms.company import Contact
from terms.mail import Outcome
from tests.mailroom import NOW, Mailroom, body, mailroom
from tests.make import item
from watch import deliver as delivery
from watch import digest as digests
from watch import report

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


@pytest.mark.parametrize("fault", ["rcpt_450", "dot_451"])
def test_e_08_temporary_refusals_are_tried_again_with_the_same_message_id(room: Mailroom, fault: str) -> None:
    """5 minutes x 1.3^n, up to 48 hours."""
    room.approve()
    first, moment, waits = only(room), datetime.fromisoformat(NOW), []
    room.sink.fault = fault
    for _ in range(25):
        room.deliver()
        if only(room).state != "pending":
            break
        waits.append(only(room).next_at - moment)
        moment = only(room).next_at
        room.at(moment.isoformat())
    assert waits[0] == timedelta(minutes=5)
    assert abs(waits[1] / waits[0] - 1.3) < 0.01
    assert timedelta(hours=36) < sum(waits, timedelta()) < timedelta(hours=60)
    assert (only(room).state, only(room).attempts) == ("failed", 20)
    assert only(room).outgoing == first.outgoing


@pytest.mark.parametrize("fault", ["greeting_421", "mail_451", "rcpt_450", "data_451"])
def test_e_08_greylisting_ends_in_one_mail(room: Mailroom, fault: str) -> None:
    room.approve()
    room.sink.fault = fault
    room.deliver()
    room.sink.fault = None
    room.deliver()
    assert room.mails() == []
    room.at("2026-11-23T08:06:00Z")
    room.deliver()
    assert len(room.mails()) == 1


@pytest.mark.parametrize("fault", ["mail_550", "rcpt_550", "data_554", "dot_554"])
def test_e_09_a_lasting_refusal_is_not_tried_again_and_told(room: Mailroom, fault: str) -> None:
    """Only where the address is at fault it gets no more mails."""
    room.approve()
    room.sink.fault = fault
    room.deliver()
    room.sink.fault = None
    room.at("2026-11-25T08:00:00Z")
    room.deliver()
    assert (room.states(), room.mails()) == (["failed"], [])
    with room.house.ledger.read() as connection:
        stopped = not outbox.is_wanted(connection, "tind", "kari@tind.example")
    assert stopped == (fault == "rcpt_550")
    assert any(("takes no mail" if stopped else "could not be delivered") in told for told in problems(room))


@pytest.mark.parametrize("fault", ["drop_before_accept", "drop_after_accept", "rst_before_accept", "rst_after_accept",
                                   "stall_after_accept", "garbage_after_accept"])  # fmt: skip
def test_e_10_lost_after_the_dot_is_settled_by_the_relay_and_never_doubled(
    room: Mailroom, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VARDE_SMTP_FINAL_SECONDS", "0.5")
    room.approve()
    room.sink.fault = fault
    room.deliver()
    room.sink.fault = None
    for hour in ("09", "12"):
        room.at(f"2026-11-23T{hour}:00:00Z")
        room.deliver()
    assert (room.states(), len(room.mails())) == (["sent"], 1)


@pytest.mark.parametrize("point", ["claimed", "journalled", "accepted", "said"])
def test_e_11_killed_between_any_two_steps(room: Mailroom, point: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the process died there: what it had not yet written is not written."""

    class Killed(BaseException):
        pass

    def die(*arguments: object, **more: object) -> Outcome:
        raise Killed

    def take_and_die(*arguments: object, **more: object) -> Outcome:
        kept(*arguments, **more)  # type: ignore[arg-type]
        raise Killed

    room.approve()
    name = {"claimed": "append", "journalled": "hand_over", "accepted": "hand_over", "said": "mark"}[point]
    where = {"append": delivery.journal, "hand_over": delivery, "mark": outbox}[name]
    kept = getattr(where, name)
    with monkeypatch.context() as patch:
        patch.setattr(where, name, take_and_die if point == "accepted" else die)
        with pytest.raises(Killed):
            room.deliver()
    room.deliver()
    assert (room.states(), len(room.mails())) == (["sent"], 1)


class _Api(BaseHTTPRequestHandler):
    """A provider's API, written by us: knows what it is told to know."""

    states: dict[str, tuple[int, bytes]] = {}

    def do_GET(self) -> None:
        status, answer = self.states["any"]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, form: str, *arguments: object) -> None:
        """Not said."""


@pytest.mark.parametrize(
    ("status", "answer", "state", "taken"),
    [
        (200, b'{"state": "delivered"}', "sent", 0),
        (404, b"", "sent", 1),
        (500, b"", "unknown", 0),
        (200, b"[]", "unknown", 0),
    ],
)
def test_e_11_a_provider_is_asked_by_message_id(
    room: Mailroom, monkeypatch: pytest.MonkeyPatch, status: int, answer: bytes, state: str, taken: int
) -> None:
    _Api.states = {"any": (status, answer)}
    with HTTPServer(("127.0.0.1", 0), _Api) as api:
        threading.Thread(target=api.serve_forever, daemon=True).start()
        room.approve()
        monkeypatch.delenv("VARDE_SMTP_RELAY_LOG")
        monkeypatch.setenv("VARDE_SMTP_RELAY_API", f"http://127.0.0.1:{api.server_port}")
        room.sink.fault = "drop_before_accept"
        room.deliver()
        room.sink.fault = None
        room.at("2026-11-23T09:00:00Z")
        room.deliver()
        api.shutdown()
    assert (room.states(), len(room.mails())) == ([state], taken)


def test_e_12_a_relay_that_is_down_for_days_gives_one_merged_mail(
    room: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Week 48's digest is not sent once week 49's is due: one mail tells both."""
    room.approve("tind", "1")
    room.sink.fault = "greeting_421"
    for moment in ("2026-11-23T08:00:00Z", "2026-11-24T08:00:00Z", "2026-11-26T08:00:00Z"):
        room.at(moment)
        room.deliver()
    assert room.states() == ["pending"]
    room.sink.fault = None
    room.at("2026-11-30T08:00:00Z")
    room.accept(item("2"), no=2)
    assert [(d.state, d.lines) for d in digests.draft_all(room.house)] == [("draft", 2)]
    digests.approve(room.house, "tind", by="Bo")
    room.deliver()
    assert [waiting.state for waiting in delivery.read_outbox(room.house)] == ["stopped", "sent"]
    (mail,) = room.digests_sent()
    assert "part 1" in body(mail, "plain")
    assert "part 2" in body(mail, "plain")
    assert [kept.state for kept in digests.list_digests(room.house)] == ["merged", "sent"]


def test_e_12_a_slow_relay_gets_those_first_that_wait_longest(room: Mailroom) -> None:
    room.approve()
    mail = only(room).outgoing
    early, late = (
        mail.model_copy(update={"outbox_key": n, "iso_week": f"2026-W{n}", "message_id": f"<{n}@x.example>"})
        for n in ("46", "45")
    )
    with room.house.ledger.write() as connection:
        now = room.house.clock()
        outbox.enqueue(connection, "x", [late], at=now, due_at=now - timedelta(hours=1))
        outbox.enqueue(connection, "x", [early], at=now, due_at=now - timedelta(hours=2))
        due = outbox.read_due(connection, now)
    assert [waiting.outgoing.iso_week for waiting in due] == ["2026-W46", "2026-W45", "2026-W48"]
