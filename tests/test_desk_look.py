"""The colours of desk.css in both schemes: every text at least 4.5:1 on its ground, edges and focus 3:1 (WCAG 2.2)."""

import itertools
import re
from pathlib import Path

import pytest

from digests.contrast import contrast

STATIC = Path("desk/static")
CSS = (STATIC / "desk.css").read_text("utf-8")
TEXTS = [
    ("ink", "ground"), ("ink", "sheet"), ("ink", "quote"), ("muted", "ground"), ("muted", "sheet"), ("muted", "quote"),
    ("accent", "sheet"), ("accent", "ground"), ("accent", "quote"), ("accent-ink", "accent"), ("badge-ink", "badge"),
    ("urgent-ink", "urgent"), ("bad-ink", "bad"), ("good-ink", "good"), ("mark-ink", "mark"), ("sheet", "ink"),
]  # fmt: skip
SHAPES = [("edge", "sheet"), ("focus", "sheet"), ("focus", "ground"), ("accent", "sheet"), ("bad-ink", "sheet")]


def palette(scheme: str) -> dict[str, str]:
    """The variables of a scheme; dark ones stand in their media query."""
    light, _, dark = CSS.partition("prefers-color-scheme: dark")
    dark = dark.split("}")[0]
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", light if scheme == "light" else dark))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(scheme: str) -> None:
    """Text 4.5:1; what has to be made out without reading 3:1."""
    colours = palette(scheme)
    low = {(ink, ground) for ink, ground in TEXTS if contrast(colours[ink], colours[ground]) < 4.5}
    low |= {(ink, ground) for ink, ground in SHAPES if contrast(colours[ink], colours[ground]) < 3}
    assert low == set()


def test_both_schemes_have_the_same_names() -> None:
    """A colour that only one scheme has would stay as it is in the other."""
    assert palette("light").keys() == palette("dark").keys()


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.css")), ids=lambda path: path.name)
def test_a_colour_is_a_variable(path: Path) -> None:
    """Outside the palettes no colour is written out, except a mail's own white paper and shadows."""
    body = re.sub(r":root \{[^}]*\}", "", path.read_text("utf-8"))
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b|rgb\([^)]*\)", body)) <= {
        "#fff", "rgb(0 0 0 / .2)", "rgb(0 0 0 / .45)",
    }  # fmt: skip


@pytest.mark.parametrize("path", sorted(Path("desk/templates").glob("*.html")), ids=lambda path: path.name)
def test_every_page_has_one_heading_and_named_tables(path: Path) -> None:
    """One h1, no level left out, scope on every header cell, a label on every region."""
    text = path.read_text("utf-8")
    if "extends" in text and "block main" in text and 'include "work.html"' not in text:
        assert len(re.findall(r"<h1[ >{]", text)) == 1, path
    levels = [int(n) for n in re.findall(r"<h([1-4])[ >{]", text)]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), (path, levels)
    assert not re.search(r"<th(?![^>]*scope=)[ >]", text), path
    assert not re.search(r'role="region"(?![^>]*aria-label)', text), path
