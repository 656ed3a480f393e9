"""RELIABILITY F-03: every template of the desk escapes, whatever its name, and no text from outside is marked safe."""

import re
from pathlib import Path

import pytest
from jinja2 import DictLoader

from desk.frame import templates

EVERY = sorted(path for path in Path("desk").rglob("*") if "templates" in path.parts and path.is_file())
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


@pytest.mark.parametrize("name", ["page.html", "page.txt", "page.j2", "page", "page.xml"])
def test_f_03_a_template_of_any_name_escapes(name: str) -> None:
    """The environment of all pages, with a file that does not look like HTML."""
    probe = templates().overlay(loader=DictLoader({name: '<p title="{{ x }}">{{ x }}</p>'}))
    drawn = probe.get_template(name).render(x=HOSTILE)
    assert "<script" not in drawn
    assert "<img" not in drawn
    assert drawn.count('"') == 2


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.name)
def test_f_03_no_template_lets_anything_through(path: Path) -> None:
    """No filter, no block without escaping, no attribute without quotes, no script that is filled in."""
    text = path.read_text("utf-8")
    assert not re.search(r"\|\s*safe\b|autoescape\s+false|Markup\(", text)
    assert not re.search(r"\s[\w-]+=\{\{", text), "an attribute without quotes"
    assert not re.search(r"<script[^>]*>[^<]", text)
