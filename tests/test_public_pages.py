"""The pages that readers reach from their mails (P54, P56, P59): GET shows, POST acts, nothing else does."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from icalendar import Calendar

from desk.public.pace import Pace
from terms.item import Call
from tests.houses import stock
from tests.mailroom import Mailroom, body, mailroom, own
from tests.make import NOW, company, item
from watch import answers, preferences
from watch import digest as digests


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailroom]:
    with mailroom(tmp_path, monkeypatch) as made:
        made.approve()
        made.deliver()
        yield made


def test_an_answer_is_kept_once_told_and_offered_to_the_matcher(room: Mailroom) -> None:
    client, (mail,) = room.client(), room.mails()
    path = own(mail, "answer")
    shown = client.get(f"{path}?say=more")
    assert shown.status_code == 200
    assert 'value="more" checked' in shown.text
    for _ in range(2):
        said = client.post(path, data={"say": "more", "note": "which\r\nseals?"})
        assert said.status_code == 200
        assert "Thank you" in said.text
    (answer,) = answers.read_standing_answers(room.house)
    assert (answer.verb, answer.note, answer.need_key) == ("more", "which seals?", "tind/valves")
    client.post(path, data={"say": "useful"})
    assert [a.verb for a in answers.read_standing_answers(room.house, "tind")] == ["useful"]
    assert [row["says"] for row in answers.answers_table(room.house)] == ["more", "useful"]


def test_every_line_has_an_answer_of_its_own_in_both_forms(room: Mailroom) -> None:
    (mail,) = room.mails()
    pages = set(re.findall(r"https://varde\.example/r/answer/[\w.-]+", body(mail, "plain")))
    assert len(pages) == 2
    assert set(re.findall(r"https://varde\.example/r/answer/[\w.-]+", body(mail, "html"))) == pages


def test_settings_are_saved_and_hold_from_the_next_mail_on(room: Mailroom) -> None:
    client, (mail,) = room.client(), room.mails()
    path = own(mail, "settings")
    saved = client.post(path, data={"mails": "on", "frequency": "fortnightly", "language": "nb"})
    assert "Lagret" in saved.text
    assert '<html lang="nb">' in client.get(path).text
    (row,) = preferences.readers_table(room.house)
    assert (row["wants"], row["language"], row["last week"]) == ("fortnightly", "nb", "2026-W48")
    room.at("2026-11-30T08:00:00Z")
    room.accept(item("3"), no=2)
    assert [d.state for d in digests.draft_all(room.house)] == ["not due"]
    room.at("2026-12-07T08:00:00Z")
    assert [(d.state, d.lines) for d in digests.draft_all(room.house)] == [("draft", 1)]
    digests.approve(room.house, "tind", by="Bo")
    room.deliver()
    assert room.digests_sent()[-1]["Content-Language"] == "nb"


@pytest.mark.parametrize("form", [{}, {"mails": "on"}, {"mails": "on", "frequency": "daily", "language": ""}])
def test_a_form_that_is_not_ours_changes_nothing(room: Mailroom, form: dict[str, str]) -> None:
    client, (mail,) = room.client(), room.mails()
    before = room.rows()
    assert client.post(own(mail, "settings"), data=form).status_code == 200
    assert room.rows() == before


def test_pages_are_strict_and_work_without_scripts(room: Mailroom) -> None:
    client, (mail,) = room.client(), room.mails()
    for purpose in ("answer", "stop", "settings"):
        shown = client.get(own(mail, purpose))
        policy = shown.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert shown.headers["referrer-policy"] == "no-referrer"
        assert shown.headers["cache-control"] == "no-store"
        assert "set-cookie" not in shown.headers
        assert "<script" not in shown.text
        assert " style=" not in shown.text
        assert "kari@tind.example" not in shown.text


def test_one_address_cannot_ask_for_ever() -> None:
    now = [0.0]
    pace = Pace(most=3, every=2.0, remembered=2, clock=lambda: now[0])
    assert [pace.wait_for("a") for _ in range(4)] == [0, 0, 0, 2.0]
    assert pace.wait_for("b") == 0
    now[0] = 2.0
    assert pace.wait_for("a") == 0
    assert pace.wait_for("a") > 0


def test_too_many_requests_are_told_to_wait(room: Mailroom) -> None:
    client = room.client()
    answers = [client.get("/r/stop/nobody") for _ in range(70)]
    assert {a.status_code for a in answers} == {404, 429}
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_a_large_form_is_refused(room: Mailroom) -> None:
    client, (mail,) = room.client(), room.mails()
    assert client.post(own(mail, "answer"), data={"say": "useful", "note": "x" * 20_000}).status_code == 413
    assert (
        client.post(
            own(mail, "answer"), content=b"\xff\x00", headers={"content-type": "multipart/form-data"}
        ).status_code
        == 400
    )


def test_a_calendar_moves_is_cancelled_and_can_be_revoked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P56: stable UID, SEQUENCE, STATUS, decide-by from the lead time."""
    with mailroom(tmp_path, monkeypatch, company(decide_lead_days=14)) as room:
        first, later = NOW.replace(year=2027, month=1), NOW.replace(year=2027, month=2)
        room.accept(item("1", kind="call", title="Call; for, seals", call=Call(deadlines_at=(first,))))
        digests.draft_all(room.house)
        digests.approve(room.house, "tind", by="Bo")
        room.deliver()
        path = own(room.mails()[0], "calendar")
        deadline, decide = _events(room, path)
        assert deadline["dtstart"].dt == first
        assert (first.date() - decide["dtstart"].dt).days == 14
        assert (deadline["sequence"], deadline["status"]) == (0, "CONFIRMED")
        moved = item("1", kind="call", title="Call; for, seals", call=Call(deadlines_at=(later,)))
        _absorb(room, moved)
        room.deliver()
        after, _ = _events(room, path)
        assert (after["uid"], after["sequence"], after["dtstart"].dt) == (deadline["uid"], 1, later)
        preferences.revoke_calendar(room.house, "tind", by="Bo")
        assert room.client().get(path).status_code == 404


def _absorb(room: Mailroom, *moved: object) -> None:
    stock(room.house, *moved, no=2)  # type: ignore[arg-type]


def _events(room: Mailroom, path: str) -> list[dict[str, object]]:
    served = room.client().get(path)
    assert served.headers["content-type"].startswith("text/calendar")
    assert max(map(len, served.content.split(b"\r\n"))) <= 75
    return list(Calendar.from_ical(served.content).walk("VEVENT"))


def test_a_calendar_is_attached_where_the_company_wants_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with mailroom(tmp_path, monkeypatch, company(calendar="attachment")) as room:
        room.accept(item("1", kind="call", call=Call(deadlines_at=(NOW.replace(year=2027),))))
        digests.draft_all(room.house)
        digests.approve(room.house, "tind", by="Bo")
        room.deliver()
        (mail,) = room.mails()
        (attached,) = mail.iter_attachments()
        assert attached.get_filename() == "varde.ics"
        assert len(Calendar.from_ical(attached.get_payload(decode=True)).walk("VEVENT")) == 2
        assert "Tight hydrogen valves" in body(mail, "plain")
