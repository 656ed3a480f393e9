"""The YAML list of feeds: sources without code, faults with their lines (P13, P16)."""

import re
from pathlib import Path

import pytest

from spiders.feeds import read_feeds
from spiders.kinds.feed import FeedSource
from terms.errors import SettingMissing
from tests.test_spiders_sources import PLAN

LIST = Path(__file__).parent / "recordings" / "spiders" / "feeds.yaml"


def test_the_list_becomes_sources_with_their_facts() -> None:
    journal, trade, society = read_feeds(LIST)
    assert [source.name for source in (journal, trade, society)] == ["journal_rdf", "trade_rss", "society_atom"]
    assert journal.facts.expect == (0, 200) and trade.facts.rate == 1.5 and society.facts.kind == "call"
    assert [ask.url for ask in trade.start(PLAN)] == ["https://trade.example/feed"]
    assert isinstance(trade, FeedSource)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("  rate: 2\n", "", "line 2: field rate: Field required"),
        ("  rate: 2\n", "  rate: fast\n", "line 12: field rate: Input should be a valid number"),
        ("  rate: 2\n", "  rate: 0\n", "line 12: field rate"),
        ("  rate: 2\n", "  rate: 2\n  colour: red\n", "line 13: field colour: Extra inputs are not permitted"),
        ("  every: 12\n", "  every: often\n", "line 10: field every"),
        ("  expect: [0, 200]\n", "  expect: [200, 0]\n", "line 11: field expect"),
        ("  expect: [0, 200]\n", "  expect: 200\n", "line 11: field expect"),
        ("https://journal.example/rss/current.rdf", "file:///etc/passwd", "line 4: field url"),
        ("https://journal.example/rss/current.rdf", "https://me:pw@journal.example/", "line 4: field url"),
        ("kind: publication", "kind: rumour", "line 13: field kind"),
        ("name: trade_rss", "name: journal_rdf", "field name: journal_rdf stands twice"),
        ("name: journal_rdf", "name: ../x", "line 2: field name"),
        ("- name: journal_rdf", "- just words\n- name: journal_rdf", "line 2: expected fields"),
        ("  title: Invented Journal of Welding\n", "  title: [unclosed\n", "this is not YAML"),
        ("  title: Invented Journal of Welding\n", "  name: again\n", "this is not YAML"),
    ],
)
def test_a_list_with_a_fault_is_refused_with_its_line(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = LIST.read_text()
    assert old in text
    path = tmp_path / "feeds.yaml"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(SettingMissing, match=re.escape(words)) as refused:
        read_feeds(path)
    assert str(path) in str(refused.value)


def test_every_fault_of_a_list_is_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text("- name: x1\n- title: y\n")
    with pytest.raises(SettingMissing) as refused:
        read_feeds(path)
    assert len(str(refused.value).splitlines()) == 1 + 11 + 11


@pytest.mark.parametrize("text", ["feeds: []\n", "just words\n", "\x00", "3\n"])
def test_what_is_no_list_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(text)
    with pytest.raises(SettingMissing, match=re.escape(str(path))):
        read_feeds(path)
    with pytest.raises(SettingMissing, match="cannot be opened"):
        read_feeds(tmp_path / "absent.yaml")
    path.write_text("# nothing yet\n")
    assert read_feeds(path) == ()
