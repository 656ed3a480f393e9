"""`varde feeds import`: into the list, waiting for licence and terms; twice the same; whole or not at all."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from spiders.feeds import read_feeds
from terms.errors import NotFound, SettingMissing, VardeError
from varde.main import app
from watch.collect import missing_keys, sources_to_collect
from watch.feeding import import_feeds
from watch.house import House, open_house
from watch.starting import starting_files

OPML = """<opml version="2.0"><body>
<outline text="Journal of Welding" xmlUrl="https://journal.example/rss" htmlUrl="https://journal.example/"/>
<outline text="arXiv" xmlUrl="https://elsewhere.example/feed"/>
<outline text="A file" xmlUrl="file:///etc/passwd"/>
</body></opml>"""
NAMES = ("journal-of-welding", "arxiv-2")


@pytest.fixture
def house(tmp_path: Path) -> House:
    (tmp_path / "mine.opml").write_text(OPML, "utf-8")
    return open_house(env_file=None, home=tmp_path / "var", feeds=tmp_path / "feeds.yaml")


def test_feeds_are_added_once_and_wait_for_licence_and_terms(house: House, tmp_path: Path) -> None:
    """P16: they are in the list and named as skipped, but nobody asks them for anything."""
    opml, path = tmp_path / "mine.opml", tmp_path / "feeds.yaml"
    path.write_text(starting_files(tmp_path)[path], "utf-8")
    done = import_feeds(house, opml)
    assert done.added == NAMES
    assert done.left_out == ("A file: 'file:///etc/passwd' is no http or https address",)
    assert path.read_text("utf-8").startswith("# RSS, Atom and RDF feeds to watch")
    assert "licence and terms are empty" in missing_keys(house)["arxiv-2"]
    assert not set(NAMES) & set(sources_to_collect(house))
    stood = path.read_bytes()
    again = import_feeds(house, opml)
    assert (again.added, len(again.left_out)) == ((), 3)
    assert path.read_bytes() == stood
    path.write_text(path.read_text("utf-8").replace('licence: ""', "licence: CC0").replace('terms: ""', "terms: t"))
    assert set(NAMES) <= set(sources_to_collect(house))


def test_another_list_is_started_where_there_is_none(house: House, tmp_path: Path) -> None:
    done = import_feeds(house, tmp_path / "mine.opml", tmp_path / "other.yaml")
    assert [source.name for source in read_feeds(tmp_path / "other.yaml")] == list(NAMES) == list(done.added)
    assert not (tmp_path / "feeds.yaml").exists()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("- name: half\n", SettingMissing),
        ('[{name: x1, title: t, url: "https://x.example/", publisher: p, home: "https://x.example/", licence: l,'
         " terms: t, attribution: a, every: 1, expect: [0, 1], rate: 1, kind: call}]\n", VardeError),
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_added_to_stays_as_it_is(house: House, tmp_path: Path, text: str, fault: type) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(fault, match=r"feeds\.yaml"):
        import_feeds(house, tmp_path / "mine.opml")
    assert path.read_text("utf-8") == text
    assert sorted(file.name for file in tmp_path.glob("feeds*")) == ["feeds.yaml"]


def test_a_missing_file_and_one_that_is_no_opml_are_told(house: House, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"absent\.opml"):
        import_feeds(house, tmp_path / "absent.opml")
    (tmp_path / "page.opml").write_text("<html></html>", "utf-8")
    with pytest.raises(VardeError, match="not OPML"):
        import_feeds(house, tmp_path / "page.opml")


def test_the_verb_says_what_was_added_and_what_is_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.opml").write_text(OPML, "utf-8")
    verb = ["--home", str(tmp_path / "var"), "feeds", "import", "mine.opml", "--to", "feeds.yaml"]
    first, second = (CliRunner().invoke(app, verb) for _ in range(2))
    assert (first.exit_code, second.exit_code) == (0, 1)
    assert "feeds.yaml: 2 feeds added, 1 left out" in first.output
    assert "None starts before its licence and terms are filled in" in first.output
    assert "feeds.yaml: 0 feeds added, 3 left out" in second.output
