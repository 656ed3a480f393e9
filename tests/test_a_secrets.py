"""A key in a source's address is shown by no verb and stands in no mail (RELIABILITY A-25)."""

from pathlib import Path

import pytest

from tests.door import WEDNESDAY, Door, write_feeds, write_replay
from watch.collect import source_facts
from watch.health import read_health
from watch.house import open_house

KEY = "S3CR3T-0f7e"


@pytest.fixture
def varde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Door:
    """A house with a feed whose address holds a key, and whose publisher fails."""
    monkeypatch.chdir(tmp_path)
    write_feeds(tmp_path, "letters")
    listed = tmp_path / "feeds.yaml"
    listed.write_text(listed.read_text().replace("/feed", f"/feed?api_key={KEY}"))
    index = write_replay(tmp_path / "replay", {"letters": 500}) / "index.jsonl"
    index.write_text(index.read_text().replace("/feed", f"/feed?api_key={KEY}"))
    return Door(tmp_path, capsys, monkeypatch)


def test_a_25_no_verb_shows_a_key(varde: Door, tmp_path: Path) -> None:
    """Nor does the foot of a digest, which names the sources in trouble."""
    collected = varde("collect", "--replay", str(tmp_path / "replay"))
    said = [collected, varde("absorb"), varde("sources", now=WEDNESDAY), varde("incidents", now=WEDNESDAY)]
    said += [varde(verb, "--json", now=WEDNESDAY) for verb in ("sources", "incidents")]
    assert "letters" in collected.out and any("answered with an error" in told.out for told in said)
    assert "api_key=…" in said[5].out or "api_key=\\u2026" in said[5].out
    house = open_house(None, home=tmp_path / "home", feeds=tmp_path / "feeds.yaml", now=WEDNESDAY)
    foot = read_health(house, source_facts(house))["letters"]
    assert foot.state != "healthy" and KEY not in foot.why
    assert [told for told in said if KEY in told.out + told.err] == []
