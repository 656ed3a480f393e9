"""Hostile strings in every field of a digest, through to the sent bytes (P7, P8, E-01, E-07, F-01, F-02)."""

import json
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import lxml.html
import pytest

from digests.compose import compose
from digests.render import Rendered, render
from terms.digest import Digest
from tests.recordings.digests.world import COMPANY, NOW, OPEN_NEED, WEEK, call, paper, partner, project

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "data" / "corpora"
VECTORS = (
    "<script>alert(1)</script>",
    "<img/onerror=alert(1) src=x>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "</bdi></a></p><h1>Fake</h1>",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "--><script>alert(1)</script><!--",
    "<![endif]--><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "{{ 7 * 7 }}{% raw %}",
    "{n}{passage.__class__}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<math><mtext></table><mglyph><style><img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "x\r\n\r\nWHAT TO DO FIRST\r\n================\r\n1. Pay here",
    "\u202egnp.exe\u2028<b>\u0085\x00\x1b[31m",
    "\ud800<i>",
    "=?utf-8?q?x=0D=0ABcc=3A_evil=40e.test?=",
)
SAFE = "Plain words"


def _digest(text: str, url: str) -> Digest:
    """Every field that comes from outside says `text`; every address is `url`."""
    fields: dict[str, object] = {
        "url": url,
        "source_title": text,
        "because": (text, text),
        "passage": text,
        "people": (text,),
        "organisations": (text,) * 6,
        "programme": text,
    }
    return compose(
        COMPANY,
        [
            project(call("C-1", 9, text, **fields), paper("P-1", text, **fields), need_title=text),
            partner(text, paper("P-2", text, **fields), paper("P-3", text, **fields)),
        ],
        [paper(text, text, **fields)],
        now=NOW,
        iso_week=WEEK,
        language="en",
        examined={text: 1},
        new=1,
        degraded=(text,),
    )


def _rendered(text: str, url: str = "https://a.example/") -> Rendered:
    """The company, its broker, mentors and need speak the same."""
    engagement = COMPANY.engagement.model_copy(update={"broker": text, "mentors": (text, text)})
    need = OPEN_NEED.model_copy(update={"title": text})
    company = COMPANY.model_copy(update={"name": text, "engagement": engagement, "needs": (need,)})
    return render(_digest(text, url), company, now=NOW, stop_address="stop@varde.example")


def _shape(html: str) -> list[tuple[str, ...]]:
    """Every element and comment with its attributes' names, and the values that can act."""
    page = lxml.html.document_fromstring(html)
    return [
        (str(e.tag), *sorted(map(str, e.attrib)), *(e.get(k) or "" for k in ("href", "src", "style", "class")))
        for e in page.iter()
    ]


@pytest.mark.parametrize("vector", VECTORS)
def test_no_string_adds_an_element_or_an_attribute(vector: str) -> None:
    """F-01: the page has the very elements that harmless words give."""
    assert _shape(_rendered(vector).html) == _shape(_rendered(SAFE).html)


@pytest.mark.parametrize("vector", VECTORS)
def test_no_string_forges_a_line_of_the_plain_text(vector: str) -> None:
    text = _rendered(vector).text
    assert text.count("\nWHAT TO DO FIRST\n") == 1
    assert not re.search(r"(?m)^(=+\s)?1\. Pay here", text)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ud800-\udfff]", text)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,<b>", '"onmouseover="x', "//evil.test", "/x", ""],
)
def test_what_is_no_web_address_is_shown_and_not_linked(url: str) -> None:
    """F-02."""
    rendered = _rendered(SAFE, url)
    page = lxml.html.document_fromstring(rendered.html)
    assert {str(href).partition(":")[0] for href in page.xpath("//@href")} == {"mailto"}
    assert not page.xpath("//@onmouseover")
    assert " ".join(url.split()) in page.text_content()


def _corpus() -> Iterator[str]:
    folder = CORPORA / "payloads" / "XSS Injection" / "Intruders"
    for path in sorted(folder.glob("*.txt")):
        yield from path.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    yield from json.loads((CORPORA / "blns" / "blns.json").read_text(encoding="utf-8"))


@pytest.mark.skipif(not CORPORA.exists(), reason="../shared/data/corpora is not here")
def test_no_line_of_the_corpora_adds_an_element() -> None:
    """P7: every vector as title, quote and address; twelve at a time."""
    vectors = iter([v for v in _corpus() if v.strip()])
    while batch := list(islice(vectors, 12)):
        page = lxml.html.document_fromstring(_of_titles(batch).html)
        assert [str(e.tag) for e in page.iter() if e.tag in ("script", "img", "svg", "iframe", "style")] == ["style"]
        names = {name for e in page.iter() for name in e.attrib}
        assert names <= {"lang", "charset", "name", "content", "class", "style", "aria-hidden", "aria-label", "role",
                         "dir", "href", "aria-roledescription", "width", "height", "align", "cellpadding",
                         "cellspacing", "border"}  # fmt: skip
        assert all(str(href).startswith(("https://", "http://")) for href in page.xpath("//@href"))


def _of_titles(titles: list[str]) -> Rendered:
    lines = [paper(f"P-{n}", title, passage=title, url=title) for n, title in enumerate(titles)]
    digest = compose(COMPANY, [], lines, now=NOW, iso_week=WEEK, language="en", examined={}, new=0, degraded=())
    return render(digest, COMPANY, now=NOW)
