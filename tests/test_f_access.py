"""RELIABILITY F-04, F-05, F-08, F-15, F-16, F-19, F-20, F-21 and P10, from the route table itself."""

import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from desk.access import ROWS
from desk.app import build, refuse_unlisted, routes_of
from desk.shield import LARGEST_BODY
from terms.person import Role
from tests.desks import BASE, Browser, enter, hurry, make_desk, make_person
from tests.houses import make_house
from watch.house import House

ROLES: tuple[Role, ...] = ("broker", "mentor", "operator")
UNSAFE = [route for route, row in ROWS.items() if not route.startswith("GET ") and row.has_token]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    with pytest.MonkeyPatch.context() as patch:
        hurry(patch)
        made = make_house(tmp_path_factory.mktemp("access"), patch)
        for role in ROLES:
            make_person(made, role, role)
        return made


@pytest.fixture
def app(house: House, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    hurry(monkeypatch)
    return make_desk(house)


def filled(path: str) -> str:
    """A path with a value in each of its places."""
    return re.sub(r"\{[^}]+\}", "NOSUCH", path)


def test_every_route_has_a_row_and_every_row_a_route(app: FastAPI) -> None:
    """P10: a new route without a row fails here, and stops the desk."""
    assert set(ROWS) == {f"{method} {path}" for method, path in routes_of(app)}


def test_a_route_without_a_row_stops_the_desk(app: FastAPI) -> None:
    """It cannot be reached by forgetting it."""
    app.add_api_route("/stray", lambda: "x", methods=["POST"])
    with pytest.raises(LookupError, match="POST /stray"):
        refuse_unlisted(app)


@pytest.mark.parametrize("route", ROWS)
def test_f_08_who_may_not_is_not_let_in(app: FastAPI, route: str) -> None:
    """Every route for nobody and for every role that its row does not name."""
    method, path = route.split()
    row = ROWS[route]
    if not row.roles:
        return
    stranger = Browser(app).client.request(method, filled(path))
    assert stranger.status_code == 303
    assert stranger.headers["location"].startswith("/login")
    for role in set(ROLES) - row.roles:
        browser = enter(app, role)
        answer = browser.client.request(method, filled(path), data={"csrf": browser.token("/account")})
        assert answer.status_code == 403


@pytest.mark.parametrize("route", UNSAFE)
def test_f_05_no_request_from_elsewhere_changes_anything(app: FastAPI, route: str) -> None:
    """No token, a wrong one, another session's, another site, JSON, and another method by name."""
    method, path = route.split()
    own = "broker" if "broker" in ROWS[route].roles else "operator"
    browser, other = enter(app, own), enter(app, "operator" if own == "broker" else "broker")
    token, client = browser.token("/account"), browser.client
    forged = [
        client.request(method, filled(path)),
        client.request(method, filled(path), data={"csrf": "0" * 64}),
        client.request(method, filled(path), data={"csrf": other.token("/account")}),
        client.request(method, filled(path), json={"csrf": token}),
        client.request(method, filled(path), data={"csrf": token}, headers={"sec-fetch-site": "cross-site"}),
        client.request(method, filled(path), data={"csrf": token}, headers={"origin": "https://evil.test"}),
        client.request(method, filled(path), data={"csrf": token}, headers={"origin": "null"}),
    ]
    assert [answer.status_code for answer in forged] == [403] * len(forged)
    by_name = client.get(filled(path), headers={"x-http-method-override": method}, params={"_method": method})
    assert by_name.status_code in (200, 303, 404, 405)
    assert browser.get("/account").status_code == 200


@pytest.mark.parametrize("path", ["/", "/login", "/account", "/nothing", "/static/desk.css", "/health"])
def test_f_04_f_21_every_answer_carries_the_headers(app: FastAPI, path: str) -> None:
    """No inline script, no framing, no sniffing, no keeping."""
    headers = enter(app, "broker").get(path).headers
    policy = headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


def test_f_04_no_template_has_inline_script_or_style() -> None:
    """The policy would stop it; the page would be broken instead."""
    for path in Path("desk/templates").rglob("*.html"):
        text = path.read_text("utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", text, re.I), path
        assert "|safe" not in text.replace(" ", ""), path


def test_f_15_extra_fields_are_ignored(app: FastAPI, house: House) -> None:
    """A role cannot be posted."""
    browser = enter(app, "mentor")
    saved = browser.post("/account", language="en", shortcuts="on", role="operator", serves="*", person_key="x")
    assert saved.status_code == 303
    assert "mentor" in browser.get("/account").text
    assert browser.post("/account", language="xx").status_code == 400


def test_f_16_bodies_are_limited(app: FastAPI) -> None:
    """Said or streamed."""
    browser = enter(app, "broker")
    assert browser.client.post("/account", content=b"x" * (LARGEST_BODY + 1)).status_code == 413
    form = {"content-type": "application/x-www-form-urlencoded"}
    streamed = browser.client.post("/account", content=(b"x" * 65_536 for _ in range(40)), headers=form)
    assert streamed.status_code in (400, 413)  # FastAPI calls a body it could not read 400
    assert browser.post("/account", language="e" * 600).status_code == 400


def test_f_19_a_broken_page_tells_only_a_number(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number stands in the log."""
    browser = enter(app, "broker")

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("select secret from /etc/passwd")

    monkeypatch.setattr("desk.visit.resume", broken)
    answer = browser.get("/account")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert re.search(r"[0-9a-f]{8}", answer.text)


def test_f_20_another_host_name_is_refused(house: House) -> None:
    """Links are made from settings only, and a foreign Host gets no page."""
    client = TestClient(build(house, BASE), base_url=BASE)
    assert client.get("/login", headers={"host": "evil.test"}).status_code == 400
    told = client.get("/login", headers={"x-forwarded-host": "evil.test", "x-forwarded-proto": "https"})
    assert "evil.test" not in told.text
