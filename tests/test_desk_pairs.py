"""Pairs at the desk: told step by step, consent on record, nothing of the other before its step (P43, P04, P34)."""

import re
import time
from pathlib import Path

import pytest
from fastapi import FastAPI

from desk.texts import SENTENCES
from network.inside import _SECTIONS
from terms.company import Company
from tests.desks import Browser, enter, hurry, make_desk, make_person
from tests.houses import make_house
from tests.make import company, need
from watch.companies import find_company
from watch.house import House

SEEKS = need(title="Zirkelfast sealing of valves", description="Metal seals by laser welding of thin foils.")
SECRET = need("hidden", title="Quasar foils", description="Nobody may hear of quasar foils.", confidentiality="closed")
OFFERS = "Fjordsveis laser welding of thin metal foils"


def two() -> tuple[Company, Company]:
    owner = company("fjord", name="Fjord Laser AS", competences=(OFFERS,), needs=(SECRET,), nace=("25.11",))
    return company(needs=(SEEKS,)), owner


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    hurry(monkeypatch)
    made = make_house(tmp_path, monkeypatch, *two())
    make_person(made, "bo", serves=("tind", "fjord"))
    make_person(made, "tia", serves=("tind",))
    make_person(made, "mo", "mentor", serves=("tind", "fjord"))
    return made


@pytest.fixture
def app(house: House) -> FastAPI:
    return make_desk(house)


def listed(browser: Browser) -> str:
    for _ in range(60):
        page = browser.get("/pairs").text
        if "every 2s" not in page:
            return page
        time.sleep(0.1)
    raise AssertionError("/pairs")


def pair_of(browser: Browser) -> str:
    found = re.search(r'href="(/pairs/\w+)"', listed(browser))
    assert found
    return found[1]


def may_know(page: str, name: str) -> str:
    """What stands under `What NAME may know`."""
    return page.partition(f"What {name} may know")[2].partition("</section>")[0]


def steps(house: House) -> list[tuple[str, str]]:
    with house.ledger.read() as connection:
        rows = connection.exec_driver_sql("select verb, company_key from disclosures order by disclosure_no")
        return [tuple(row) for row in rows]


def test_each_step_tells_what_it_may_and_is_on_record(app: FastAPI, house: House) -> None:
    """Broker alone; profiles without names; one consent is not enough; names, each time written down; taken back."""
    bo = enter(app)
    here = pair_of(bo)
    page = bo.get(here).text
    for company_name in ("Tind Valves AS", "Fjord Laser AS"):
        assert "Nothing yet." in may_know(page, company_name)
    assert bo.post(f"{here}/consent", company="tind", said_by="Kari", act="give").status_code == 409
    assert bo.post(f"{here}/names", company="tind").status_code == 409
    assert steps(house) == []
    assert bo.post(f"{here}/profiles").status_code == 303
    page = bo.get(here).text
    of_owner, of_seeker = may_know(page, "Tind Valves AS"), may_know(page, "Fjord Laser AS")
    assert "manufacturing" in of_owner
    assert not re.search("Fjord|Quasar", of_owner)
    assert not re.search("Zirkelfast|valves", of_seeker)
    assert not re.search("Tind", of_seeker)
    assert bo.post(f"{here}/consent", company="tind", said_by="Kari", act="give").status_code == 303
    assert bo.post(f"{here}/names", company="tind").status_code == 409
    assert bo.post(f"{here}/consent", company="fjord", said_by=" ", act="give").status_code == 400
    assert bo.post(f"{here}/consent", company="fjord", said_by="Ola", act="give").status_code == 303
    told = bo.post(f"{here}/names", company="tind").text
    assert "<strong>Fjord Laser AS</strong> (NO): Fjordsveis" in told
    assert bo.post(f"{here}/consent", company="fjord", said_by="Ola", act="revoke").status_code == 303
    assert bo.post(f"{here}/names", company="tind").status_code == 409
    assert [verb for verb, _ in steps(house)] == ["profiles shown"] * 2 + ["consent given"] * 2 + [
        "names shown", "consent revoked",
    ]  # fmt: skip
    assert "took it back" in bo.get(here).text
    assert "profiles without names" in listed(bo)


def test_who_serves_one_of_the_two_sees_no_pair(app: FastAPI, house: House) -> None:
    """Neither listed nor counted nor opened; the same words for a pair of others as for none."""
    bo, tia = enter(app), enter(app, "tia")
    here = pair_of(bo)
    page = listed(tia)
    assert "No pair yet" in page
    assert "Fjord" not in page
    answers = {tia.get(path).text.replace(path, "") for path in (here, "/pairs/00000000")}
    assert len(answers) == 1
    for path, fields in (("profiles", {}), ("consent", {"company": "tind", "said_by": "K", "act": "give"}),
                         ("names", {"company": "tind"})):  # fmt: skip
        assert tia.post(f"{here}/{path}", **fields).status_code == 404, path
    assert bo.post(f"{here}/consent", company="nosuch", said_by="K", act="give").status_code == 404
    assert steps(house) == []
    assert enter(app, "mo").get("/pairs").status_code == 403


def test_a_changed_text_needs_a_new_consent(app: FastAPI, house: House) -> None:
    """Who agreed did so on the words of that day; the page says that they have changed."""
    bo = enter(app)
    here = pair_of(bo)
    bo.post(f"{here}/profiles")
    for key in ("tind", "fjord"):
        bo.post(f"{here}/consent", company=key, said_by="K", act="give")
    text = bo.get("/companies/tind/map.yaml").text.replace("Metal seals", "Steel and metal seals")
    token = bo.token("/companies/tind")
    bo.client.post("/companies/tind/map", data={"csrf": token}, files={"file": ("m.yaml", text.encode())})
    assert "Steel" in find_company(house, "tind").needs[0].description
    page = bo.get(here).text
    assert "Release the two profiles" in page
    assert bo.post(f"{here}/names", company="tind").status_code == 409
    bo.post(f"{here}/profiles")
    assert bo.get(here).text.count("a text has changed since; ask again") == 2


def test_every_sector_has_its_words() -> None:
    """In both languages."""
    assert {f"sector.{name}" for _, _, name in _SECTIONS} <= SENTENCES.keys()
