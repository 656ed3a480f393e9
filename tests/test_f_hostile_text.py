"""RELIABILITY F-01, F-02, F-03, F-13, F-14: hostile words in every field stay words on every page."""

import json
import re
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from lxml import html

from terms.item import Organisation, Person
from tests.desks import enter, hurry, make_desk, make_person
from tests.houses import make_house, stock
from tests.make import company, item, need

OURS = Path(__file__).parent / "recordings" / "desk" / "xss.txt"
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "corpora"
LINKS = (
    "javascript:alert(1)", "\x01javascript:alert(1)", "java\nscript:alert(1)", "JaVaScRiPt:alert(1)", "vbscript:x",
    "data:text/html,<script>alert(1)</script>", "//evil.test/x", "/etc/passwd", "https://user@evil.test\\@x", "file:///etc",
    "blob:https://x/1", "https:evil.test",
)  # fmt: skip
_LIVE = {"script", "iframe", "object", "embed", "base", "style", "math", "animate", "marquee", "frame", "applet"}
_PREVIEW = re.compile(r"/(digests|archive|closing)/[\w/?=&.-]+$")  # a mail of ours in a frame of ours


def ours() -> list[str]:
    return [line for line in OURS.read_text("utf-8").splitlines() if line and not line.startswith("#")]


def theirs() -> list[str]:
    """Vectors that nobody here wrote, where they lie beside the project."""
    found = [*json.loads((SHARED / "blns" / "blns.json").read_text("utf-8"))]
    for path in sorted((SHARED / "payloads" / "XSS Injection").rglob("*.txt")):
        found += path.read_text("utf-8", "replace").splitlines()
    return [line for line in found if line.strip() and line.isprintable()]


def executable(page: str) -> list[str]:
    """What an HTML parser finds alive on a page of ours: foreign scripts, handlers, schemes, htmx attributes."""
    tree = html.fromstring(page)
    scripts = [s for s in tree.iter("script") if not str(s.get("src", "")).startswith("/static/")]
    found = [f"<script> {s.text}" for s in scripts]
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag in _LIVE - {"script"} and not _PREVIEW.match(element.get("src", "")):
            found.append(f"<{element.tag}>")
        for name, value in element.attrib.items():
            if name.startswith(("on", "hx-on", "data-hx")):
                found.append(f"{element.tag} {name}={value}")
            elif name in ("href", "src", "action", "formaction", "hx-get") and not value.startswith(("/", "#")):
                found += [f"{name}={value}"] if urlsplit(value).scheme not in ("http", "https") else []
    return found


def pages_with(house_folder: Path, patch: pytest.MonkeyPatch, vectors: list[str]) -> list[str]:
    """Every page that shows strings from outside, with a vector in every field of items, needs, companies, people."""
    hurry(patch)
    one = need(title=vectors[0][:200], description="\n".join(vectors)[:20_000], include=(vectors[-1][:200],))
    made = make_house(house_folder, patch, company(name=vectors[0][:200], needs=(one,)))
    items = [
        item(str(n), title=vector, text=vector + " seals", url=LINKS[n % len(LINKS)], people=(Person(name=vector),),
             organisations=(Organisation(name=vector),))
        for n, vector in enumerate(vectors)
    ]  # fmt: skip
    stock(made, *items)
    make_person(made)
    app = make_desk(made)
    browser = enter(app)
    app.state.desk.searcher.renew()
    paths = ["/queue", "/account", "/search?q=seals", f"/search?q={'%22%3E%3Cscript%3E'}"]
    book = app.state.desk.room.shelf.book()
    paths += [f"/queue/tind/{e.ref}" for e in book.entries["tind"]]
    return [browser.get(path).text for path in paths]


def test_f_01_our_own_vectors_stay_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every vector in every field, on every page: nothing is alive, and the words stand there to be read."""
    pages = pages_with(tmp_path, monkeypatch, ours())
    for page in pages:
        assert executable(page) == []
    assert any("&lt;script&gt;alert(1)&lt;/script&gt;" in page for page in pages)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared corpora are not beside the project")
def test_f_01_vectors_that_nobody_here_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """BLNS and PayloadsAllTheThings, a spread of them as items, all of them in one text."""
    every = theirs()
    assert len(every) > 1_000
    chosen = every[:: len(every) // 60]
    chosen[1] = " ".join(every)[:60_000]
    for page in pages_with(tmp_path, monkeypatch, chosen):
        assert executable(page) == []


def test_f_02_only_web_addresses_become_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anything else is told as text."""
    pages = pages_with(tmp_path, monkeypatch, [f"Seal {n}" for n in range(len(LINKS))])
    hrefs = {a.get("href") for page in pages for a in html.fromstring(page).iter("a")}
    assert {h for h in hrefs if h and not h.startswith(("/", "#"))} == set()


TYPED = (
    '"', "' or 1=1 --", '" OR title:*', "a NEAR(b", "title:", "*", "(", "-", "^", "from '/etc/passwd'", "attach 'x'",
    "\0", "(a+)+$" * 20, "x" * 500, "æøå", "AND OR NOT", "{title body}: x",
)  # fmt: skip


def test_f_13_f_14_nothing_typed_is_syntax(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Search answers with a page, whatever is typed, in filters too."""
    hurry(monkeypatch)
    made = make_house(tmp_path, monkeypatch)
    stock(made, item("1"))
    make_person(made)
    app = make_desk(made)
    get = enter(app).client.get
    app.state.desk.searcher.renew()
    for words in TYPED:
        assert get("/search", params={"q": words}).status_code == 200
        assert get("/queue", params={"company": words[:200], "need": words[:200]}).status_code == 200
        assert get(f"/queue/tind/{quote(words, safe='')}").status_code in (404, 400)


def test_search_finds_words_beginnings_and_what_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every word, the last as a beginning, accents aside; the newest state only; the queue it stands in."""
    hurry(monkeypatch)
    made = make_house(tmp_path, monkeypatch)
    stock(made, item("1", title="Tøtte ventiler"), item("2", title="Resealable métal boxes"))
    make_person(made)
    app = make_desk(made)
    app.state.desk.searcher.renew()
    browser = enter(app)
    for words, count in {"ventil": 1, "metal boxes": 1, "boxes ventiler": 0, "resealable metal seals": 1}.items():
        assert browser.client.get("/search", params={"q": words}).text.count('<span class="badge">Publication') == count
    stock(made, item("1", title="Quite another title"), no=2)
    app.state.desk.searcher.renew()
    assert "Nothing stored" in browser.get("/search?q=ventiler").text
    assert "/queue/tind/" in browser.get("/search?q=another").text
