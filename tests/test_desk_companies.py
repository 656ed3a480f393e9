"""Companies, needs and need maps at the desk: coverage, checked forms, versions, files, trials (P01, P02, P05)."""

import re
import time
from datetime import date
from pathlib import Path

import pytest
from fastapi import FastAPI

from terms.aid import Aid
from tests.desks import Browser, enter, hurry, make_desk, make_person
from tests.houses import make_house, stock
from tests.make import company, item, need
from watch import review
from watch.companies import find_company, import_maps
from watch.gate import add_aid
from watch.house import House

HERE = "/companies/tind/needs/valves"
FORM = {
    "title": "Tight valves", "description": "Metal seals that hold at 700 bar in hydrogen.", "include": "seals\nvalve",
    "priority": "4", "language": "en", "status": "active", "confidentiality": "open", "trl_now": "3", "act": "save",
}  # fmt: skip


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    hurry(monkeypatch)
    made = make_house(tmp_path, monkeypatch, company(), company("fjell", name="Fjell Hemmelig AS", needs=(need(),)))
    stock(made, *(item(str(n)) for n in range(1, 4)))
    make_person(made, "bo")
    make_person(made, "mia", "mentor")
    make_person(made, "fia", serves=("fjell",))
    return made


@pytest.fixture
def app(house: House) -> FastAPI:
    return make_desk(house)


def seen(browser: Browser, path: str = HERE) -> str:
    """The map as the form shows it."""
    found = re.search(r'name="seen" value="(\w+)"', browser.get(path).text)
    assert found
    return found[1]


def test_the_portfolio_counts_what_became_of_each_need(app: FastAPI, house: House) -> None:
    """P05: accepted and the last day of it; a need without any asks for a review."""
    bo = enter(app)
    assert "asks for a review" in bo.get("/companies").text
    review.decide(house, review.queue(house).waiting[0], "accept", broker="Bo")
    page = bo.get("/companies").text
    assert "asks for a review" not in page
    assert '<td class="num">1</td>' in page
    assert "23 Nov 2026" in page


def test_the_company_page(app: FastAPI, house: House) -> None:
    """Engagement, contacts, hints and aid; nothing on record is said so."""
    bo = enter(app)
    assert "which is not the same as none" in bo.get("/companies/tind").text
    add_aid(house, Aid("tind", date(2026, 3, 1), 40_000, "Innovasjon Norge"), "Bo")
    page = bo.get("/companies/tind").text
    for part in ("Bo Broker", "kari@tind.example", "40,000 € in the last three years", "fewer than 8 words"):
        assert part in page, part
    assert enter(app, "fia").get("/companies/tind").status_code == 404


def test_p02_an_edit_makes_a_version_and_shows_what_changed(app: FastAPI, house: House, tmp_path: Path) -> None:
    """In the ledger, in the folder of need maps, and on the page; the next import changes nothing."""
    bo = enter(app)
    assert bo.post(HERE, **FORM, seen=seen(bo)).headers["location"] == "/companies/tind?saved=1"
    changed = find_company(house, "tind").needs[0]
    assert (changed.title, changed.include, changed.trl_now) == ("Tight valves", ("seals", "valve"), 3)
    assert "title: Tight valves" in (tmp_path / "companies" / "tind.yaml").read_text("utf-8")
    assert import_maps(house).versions == ()
    page = bo.get(HERE).text
    assert "Version 2" in page
    assert "<del>Tight hydrogen valves</del> <ins>Tight valves</ins>" in page


def test_f_17_of_two_tabs_one_saves(app: FastAPI, house: House) -> None:
    """The later one is told, and nothing of it is kept."""
    bo = enter(app)
    old = seen(bo)
    assert bo.post(HERE, **FORM, seen=old).status_code == 303
    late = bo.post(HERE, **(FORM | {"title": "Other"}), seen=old)
    assert late.status_code == 409
    assert "changed since you opened it" in late.text
    assert find_company(house, "tind").needs[0].title == "Tight valves"


@pytest.mark.parametrize(
    ("field", "wrong", "said"),
    [
        ("trl_now", "12", "less than or equal to 9"),
        ("priority", "high", "must be a whole number"),
        ("cpc", "not a code", "must be a CPC or IPC code"),
        ("title", "", "is missing"),
        ("review_on", "soon", "must be a date"),
        ("description", "Seals\u2028hidden", "invisible character"),
        ("status", "gone", "must be"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_saved(
    app: FastAPI, house: House, field: str, wrong: str, said: str
) -> None:
    """P01: what is wrong, beside the field; what was written stays in the form."""
    bo = enter(app)
    answer = bo.post(HERE, **(FORM | {field: wrong}), seen=seen(bo))
    assert answer.status_code == 400
    assert said in answer.text
    assert f'id="p-{field}"' in answer.text
    assert find_company(house, "tind").needs[0].title == "Tight hydrogen valves"


@pytest.mark.parametrize("name", ["É", "straße", "VALVES", "", "x" * 300, "🔧", "../x", "valves"])
def test_f_11_a_need_has_a_plain_name_of_its_own(app: FastAPI, house: House, name: str) -> None:
    """What could collide is refused; another is added."""
    bo, there = enter(app), "/companies/tind/add-need"
    assert bo.post(there, **FORM, id=name, seen=seen(bo, there)).status_code == 400
    assert bo.post(there, **FORM, id="pump-noise", seen=seen(bo, there)).status_code == 303
    assert [one.id for one in find_company(house, "tind").needs] == ["valves", "pump-noise"]


def test_p01_export_then_import_changes_nothing(app: FastAPI, house: House) -> None:
    """The file back and forth; another's and a broken one are refused whole."""
    bo = enter(app)
    text = bo.get("/companies/tind/map.yaml").text
    token = bo.token("/companies/tind")

    def send(content: bytes) -> tuple[int, str]:
        answer = bo.client.post("/companies/tind/map", data={"csrf": token}, files={"file": ("m.yaml", content)})
        return answer.status_code, answer.headers.get("location", "") + answer.text

    assert send(text.encode())[1].startswith("/companies/tind?saved=0")
    assert send(text.replace("700 bar", "900 bar").encode())[1].startswith("/companies/tind?saved=1")
    status, said = send(re.sub("country: .*", "country: Norway", text).encode())
    assert status == 400
    assert re.search(r"map:\d+: country: must be two capital letters", said)
    assert send(text.replace("id: tind", "id: fjell", 1).encode())[0] == 400
    assert find_company(house, "fjell").name == "Fjell Hemmelig AS"


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00 not utf-8", b"a: &a [1,1,1]\nb: &b [*a,*a,*a]\nc: [*b,*b,*b]\n", b"id: !!python/object:os.x y\n",
        b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", b"", b"=1+1,@SUM(A1)",
        b"needs:\n" + b"- id: x\n" * 50_000, b"[" * 5_000,
    ],
)  # fmt: skip
def test_f_18_a_hostile_file_is_refused_in_words(app: FastAPI, house: House, content: bytes) -> None:
    """Charset, aliases, tags, XML, emptiness, size, depth: a list of lines, and nothing changed."""
    bo = enter(app)
    token = bo.token("/companies/tind")
    answer = bo.client.post("/companies/tind/map", data={"csrf": token}, files={"file": ("m.yaml", content)})
    assert answer.status_code == 400
    assert "The file was refused" in answer.text
    assert "root:" not in answer.text
    assert find_company(house, "tind").needs[0].title == "Tight hydrogen valves"


def test_a_trial_stores_nothing(app: FastAPI, house: House) -> None:
    """What the need would have found; another company's broker does not see it."""
    bo = enter(app)
    answer = bo.post(HERE, **(FORM | {"act": "try"}), seen="whatever")
    where = answer.headers["location"]
    for _ in range(100):
        page = bo.get(where, hx_request="true").text
        if "hx-trigger" not in page:
            break
        time.sleep(0.3)
    assert "On the sealing of hydrogen valves" in page
    assert "3 examined" in page
    assert enter(app, "fia").get(where).status_code == 404
    assert find_company(house, "tind").needs[0].title == "Tight hydrogen valves"


def test_a_mentor_reads_needs_and_changes_none(app: FastAPI) -> None:
    """P34."""
    mia = enter(app, "mia")
    assert "disabled" in mia.get(HERE).text
    assert mia.post(HERE, **FORM, seen=seen(mia)).status_code == 403
