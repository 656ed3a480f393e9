"""Engagements at the desk: chains, a step noted and taken back, half-year reports, the time line (P44, P34, P66)."""

import io
import re
import time
from datetime import date
from pathlib import Path

import pytest
from fastapi import FastAPI
from pypdf import PdfReader

from terms.company import Engagement
from terms.outcome import Outcome
from tests.desks import Browser, enter, hurry, make_desk, make_person
from tests.houses import make_house, stock
from tests.make import NOW, company, item, need
from watch.desk_halfyear import halves
from watch.desk_timeline import LEFT, RIGHT, timeline
from watch.house import House
from watch.review import decide, queue

KEYS = ("tind", "berg", "dal", "fjell")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """Four companies with an accepted paper each; Bo serves three of them, Tia one, Fia the fourth."""
    hurry(monkeypatch)
    closed = need("hidden", title="Quasar foils", description="Nobody may hear of them.", confidentiality="closed")
    every = [company(key, name=f"{key.title()} <b>AS</b>", needs=(need(), closed)) for key in KEYS]
    made = make_house(tmp_path, monkeypatch, *every)
    for no, key in enumerate(KEYS, 1):
        stock(made, item("paper", title="A <i>paper</i>"), need_key=f"{key}/valves", no=no)
    for opportunity in queue(made).waiting:
        decide(made, opportunity, "accept", broker="Bo")
    make_person(made, "bo", serves=KEYS[:3])
    make_person(made, "tia", serves=("tind",))
    make_person(made, "fia", serves=("fjell",))
    make_person(made, "mo", "mentor", serves=("tind",))
    return made


@pytest.fixture
def app(house: House) -> FastAPI:
    return make_desk(house)


def settled(browser: Browser, path: str) -> str:
    for _ in range(60):
        page = browser.get(path).text
        if "every 2s" not in page:
            return page
        time.sleep(0.1)
    raise AssertionError(path)


def ref_in(browser: Browser, key: str) -> str:
    """The ref of the one item that the form offers."""
    found = re.findall(r'<option value="([A-Z0-9]{6})"', browser.get(f"/companies/{key}/engagement").text)
    assert len(found) == 1
    return str(found[0])


def audit(house: House) -> list[tuple[str, str, str]]:
    with house.ledger.read() as connection:
        rows = connection.exec_driver_sql("select who, what, facts_json from audit order by audit_no")
        return [tuple(row) for row in rows]


def test_a_chain_is_noted_drawn_counted_and_taken_back(app: FastAPI, house: House) -> None:
    """From conversation to a won result; the last step only can be taken back, and both stay on record."""
    bo, here = enter(app), "/companies/tind/engagement"
    page = bo.get(here).text
    assert "Nothing is noted yet" in page
    assert "Month 11 of 18" in page
    ref = ref_in(bo, "tind")
    for verb, fields in (("conversation", {"happened_on": "2026-10-02", "note": "blåbær"}),
                         ("application", {"happened_on": "2026-10-30", "amount_eur": "250 000"}),
                         ("result", {"ending": "won", "amount_eur": "200000"})):  # fmt: skip
        answer = bo.post("/companies/tind/outcomes", ref=ref, verb=verb, **fields)
        assert answer.headers["location"] == f"{here}?done=noted", answer.text
    page = bo.get(f"{here}?done=noted").text
    assert "A &lt;i&gt;paper&lt;/i&gt;" in page
    assert "<i>paper" not in page
    assert page.count("<circle") == 2
    assert page.count('name="verb" value="undo"') == 1
    assert "250,000" in page
    row = settled(bo, "/engagements").partition("Tind &lt;b&gt;")[2].partition("</tr>")[0]
    assert re.findall(r'<td class="num">([^<]*)</td>', row) == ["0", "1", "0", "1", "1", "200,000"]
    assert bo.post("/companies/tind/outcomes", ref=ref, verb="undo").headers["location"] == f"{here}?done=undone"
    assert "200,000" not in bo.get(here).text.partition("Half-year report")[0]
    assert [what for _, what, _ in audit(house)].count("outcome noted") == 4


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"verb": "result"}, "a result is won, lost or withdrawn"),
        ({"verb": "conversation", "ending": "won"}, "a result is won, lost or withdrawn"),
        ({"verb": "conversation", "amount_eur": "5"}, "only an application or a result has an amount"),
        ({"verb": "application", "amount_eur": "-5"}, "A sum is digits only"),
        ({"verb": "application", "amount_eur": "٣"}, "A sum is digits only"),
        ({"verb": "conversation", "happened_on": "2027-01-01"}, "lies in the future"),
        ({"verb": "conversation", "happened_on": "soon"}, "Invalid isoformat"),
        ({"verb": "undo"}, "nothing is noted"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_noted(app: FastAPI, house: House, fields: dict[str, str], said: str) -> None:
    """The form comes back with what was written, and without words of the terminal."""
    bo = enter(app)
    answer = bo.post("/companies/tind/outcomes", ref=ref_in(bo, "tind"), note="kept", **fields)
    assert answer.status_code == 400
    assert said in answer.text
    assert "(--" not in answer.text
    assert ">kept</textarea>" in answer.text
    assert "outcome noted" not in [what for _, what, _ in audit(house)]


def test_nothing_of_others(app: FastAPI, house: House) -> None:
    """Neither page nor PDF nor a step, also not by one's own company with a ref of another; mentors only read."""
    bo, fia, mo = enter(app), enter(app, "fia"), enter(app, "mo")
    ref, own = ref_in(bo, "tind"), ref_in(fia, "fjell")
    for path in ("/companies/tind/engagement", "/companies/tind/engagement/2026-H2/pdf"):
        assert fia.get(path).status_code == 404
    assert fia.post("/companies/tind/outcomes", ref=ref, verb="conversation").status_code == 404
    assert fia.post("/companies/fjell/outcomes", ref=ref, verb="conversation").status_code == 404
    assert bo.post("/companies/berg/outcomes", ref=ref, verb="conversation").status_code == 404
    assert bo.post("/companies/tind/outcomes", ref=own, verb="conversation").status_code == 404
    assert not re.search("tind|berg|dal ", settled(fia, "/engagements"), re.I)
    page = mo.get("/companies/tind/engagement")
    assert page.status_code == 200
    assert "/outcomes" not in page.text
    assert mo.post("/companies/tind/outcomes", ref=ref, verb="conversation").status_code == 403
    assert mo.get("/network-report").status_code == 403
    assert "outcome noted" not in [what for _, what, _ in audit(house)]


def test_the_report_as_page_and_pdf(app: FastAPI, house: House) -> None:
    """The reader's language on the page; every plot has its table; the export is on record; no closed need's title."""
    bo = enter(app)
    page = bo.get("/companies/tind/engagement").text
    report = page.partition("Half-year report")[2]
    assert report.count("<figure") == report.count("<details") == report.count("<svg") == 3
    assert "Quasar" not in page
    file = bo.get("/companies/tind/engagement/2026-H2/pdf?language=nb")
    assert file.headers["content-disposition"] == 'attachment; filename="tind-2026-H2.pdf"'
    assert "Tind <b>AS</b>" in "".join(p.extract_text() for p in PdfReader(io.BytesIO(file.content)).pages)
    assert ("Bo", "report exported", '{"company": "tind", "half": "2026-H2"}') in audit(house)
    for bad in ("/companies/tind/engagement?half=2026-H3", "/companies/tind/engagement/x/pdf"):
        assert bo.get(bad).status_code == 400


def test_a_network_of_one_tells_no_figure(app: FastAPI, house: House) -> None:
    """Hidden below three companies, on the page and in the file; three that all have one are summed."""
    bo, tia = enter(app), enter(app, "tia")
    for key in KEYS[:3]:
        bo.post(f"/companies/{key}/outcomes", ref=ref_in(bo, key), verb="conversation")
    page = settled(bo, "/network-report")
    assert re.search(r"Conversations</th><td class=\"num\">3</td>", page)
    assert '<dd class="num">3</dd>' in page
    hidden = settled(tia, "/network-report")
    assert not re.search(r'<td class="num">\d', hidden)
    assert hidden.count("hidden") > 10
    assert bo.get("/network-report/2026-H2/pdf").content.startswith(b"%PDF")
    assert ("Tia", "report exported", '{"company": "network", "half": "2026-H2"}') not in audit(house)


def test_halves_run_back_to_the_first() -> None:
    """Newest first."""
    assert halves("2025-H2", "2026-H2") == ["2026-H2", "2026-H1", "2025-H2"]
    assert halves("2026-H2", "2026-H2") == ["2026-H2"]
    assert len(halves("2001-H1", "2026-H2")) == 12


def test_the_time_line_keeps_its_ends() -> None:
    """What came before the start or after the end stands at that end; no day divides by nothing."""
    start, end = date(2026, 1, 5), date(2027, 7, 5)
    engagement = Engagement(broker="Bo", broker_address="bo@varde.example", start=start, planned_end=end)

    def noted(on: date) -> Outcome:
        return Outcome(ref="R", company_key="tind", need_key="tind/valves", cluster_key="c", title="T",
                       verb="conversation", happened_on=on, who="Bo", noted_at=NOW)  # fmt: skip

    found = timeline(engagement, [noted(day) for day in (date(2025, 1, 1), start, end, date(2028, 1, 1))], start)
    assert [mark.x for mark in found.marks] == [LEFT, LEFT, RIGHT, RIGHT]
    assert found.today == LEFT
    assert found.ticks[0][0] == date(2026, 4, 1)
    assert timeline(engagement, [], date(2030, 1, 1)).today is None
    short = engagement.model_copy(update={"planned_end": start})
    assert timeline(short, [noted(start)], start).marks[0].x == LEFT
