"""A project suggestion as a page (P40): need, call, gate, evidence, partners, the way to the deadline; DOCX and PDF."""

import io
from datetime import date, timedelta
from pathlib import Path

import pypdf
import pytest
from docx import Document

from digests.project import Sheet, sheet_of
from digests.project_docx import project_docx
from digests.project_pdf import project_pdf
from network.timeline import timeline
from network.worth import Prospect, worth
from terms.item import Call, Organisation
from tests.houses import make_house, stock
from tests.make import NOW, company, item, need
from watch.house import House
from watch.project import project_page, rank_projects
from watch.review import decide, find_opportunity

TODAY = NOW.date()
HOSTILE = '<script>alert("1")</script> #eval("1") \x00 $x^2$ *bold* [link](javascript:alert(1)) æøå'
RULE = "Companies registered in Norway may apply. The grant pays 50 percent of the total costs."


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """Two calls, two papers and a patent on one need; one organisation stands behind two of them."""
    made = make_house(tmp_path, monkeypatch, company(needs=(need(trl_now=4, trl_target=7),)))
    soon = Call(deadlines_at=(NOW + timedelta(days=60),), max_grant_eur=400_000, programme="Innovasjon Norge")
    tight = Call(deadlines_at=(NOW + timedelta(days=5),), max_grant_eur=400_000, programme="Innovasjon Norge")
    lab = (Organisation(name="Sealab AS", country="NO"),)
    stock(
        made,
        item("good", kind="call", text=RULE, language="en", call=soon, title=f"Seals {HOSTILE}"),
        item("tight", kind="call", text="Only Swedish companies may apply.", language="en", call=tight),
        item("p1", organisations=lab),
        item("p2", organisations=lab),
        item("own", kind="patent", patent={"number": "EP1", "kind_code": "A1"}),
    )
    return made


def sheet(house: House, language: str = "en") -> Sheet:
    return sheet_of(project_page(house, "tind/valves", "journal:good"), company(), language)


def test_the_page_joins_need_call_gate_evidence_and_partners(house: House) -> None:
    """P40: each part from what is stored; verdicts quote the call."""
    page = project_page(house, "tind/valves", "journal:good")
    said = {verdict.criterion: verdict for verdict in page.gate.verdicts}
    assert (said["country"].outcome, page.funding_share) == ("eligible", 50)
    assert [line.item_key for line in page.patents] == ["journal:own"]
    assert {line.item_key for line in page.papers} == {"journal:p1", "journal:p2"}
    assert [(one.name, len(one.evidence)) for one in page.partners] == [("Sealab AS", 2)]
    assert page.steps[0].on == (NOW + timedelta(days=60 - 21)).date()


def test_a_rejected_paper_stands_on_no_page(house: House) -> None:
    """P32 holds for pages too, and for what speaks for a partner."""
    ref = next(line.ref for line in project_page(house, "tind/valves", "journal:good").papers)
    decide(house, find_opportunity(house, ref), "reject", broker="Bo", reason="too basic")
    page = project_page(house, "tind/valves", "journal:good")
    assert len(page.papers) == 1
    assert [[line.ref for line in one.evidence] for one in page.partners] == [[page.papers[0].ref]]


def test_a_closed_need_is_named_on_no_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P04: neither its title nor what matched."""
    secret = need(title="Hidden valve", description="Nobody may know.", confidentiality="closed")
    house = make_house(tmp_path, monkeypatch, company(needs=(secret,)))
    stock(house, item("c", kind="call", call=Call(deadlines_at=(NOW + timedelta(days=9),))))
    written = str(sheet_of(project_page(house, "tind/valves", "journal:c"), company(), "nb").plain())
    assert "Hidden" not in written
    assert "et fortrolig behov" in written
    assert "seals" not in written.replace("metal seals", "")


def test_docx_and_pdf_say_the_same_and_evaluate_nothing(house: House) -> None:
    """Hostile titles are text in both; Norwegian letters stay."""
    drawn = sheet(house)
    document = Document(io.BytesIO(project_docx(drawn, NOW)))
    words = "\n".join(p.text for p in document.paragraphs)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(project_pdf(drawn))).pages]
    flat = "".join("".join(pages).split())
    for text in (words, flat):
        assert "<script>" in text
        assert "#eval(" in text
        assert "æøå" in text
    assert "Companies registered in Norway may apply." in " ".join(cells)
    assert "CompaniesregisteredinNorwaymayapply." in flat
    assert len(pages) == 1


def test_norwegian_words(house: House) -> None:
    """P58: the page's own words; the call's stay as they are."""
    drawn = sheet(house, "nb")
    assert (drawn.kicker, drawn.language) == ("Prosjektforslag", "nb")
    assert [block.heading for block in drawn.blocks][-3:] == [
        "Veien til fristen",
        "Hva som er kjent",
        "Hvem som eier det",
    ]


def test_projects_are_ranked_by_worth(house: House) -> None:
    """A call that the company may not enter, with five days left, comes last."""
    ranked = rank_projects(house, "tind")
    assert [one.title.split()[0] for one in ranked] == ["Seals", "On"]
    assert [one.gate.outcome for one in ranked] == ["eligible", "not eligible"]
    assert ranked[0].worth > 5 * ranked[1].worth


@pytest.mark.parametrize("lead", [0, 1, 3, 21, 90, 365])
@pytest.mark.parametrize("left", [0, 1, 4, 30, 400])
def test_steps_never_go_backwards(lead: int, left: int) -> None:
    """Whatever lead time and deadline; a step in the past is late, and none comes after the deadline."""
    steps = timeline(TODAY + timedelta(days=left), lead, TODAY)
    days = [step.on for step in steps]
    assert days == sorted(days)
    assert [step.name for step in steps] == ["decide", "partners", "draft", "review", "submit"]
    assert days[-1] <= TODAY + timedelta(days=left)
    assert [step.is_late for step in steps] == [day < TODAY for day in days]


def test_a_deadline_that_has_passed_has_no_steps() -> None:
    assert timeline(TODAY - timedelta(days=1), 21, TODAY) == ()


def test_worth_moves_the_right_way() -> None:
    """Each part alone: worse gate, less money, less time, more partners, told before: worth less."""
    best = Prospect(0.9, "eligible", 500_000, date(2027, 6, 1), 0, was_told=False)
    full = worth(best, 21, TODAY)
    worse = [
        best._replace(fit=0.5),
        best._replace(outcome="unknown"),
        best._replace(grant_eur=None),
        best._replace(deadline_on=TODAY + timedelta(days=12)),
        best._replace(deadline_on=None),
        best._replace(partners=2),
        best._replace(was_told=True),
    ]
    assert full == pytest.approx(0.9)
    assert [worth(one, 21, TODAY) < full for one in worse] == [True] * len(worse)
    assert worth(best._replace(outcome="not eligible"), 21, TODAY) < min(worth(one, 21, TODAY) for one in worse)
