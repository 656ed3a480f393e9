"""The digest editor: order, sentence, hold back, preview, test to oneself, approve what was seen, archive (P35)."""

import re
from email import message_from_bytes
from pathlib import Path

import pytest
from fastapi import FastAPI

from ledger import outbox
from terms.mail import Outcome, Outgoing
from tests.desks import Browser, enter, hurry, make_desk, make_person
from tests.houses import make_house, stock
from tests.make import company, item, need
from watch import digest, review
from watch.house import House

HERE = "/digests/tind"
TITLES = ("Seals from nickel foil", "Leak rates of cold valves", "Ceramic seats under load", "Hydrogen in old steel")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    hurry(monkeypatch)
    made = make_house(tmp_path, monkeypatch, company(), company("fjell", name="Fjell Hemmelig AS", needs=(need(),)))
    stock(made, *(item(str(n), title=title) for n, title in enumerate(TITLES)))
    for one in review.queue(made).waiting:
        review.decide(made, one, "accept", broker="Bo")
    digest.draft_all(made)
    make_person(made, "bo@varde.example")
    make_person(made, "mia", "mentor")
    make_person(made, "fia", serves=("fjell",))
    return made


@pytest.fixture
def app(house: House) -> FastAPI:
    return make_desk(house)


@pytest.fixture
def bo(app: FastAPI) -> Browser:
    return enter(app, "bo@varde.example")


def titles(browser: Browser) -> list[str]:
    """The draft's lines, in order."""
    page = browser.get(HERE).text.partition('class="blocks"')[2].partition("</ol>")[0]
    return re.findall(r'<p class="title">([^<]+)</p>', page)


def seen(browser: Browser) -> str:
    """The draft as the page shows it."""
    found = re.search(r'name="seen" value="(\w+)"', browser.get(HERE).text)
    assert found
    return found[1]


def ref_of(browser: Browser, title: str) -> str:
    """The ref of a line."""
    found = re.search(rf"{title}</p>.*?/explain/(\w+)", browser.get(HERE).text, re.S)
    assert found
    return found[1]


def test_order_by_buttons_stays_when_drafted_anew(bo: Browser, house: House) -> None:
    """The mail has the order, and a new draft keeps it."""
    before = titles(bo)
    moved = bo.post(f"{HERE}/move", move=f"down {ref_of(bo, before[0])}", seen=seen(bo))
    assert moved.status_code == 303
    after = [before[1], before[0], *before[2:]]
    assert titles(bo) == after
    bo.post(f"{HERE}/draft")
    assert titles(bo) == after
    text = digest.preview(house, "tind").text
    assert text.index(after[0]) < text.index(after[1])


def test_a_mentor_writes_a_sentence_and_moves_nothing(app: FastAPI, house: House) -> None:
    """It stands in both bodies, escaped in one of them."""
    mia = enter(app, "mia")
    assert mia.post(
        f"{HERE}/sentence", sentence="Start with the <call>\r\nBcc: x@y.example", seen=seen(mia)
    ).is_redirect
    mail = digest.preview(house, "tind")
    assert "Start with the <call> Bcc: x@y.example" in mail.text
    assert "Start with the &lt;call&gt;" in mail.html
    for act in ("move", "hold", "approve", "draft"):
        assert mia.post(f"{HERE}/{act}", ref="x", move="up x", until="next", seen="x").status_code == 403
    assert f'action="{HERE}/approve"' not in mia.get(HERE).text
    assert mia.post(f"{HERE}/sentence", sentence="x" * 601, seen=seen(mia)).status_code == 400


def test_hold_and_drop_and_take_back(bo: Browser) -> None:
    """A held line is out of the draft and of the next one made; taken back it returns."""
    first, second = titles(bo)[:2]
    ref, other = ref_of(bo, first), ref_of(bo, second)
    assert bo.post(f"{HERE}/hold", ref=ref, until="next", seen=seen(bo)).status_code == 303
    assert bo.post(f"{HERE}/hold", ref=other, until="never", seen=seen(bo)).status_code == 303
    bo.post(f"{HERE}/draft")
    assert not {first, second} & set(titles(bo))
    page = bo.get(HERE).text
    assert "until 2026-W49" in page
    assert "left out for good" in page
    bo.post(f"{HERE}/release", ref=ref)
    assert first in titles(bo)
    assert second not in titles(bo)


def test_f_17_a_stale_page_changes_and_approves_nothing(bo: Browser, app: FastAPI, house: House) -> None:
    """Two tabs, a double click: one effect, 409 for the other."""
    old, first = seen(bo), titles(bo)[0]
    ref = ref_of(bo, first)
    assert bo.post(f"{HERE}/sentence", sentence="New", seen=old).status_code == 303
    for act in ("move", "hold", "approve", "sentence"):
        late = bo.post(f"{HERE}/{act}", ref=ref, move=f"down {ref}", until="next", sentence="Old", seen=old)
        assert late.status_code == 409, act
    assert digest.preview(house, "tind").text.count("New")
    assert titles(bo)[0] == first
    fresh = seen(bo)
    assert [bo.post(f"{HERE}/approve", seen=fresh).status_code for _ in range(2)] == [303, 409]
    with house.ledger.read() as connection:
        assert len(outbox.read_outbox(connection)) == 1


def test_preview_in_a_frame_without_rights(bo: Browser) -> None:
    """Sandboxed on both sides; dark and light whatever the broker's machine prefers; bytes told."""
    page = bo.get(HERE).text
    assert f'<iframe sandbox class="mail desktop" title="Preview: Desktop" src="{HERE}/preview">' in page
    assert re.search(r"HTML [\d,]+ bytes, plain text [\d,]+ bytes", page)
    light, dark = bo.get(f"{HERE}/preview"), bo.get(f"{HERE}/preview?dark=1")
    assert light.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert light.headers["x-frame-options"] == "SAMEORIGIN"
    assert "@media not all" in light.text
    assert "@media all" in dark.text
    assert TITLES[0] in bo.get(f"{HERE}?view=text").text
    assert 'class="mail narrow"' in bo.get(f"{HERE}?view=narrow").text


def test_a_test_goes_to_oneself_only(bo: Browser, app: FastAPI, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not into the outbox, not to a posted address; who has no address is told so."""
    left: list[Outgoing] = []

    def take(outgoing: Outgoing, _: object) -> Outcome:
        left.append(outgoing)
        return Outcome(state="sent", detail="taken")

    monkeypatch.setattr("watch.desk_test_mail.deliver", take)
    assert bo.post(f"{HERE}/test", to="evil@x.example", address="evil@x.example").status_code == 303
    assert [one.recipient for one in left] == ["bo@varde.example"]
    assert message_from_bytes(left[0].body)["Subject"].startswith("[TEST] ")
    assert enter(app, "mia").post(f"{HERE}/test").status_code == 400
    with house.ledger.read() as connection:
        assert outbox.read_outbox(connection) == []


def test_the_archive_has_the_very_bytes(bo: Browser, house: House) -> None:
    """Approved, frozen, given back byte for byte."""
    assert "Nothing has been approved yet" in bo.get("/archive").text
    bo.post(f"{HERE}/approve", seen=seen(bo))
    with house.ledger.read() as connection:
        frozen = outbox.read_outbox(connection)[0].outgoing
    assert bo.get("/archive/tind/2026-W48/0/bytes").content == frozen.body
    page = bo.get("/archive/tind/2026-W48/0").text
    assert TITLES[0] in page
    assert frozen.message_id.strip("<>") in page
    assert "kari@tind.example" in bo.get("/archive/tind/2026-W48").text
    assert TITLES[0] in bo.get("/archive/tind/2026-W48/0/page").text
    assert "approved" in bo.get(HERE).text
    assert bo.get("/archive/tind/2026-W48/7").status_code == 404


def test_a_week_without_a_draft_says_what_to_do(app: FastAPI) -> None:
    """Empty states lead on."""
    fia = enter(app, "fia")
    assert "There is no draft for this week" in fia.get("/digests/fjell").text
    assert "no draft" in fia.get("/digests").text
    assert fia.post("/digests/fjell/draft").status_code == 303
    for path in (HERE, f"{HERE}/preview", "/archive/tind/2026-W48", "/archive?company=tind"):
        assert fia.get(path).status_code == 404, path
