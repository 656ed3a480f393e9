"""Who could join: one answer for project pages, digests and partner suggestions (P40, P41)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from network.names import name_key
from terms.digest import Suggestion
from terms.item import Call, Organisation
from terms.organisation import Participation, Project
from tests.houses import make_house, stock
from tests.make import NOW, company, item, need
from warehouse import organisations, projects
from warehouse.organisations import Named
from watch import review
from watch.advise import advise, read_accepted
from watch.companies import find_company
from watch.house import House
from watch.joining import candidates, outside_suggestions
from watch.partners import find_need
from watch.project import project_page

CALL = Call(deadlines_at=(NOW + timedelta(days=60),), programme="Innovasjon Norge")
NEED = need(description="We look for metal seals that hold hydrogen in valves at 700 bar.")


def project(number: str, title: str, *who: Participation) -> Project:
    return Project(
        source="cordis", source_id=number, title=title, text=f"{title}, tested at 700 bar.",
        url=f"https://cordis.example/{number}", started_on=date(2025, 1, 1), ended_on=date(2027, 1, 1),
        organisations=who, capture_sha256="0" * 64,
    )  # fmt: skip


LAB = Participation(name="SEALAB INSTITUTT", aliases=("Sealab AS",), country="NO", type="institute", role="coordinator",
                    web="https://sealab.example/", ids=("pic:1",))  # fmt: skip
MAKER = Participation(name="Valvole Sicure", country="IT", type="sme", ids=("pic:2",))
METAL = project("1", "Metal seals for hydrogen valves", LAB, MAKER)


def keep(house: House, *held: Project) -> None:
    """Projects in the warehouse, each organisation identified as a crawl's would be."""
    with house.warehouse.write() as connection:
        keys = [organisations.identify(connection, [named(p) for p in one.organisations]) for one in held]
        projects.store_projects(connection, held, keys, NOW)


def named(one: Participation) -> Named:
    spellings = {text: name_key(text) for text in (one.name, *one.aliases)}
    return Named(one.name, spellings, one.country, None, None, one.type, one.web, one.ids, 2)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    return make_house(tmp_path, monkeypatch, company(needs=(NEED,)))


def accept(house: House) -> None:
    for waiting in review.queue(house).waiting:
        review.decide(house, waiting, "accept", broker="Bo")


def suggested(house: House, told: Sequence[str] = (), known: Sequence[str] = ()) -> tuple[Suggestion, ...]:
    """What the digest would suggest; told: keys of what it held before."""
    tind = find_company(house, "tind")
    before = {("tind", key) for key in told}
    return outside_suggestions(house, tind, read_accepted(house, tind), before, set(known))


def test_the_best_partner_that_a_project_speaks_for_is_suggested_once(house: House) -> None:
    """Not without a project, not without something accepted, not twice, and not who is suggested already."""
    stock(house, item("p1"))
    keep(house)
    accept(house)
    assert suggested(house) == ()
    keep(house, METAL)
    (one,) = suggested(house)
    assert (one.kind, one.partner, one.partner_country) == ("partner", "SEALAB INSTITUTT", "NO")
    assert [(line.kind, line.cluster_key) for line in one.evidence] == [("project", "cordis:1")]
    assert suggested(house, told=["cordis:1"]) == ()
    assert [s.partner for s in suggested(house, known=["Sealab AS"])] == ["Valvole Sicure"]


def test_nobody_is_suggested_where_nothing_is_accepted(house: House) -> None:
    keep(house, METAL)
    stock(house, item("p1"))
    assert suggested(house) == ()


def test_a_closed_need_is_asked_of_nobody_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P04: whoever was found for it would tell what it is about."""
    secret = NEED.model_copy(update={"confidentiality": "closed"})
    house = make_house(tmp_path, monkeypatch, company(needs=(secret,)))
    keep(house, METAL)
    stock(house, item("p1"), item("c", kind="call", call=CALL))
    accept(house)
    assert suggested(house) == ()
    assert project_page(house, "tind/valves", "journal:c").partners == ()
    assert all(one.participants == () for one in advise(house, find_company(house, "tind")).suggestions)


def test_page_and_digest_name_the_same_in_the_same_order(house: House) -> None:
    """An organisation behind two papers that a register knows by another name is one, with both kinds of evidence."""
    lab = (Organisation(name="Sealab AS", country="NO"),)
    keep(house, METAL)
    stock(house, item("c", kind="call", call=CALL), item("p1", organisations=lab), item("p2", organisations=lab))
    accept(house)
    page = project_page(house, "tind/valves", "journal:c")
    assert [one.name for one in page.partners] == ["Sealab AS", "Valvole Sicure"]
    first = page.partners[0]
    assert (first.kind, first.home) == ("institute", "https://sealab.example/")
    assert {line.kind for line in first.evidence} == {"project", "publication"}
    told = next(one for one in advise(house, find_company(house, "tind")).suggestions if one.call)
    assert [one.name for one in told.participants] == [one.name for one in page.partners]


def test_what_a_broker_rejected_speaks_for_nobody(house: House) -> None:
    """P32: a rejected patent returns in no partner's evidence either."""
    patent = {"number": "EP1", "kind_code": "A1"}
    text = "Metal seals that hold hydrogen in valves at 700 bar."
    maker = (Organisation(name="Valvole Sicure", country="IT", role="applicant"),)
    keep(house, METAL)
    stock(house, item("own", kind="patent", patent=patent, title="Metal seals", text=text, organisations=maker))
    company_, wanted = find_company(house, "tind"), find_need(house, "tind/valves")

    def keys() -> set[str]:
        found = candidates(house, company_, wanted.need_key, ())
        return {line.cluster_key for one in found for line in one.evidence}

    assert keys() == {"cordis:1", "journal:own"}
    review.decide(house, review.queue(house).waiting[0], "reject", broker="Bo", reason="known already")
    assert keys() == {"cordis:1"}


def test_a_norwegian_need_finds_projects_in_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P27: asked in the words of the collection, not only in its own."""
    norwegian = need(title="Oksygen i sjøvann", description="Vi ser etter sensorer.", include=(), language="nb")
    house = make_house(tmp_path, monkeypatch, company(needs=(norwegian,)))
    keep(house, METAL, project("2", "Oxygen sensors for sea water", MAKER))
    (found,) = candidates(house, find_company(house, "tind"), "tind/valves", ())
    assert (found.name, [line.cluster_key for line in found.evidence]) == ("Valvole Sicure", ["cordis:2"])


def test_the_field_is_read_anew_when_the_warehouse_was_published(house: House) -> None:
    """One reading serves many companies in a row, and never an older state."""
    keep(house, METAL)
    company_ = find_company(house, "tind")
    assert len(candidates(house, company_, "tind/valves", ())) == 2
    later = replace(house, clock=lambda: NOW + timedelta(minutes=5))
    keep(
        later,
        project("3", "Metal seals for cold hydrogen valves", LAB.model_copy(update={"ids": ("pic:9",), "name": "Z"})),
    )
    assert "Z" in {one.name for one in candidates(later, company_, "tind/valves", ())}
