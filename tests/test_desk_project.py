"""Project pages and the explain page at the desk: whole, as files, and only for those who serve the company."""

import io
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from docx import Document
from fastapi import FastAPI

from network.lines import ref_of
from terms.item import Call
from tests.desks import enter, hurry, make_desk, make_person
from tests.fetches import kept_bytes
from tests.houses import make_house, stock
from tests.make import NOW, company, item, need
from watch import digest, review
from watch.house import House

SAYS = "Only enterprises established in Norway may apply."
CALL = Call(deadlines_at=(NOW + timedelta(days=60),), countries=("NO",), conditions=SAYS, max_grant_eur=400_000)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    hurry(monkeypatch)
    other = company("fjell", name="Fjell Hemmelig AS", needs=(need(),))
    made = make_house(tmp_path, monkeypatch, company(), other)
    stock(made, item("1"), item("c", kind="call", title="Call for <b>valves</b>", call=CALL))
    stock(made, item("9", title="Only for Fjell"), need_key="fjell/valves", no=2)
    make_person(made, "bo")
    make_person(made, "fia", serves=("fjell",))
    return made


@pytest.fixture
def app(house: House) -> FastAPI:
    return make_desk(house)


def ref(house: House, title: str) -> str:
    """The ref of an opportunity."""
    return next(review.opportunity_ref(o) for o in review.queue(house).waiting if title in o.item.title)


def test_a_project_is_shown_and_given_as_files(app: FastAPI, house: House) -> None:
    """Listed by worth, gate with its quoted sentence, hostile title escaped; DOCX and PDF."""
    bo, call = enter(app), ref(house, "Call for")
    here = f"/project/tind/valves/{call}"
    assert f'href="{here}"' in bo.get("/projects").text
    page = bo.get(here).text
    assert SAYS in page
    assert "Call for &lt;b&gt;valves&lt;/b&gt;" in page
    assert here in bo.get(f"/queue/tind/{call}").text
    written = bo.get(f"{here}/docx?language=nb")
    assert written.headers["content-disposition"] == f'attachment; filename="tind-{call}.docx"'
    assert "Call for <b>valves</b>" in "\n".join(p.text for p in Document(io.BytesIO(written.content)).paragraphs)
    assert bo.get(f"{here}/pdf").content.startswith(b"%PDF")
    assert bo.get(f"{here}/exe").status_code == 400


def test_no_project_of_others(app: FastAPI, house: House) -> None:
    """Neither by company, nor by a ref of another beside one's own need, nor without a call."""
    fia, call = enter(app, "fia"), ref(house, "Call for")
    for path in (f"/project/tind/valves/{call}", f"/project/fjell/valves/{call}", "/projects?company=tind"):
        assert fia.get(path).status_code == 404, path
    assert fia.get(f"/project/fjell/valves/{ref(house, 'Only for Fjell')}").status_code == 404
    assert "No open call is flagged" in fia.get("/projects").text


def test_f_10_a_name_in_an_address_is_an_id(app: FastAPI) -> None:
    """Paths with dots, slashes and null bytes lead nowhere."""
    bo = enter(app)
    for bad in ("..%2f..%2fetc%2fpasswd", "%2e%2e", "..%5c..", "a%00b", "%c0%ae%c0%ae", "....//"):
        for path in (f"/project/tind/valves/{bad}", f"/project/{bad}/valves/X/pdf", f"/explain/{bad}",
                     f"/digests/{bad}", f"/archive/tind/{bad}/0/bytes", f"/static/{bad}",
                     f"/companies/{bad}/map.yaml", f"/sources/{bad}"):  # fmt: skip
            answer = bo.get(path)
            assert answer.status_code in (307, 400, 404), path  # 307: the same path without its last slash
            assert "root:" not in answer.text


def test_the_chain_of_a_line(app: FastAPI, house: House) -> None:
    """Through decision and match to the bytes; nothing for others."""
    bytes_ = b"<html>as fetched</html>"
    kept = kept_bytes(house, item("3", title="With bytes"), bytes_)
    stock(house, kept, no=3)
    app.state.desk.room.shelf.newest()
    opportunity = review.find_opportunity(house, ref(house, "With bytes"))
    review.decide(house, opportunity, "accept", broker="Bo", note="worth a call")
    digest.draft_all(house)
    line = ref_of("tind", opportunity.match.cluster_key)
    answer = enter(app).get(f"/explain/{line.lower()}")
    page = answer.text
    assert answer.status_code == 200, page
    for part in ("worth a call", "With bytes", sha256(bytes_).hexdigest(), "https://journal.example/3"):
        assert part in page, part
    assert enter(app, "fia").get(f"/explain/{line}").status_code == 404
    assert enter(app).get("/explain/NOSUCH").status_code == 404
