"""RELIABILITY F-01, F-02, F-04, F-05, F-19, F-21 on every route there is, with hostile words in every field."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from desk.access import ROWS
from desk.app import build
from terms.company import Company, Contact
from terms.person import Scope
from tests.desks import BASE, enter, hurry, make_desk, make_person
from tests.deskworld import FIELDS, addresses, everything, fill
from tests.houses import make_house
from tests.make import company, need
from tests.test_f_hostile_text import SHARED, executable, ours, theirs
from watch.house import House
from watch.people import find_login

PUBLIC = ("/", "/login", "/login?next=%2Fqueue", "/health", "/nothing", "/static/desk.css", "/r/stop/x", "/r/answer/x")


def hostile(vectors: list[str]) -> Company:
    """A company of which every text is hostile; its reader, too."""
    reader = Contact(name=vectors[1][:100], address="reader@tind.example")
    texts = {"title": vectors[0][:200], "description": "\n".join(vectors)[:20_000], "include": (vectors[-1][:200],)}
    return company(name=vectors[0][:200], contacts=(reader,), needs=(need("valves", **texts),))


def full_house(folder: Path, patch: pytest.MonkeyPatch, vectors: list[str]) -> House:
    """With hostile words in items, decisions, digests, incidents, aid and need maps."""
    hurry(patch)
    made = make_house(folder, patch, hostile(vectors))
    turns = iter(range(10_000))
    fill(made, "tind", 1, say=lambda what: f"{what} {vectors[next(turns) % len(vectors)]}"[:2_000])
    make_person(made)
    return made


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with pytest.MonkeyPatch.context() as patch:
        yield full_house(tmp_path_factory.mktemp("crawl"), patch, ours())


@pytest.fixture
def app(house: House, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    hurry(monkeypatch)
    return make_desk(house)


def alive(app: FastAPI, house: House) -> list[tuple[str, list[str]]]:
    """What runs on any page of the desk, by its path."""
    browser, found = enter(app), []
    for path in [*addresses(house, "GET", "tind"), "/search?q=finding", "/queue?company=%3Cscript%3Ex"]:
        answer = browser.get(path)
        assert answer.status_code in (200, 303, 400, 404, 409), path
        is_page = answer.headers.get("content-type", "").startswith("text/html") and answer.text.strip()
        if is_page and "sandbox" not in answer.headers["content-security-policy"]:
            found += [(path, trouble)] if (trouble := executable(answer.text)) else []
    return found


def test_f_01_our_own_vectors_on_every_route(app: FastAPI, house: House) -> None:
    """Every field of a company and its items; every page that a broker can open."""
    assert alive(app, house) == []


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared corpora are not beside the project")
def test_f_01_vectors_that_nobody_here_wrote_on_every_route(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them, forty to a field, so that each stands in a title, a text, a name and a note."""
    every = theirs()
    vectors = [" ".join(every[start : start + 40]) for start in range(0, len(every), 40)]
    made = full_house(tmp_path, monkeypatch, vectors)
    assert alive(make_desk(made), made) == []


def test_f_02_no_address_but_web_and_our_own(app: FastAPI, house: House) -> None:
    """In href, src, action and formaction of every page."""
    browser = enter(app)
    for path in addresses(house, "GET", "tind"):
        answer = browser.get(path)
        is_page = answer.headers.get("content-type", "").startswith("text/html")
        for address in re.findall(r'(?:href|src|action)="([^"]*)"', answer.text) if is_page else ():
            assert re.match(r"https?://|/(?!/)|#|\?|mailto:|cid:|$", address), (path, address)


def test_f_04_f_21_headers_on_every_route(app: FastAPI, house: House) -> None:
    """No script but ours, no sniffing, no framing by others, no keeping; refusals and missing pages too."""
    browser = enter(app)
    for path in [*addresses(house, "GET", "tind"), *PUBLIC]:
        headers = browser.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert not re.search(r"script-src[^;]*(unsafe|\*|https?:)", policy), path
        assert re.search(r"frame-ancestors '(none|self)'", policy), path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] in ("same-origin", "no-referrer"), path
        assert path.startswith("/static/") or "no-store" in headers["cache-control"], path


def test_f_05_no_get_changes_anything(app: FastAPI, house: House) -> None:
    """Every page opened, with fields of forms in its address: nothing that companies have is other than before."""
    browser, before = enter(app), everything(house)
    asked = "&".join(f"{name}={value}" for name, value in FIELDS.items())
    for path in addresses(house, "GET", "tind"):
        browser.get(f"{path}?{asked}")
        browser.client.head(path)
    for route in ROWS:
        method, path = route.split()
        if method == "POST":
            browser.get(re.sub(r"\{[^}]+\}", "tind", path) + f"?{asked}")
    assert everything(house) == before


class Broken:
    """A store that is not what it should be."""

    def __getattr__(self, name: str) -> object:
        raise RuntimeError(f"select secret_{name} from /etc/passwd")


def test_f_19_a_fault_in_any_route_tells_only_a_number(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is asked of the house fails: no route shows more than a number; the fault stands in the log."""
    hurry(monkeypatch)
    app = build(house, BASE)
    browser = enter(app)
    token, gets = browser.token("/account"), list(addresses(house, "GET", "tind"))
    posts = list(addresses(house, "POST", "tind"))
    monkeypatch.setattr("desk.visit.resume", lambda *_, **__: "known")
    scope = Scope(person=find_login(house, "bo").person, companies=frozenset({"tind"}))
    monkeypatch.setattr("desk.visit.scope_of", lambda *_: scope)
    for name in ("house", "room", "searcher", "aside"):
        object.__setattr__(app.state.desk, name, Broken())
    answers = [browser.client.get(path) for path in gets]
    answers += [browser.client.post(path, data={"csrf": token, **FIELDS}) for path in posts]
    for answer in answers:
        assert answer.status_code in (200, 303, 400, 404, 500), answer.url
        assert not re.search("secret_|passwd|Traceback|RuntimeError", answer.text), answer.url
    broken = [answer for answer in answers if answer.status_code == 500]
    assert len(broken) > len(answers) // 2
    assert all(re.search(r"\b[0-9a-f]{8}\b", answer.text) for answer in broken)
