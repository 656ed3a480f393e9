"""RELIABILITY F-07, F-09, F-10, F-11, F-13, F-14, F-16, F-17, F-24: lists of hostile requests, ours and others'."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from desk.app import build
from desk.login import onward
from network.lines import ref_of
from terms.match import Passage, Reasons
from tests.desks import BASE, PASSWORD, WALL, Browser, enter, hurry, make_desk, make_person
from tests.deskworld import everything
from tests.houses import make_house, stock
from tests.make import item
from watch.desk_card import marked
from watch.house import House
from watch.review import queue
from watch.sessions import Slowed, log_in

ROOT = Path(__file__).resolve().parents[1]
PAYLOADS = ROOT.parent / "shared" / "data" / "corpora" / "payloads"
needs_shared = pytest.mark.skipif(not PAYLOADS.is_dir(), reason="the shared corpora are not beside the project")
PATHS = (
    "..", "../", "..%2f..%2fetc%2fpasswd", "..%252f..%252fetc%252fpasswd", "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%5c..%5cwindows%5cwin.ini", "....//....//etc/passwd", "..;/..;/etc/passwd", "%c0%ae%c0%ae%c0%afetc%c0%afpasswd",
    "a%00b", "%00", "/etc/passwd", "//etc/passwd", "file:///etc/passwd", "~root", "C:%5c", "con", "..%0d%0a",
    "%uff0e%uff0e%u2215etc%u2215passwd", "%e2%80%a5/etc/passwd",
)  # fmt: skip
SQL = (
    "' or 1=1 --", '" or ""="', "1; drop table decisions", "') union select * from people --", "from '/etc/passwd'",
    "attach '/tmp/x.db'", "copy items to '/tmp/x'", "install httpfs", "pragma version", "read_csv('/etc/passwd')",
    "x' || pg_sleep(9) || '", "%' --", "\\'; select 1", "1/**/or/**/1", "?", ":name", "$1", "%(x)s", "{0}",
)  # fmt: skip


def lines(folder: str, pattern: str = "*.txt", most: int = 400) -> list[str]:
    """Lines of a list that nobody here wrote, a spread of at most so many."""
    found = [
        line for path in sorted((PAYLOADS / folder).rglob(pattern))
        for line in path.read_text("utf-8", "replace").splitlines() if line.strip()
    ]  # fmt: skip
    assert found, folder
    return found[:: max(1, len(found) // most)]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with pytest.MonkeyPatch.context() as patch:
        hurry(patch)
        made = make_house(tmp_path_factory.mktemp("lists"), patch)
        stock(made, *(item(str(n), title=f"Seals of kind {n}") for n in range(4)))
        make_person(made)
        yield made


@pytest.fixture
def app(house: House, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    hurry(monkeypatch)
    return make_desk(house)


def open_paths(app: FastAPI, bad: list[str]) -> None:
    """In every place of an address where a name stands: nothing outside is read, nothing breaks."""
    bo = enter(app)
    for one in bad:
        for place in ("/static/{}", "/archive/tind/{}/0/bytes", "/companies/{}/map.yaml", "/r/calendar/{}"):
            answer = bo.get(place.format(one))
            assert answer.status_code in (303, 307, 400, 404, 405), (place, one)  # 303: to the log-in, of no route
            assert "root:" not in answer.text


def test_f_10_no_path_leads_outside(app: FastAPI) -> None:
    """Names are ids: our own list."""
    open_paths(app, list(PATHS))


@needs_shared
def test_f_10_lists_of_paths_that_nobody_here_wrote(app: FastAPI) -> None:
    """A spread of dotdotpwn's."""
    open_paths(app, [quote(line, safe="/%.;\\") for line in lines("Directory Traversal", most=60)])


@needs_shared
def test_f_09_lists_of_addresses_that_nobody_here_wrote() -> None:
    """After logging in one stays here: a path of ours that no browser takes for another host."""
    for address in lines("Open Redirect"):
        for tried in (address, address.replace("{payload}", "evil.test"), f"/{address}", quote(address)):
            there = onward(tried)
            assert re.fullmatch(r"/(?![/\\])[A-Za-z0-9/_.\-?=&%+]*", there), tried


def type_everywhere(app: FastAPI, house: House, typed: list[str]) -> None:
    """In search, filters, addresses and forms: an answer, no error of a store, nothing changed."""
    bo, before = enter(app), everything(house)
    app.state.desk.searcher.renew()
    token = bo.token("/account")
    for words in typed:
        answers = [
            bo.client.get("/search", params={"q": words[:500]}),
            bo.client.get("/queue", params={"company": words[:200], "need": words[:200], "view": "all"}),
            bo.client.get("/queue", params={"view": words}),
            bo.get(f"/queue/tind/{quote(words, safe='')}"),
            bo.client.post(
                f"/queue/{quote(words, safe='')}/X/decide", data={"csrf": token, "act": words, "seen": words}
            ),
        ]
        assert all(answer.status_code in (200, 303, 307, 400, 404, 405) for answer in answers), words
        assert not any(re.search("syntax|sqlite|duckdb|Binder", answer.text, re.I) for answer in answers[1:]), words
    assert everything(house) == before


def test_f_13_nothing_typed_reaches_a_store_as_syntax(app: FastAPI, house: House) -> None:
    """Our own list, on every parameter of queue and search."""
    type_everywhere(app, house, list(SQL))


@needs_shared
def test_f_13_lists_of_injections_that_nobody_here_wrote(app: FastAPI, house: House) -> None:
    """A spread of them."""
    type_everywhere(app, house, lines("SQL Injection", most=60))


def test_f_14_words_that_look_like_expressions_cost_no_more(app: FastAPI) -> None:
    """A need's word and a long text: words are marked, never run as an expression; too long a search is refused."""
    text = "a" * 100_000 + "! (a+)+$ " * 3
    reasons = Reasons(terms=("(a+)+$", "(?:a|aa)+b", "["), passages=(Passage(field="text", start=0, end=1, text="a"),))
    pieces = list(marked(text, "text", reasons))
    assert "".join(piece.text for piece in pieces) == text
    bo = enter(app)
    assert bo.client.get("/search", params={"q": "(a+)+$" * 2_000}).status_code == 400
    assert bo.client.get("/search", params={"q": "(a+)+$ " * 70}).status_code == 200


def test_f_16_much_at_once_is_refused(app: FastAPI, house: House) -> None:
    """A note of 10 MB, ten thousand ids, numbers that no page has."""
    bo, before = enter(app), everything(house)
    where, seen = here(bo)
    assert bo.post(f"{where}/decide", act="accept", seen=seen, note="x" * 10_000_000).status_code == 413
    assert bo.post(f"{where}/decide", act="accept", seen=seen, note="x" * 5_001).status_code == 400
    assert bo.post(f"{where}/decide", act="accept", seen=seen, also=["fjell X y"] * 10_000).status_code in (400, 413)
    for number in ("1000000000", "-1", "9" * 400, "x"):
        for path in (
            "/queue?done=",
            "/companies/tind?saved=",
            "/digests/tind/preview?dark=",
            "/archive/tind/2026-W48/",
        ):
            assert bo.get(path + number).status_code in (200, 400, 404), (path, number)
    assert everything(house) == before


def here(bo: Browser) -> tuple[str, str]:
    """Address and state of what the queue shows first."""
    page = bo.get("/queue").text
    found = [re.search(pattern, page) for pattern in (r'data-here="([^"]+)"', r'name="seen" value="([^"]+)"')]
    assert found[0] and found[1]
    return found[0][1], found[1][1]


def test_f_17_a_double_click_and_the_back_button_count_once(app: FastAPI, house: House) -> None:
    """The form of one page sent twice, and once more after another decision: one effect, then told why."""
    bo = enter(app)
    where, seen = here(bo)
    before = queue(house).decided
    codes = [bo.post(f"{where}/decide", act="accept", seen=seen).status_code for _ in range(2)]
    assert codes == [303, 409]
    other, its = here(bo)
    assert bo.post(f"{other}/decide", act="accept", seen=its).status_code == 303
    late = bo.post(f"{where}/decide", act="reject:other", seen=seen)
    assert late.status_code == 409
    assert "Bo: accept" in late.text
    assert queue(house).decided == before + 2


def test_f_11_names_that_look_alike_are_not_one() -> None:
    """References are made of the key as it is: accents, ß, case, length, emoji and nothing at all."""
    keys = ["é", "e", "e\u0301", "ß", "ss", "SS", "A", "a", "", "x" * 300, "x" * 299, "🔧", "🔨", "ı", "i", "a b", "ab"]
    refs = [ref_of(company, f"journal:{key}") for key in keys for company in ("tind", "fjell")]
    assert len(set(refs)) == len(refs)


def test_f_07_of_a_thousand_guesses_few_are_looked_at(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """From one address and from many; then a right password is not looked at either, but for known browsers."""
    hurry(monkeypatch)
    looked: list[object] = []
    verify = PasswordHasher.verify
    monkeypatch.setattr(PasswordHasher, "verify", lambda *said: looked.append(said) or verify(*said))
    for number in range(500):
        log_in(house, "bo", f"guess {number}", device=None, address="192.0.2.7", at=WALL)
    assert len(looked) == 5
    for number in range(500):
        log_in(house, "bo", f"guess {number}", device=None, address=f"198.51.{number // 250}.{number % 250}", at=WALL)
    assert len(looked) <= 50
    assert isinstance(log_in(house, "bo", PASSWORD, device=None, address="203.0.113.1", at=WALL), Slowed)


def test_f_24_no_secret_in_the_tree_and_no_debugging() -> None:
    """Keys and tokens by their shapes in what is tracked; pages are served without debug mode."""
    shapes = re.compile(
        rb"-----BEGIN [A-Z ]*PRIVATE KEY-----[\r\n]+[A-Za-z0-9+/=\r\n]{200}|\bAKIA[0-9A-Z]{16}\b|\bghp_[A-Za-z0-9]{36}"
        rb"|\bxox[bp]-[0-9]{10}|\bsk-[A-Za-z0-9]{40}\b"
    )
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    tracked = [ROOT / name for name in listed.stdout.splitlines()] or list(ROOT.glob("[!.]*/*.py"))
    assert [path.name for path in tracked if path.is_file() and shapes.search(path.read_bytes())] == []
    assert not [p for p in ROOT.glob("desk/**/*.py") if re.search(r"debug\s*=\s*True|reload\s*=\s*True", p.read_text())]


def test_f_24_no_password_in_the_log(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither right nor wrong ones, nor a session's secret, at the finest level; no debug mode."""
    hurry(monkeypatch)
    caplog.set_level("DEBUG")
    app = build(house, BASE)
    assert not app.debug
    browser = enter(app)
    Browser(app, "192.0.2.9").log_in(password="a-wrong-secret-word")
    browser.get("/account")
    said = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    session = browser.client.cookies.get("varde-loopback", domain="127.0.0.1")
    for secret in (PASSWORD, "a-wrong-secret-word", str(session)):
        assert secret not in said
