"""The verbs on sources: audit, check, new, docs; each says what it finds and loses nothing."""

import importlib.util
import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from spiders.audit import Audited, audit
from spiders.catalogue import all_sources
from spiders.document import lacks, load_source, sources_page
from spiders.page import Page, Plan
from spiders.scaffold import Shape, new_source, shapes, source_text
from terms.errors import NotFound, SettingMissing, SourceChanged
from terms.incident import Incident
from tests.houses import make_house
from varde.main import app
from watch import report
from watch.collect import collect, sources_to_collect
from watch.sourcing import filled_table

ROOT = Path(__file__).resolve().parents[1]
RECORDINGS = ROOT / "tests" / "recordings" / "spiders"
REAL = ROOT.parent / "shared" / "data" / "recorded"
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
FILLED = {
    'title = ""': 'title = "Fish Journal"',
    'publisher = ""': 'publisher = "Fish Society"',
    'home = ""': 'home = "https://fish.example/"',
    'licence = ""': 'licence = "CC BY 4.0"',
    'terms = ""': 'terms = "https://fish.example/terms"',
    'attribution = ""': 'attribution = "Fish Journal, Fish Society"',
    "every = 0": "every = 24",
    "expect = ()": "expect = (0, 50)",
    "rate = 0.0": "rate = 1.0",
    'url = "https://example.org/"': 'url = "https://fish.example/list"',
}


def put(folder: Path, *recordings: str) -> None:
    """Payloads of a folder, taken from the recordings that we wrote."""
    folder.mkdir(parents=True)
    for recording in recordings:
        (folder / Path(recording).name).write_bytes((RECORDINGS / recording).read_bytes())


def audited(place: Path) -> dict[str, Audited]:
    return {one.folder: one for one in audit(place, all_sources(), NOW)}


def test_audit_counts_items_fields_leftovers_and_says_why_the_rest_failed(tmp_path: Path) -> None:
    put(tmp_path / "epo_ops", "epo_ops/page.search.xml", "epo_ops/page.references.xml", "epo_ops/page.bomb.xml")
    put(tmp_path / "journal_rss", "society_atom/page.empty.atom")
    put(tmp_path / "nobody_knows", "epo_ops/page.login.html")
    (tmp_path / "nobody_knows" / ".hidden").write_text("x")
    found = audited(tmp_path)
    ops = found["epo_ops"]
    assert (ops.source, ops.payloads, ops.items, ops.empty) == ("epo_ops", 3, 3, 0)
    assert (ops.filled["people"], ops.filled["codes"], ops.filled["patent.family"]) == (1, 1, 2)
    assert ops.left_over == ("shiny-new-field",)
    assert [(failure.payload, failure.times, failure.reason[:26]) for failure in ops.failures] == [
        ("page.bomb.xml", 1, "it answered with something"),
        ("page.references.xml", 1, "it holds no document but b"),
        ("page.search.xml", 1, "invention-title: neither t"),
    ]
    assert (found["journal_rss"].source, found["journal_rss"].empty) == ("feeds", 1)
    assert (found["nobody_knows"].source, found["nobody_knows"].payloads) == ("", 1)


def test_audit_survives_a_parser_that_breaks_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "epo_ops", "epo_ops/page.search.xml")
    monkeypatch.setattr("spiders.sources.epo_ops.read_answer", lambda page: {}["nothing here"])
    assert [f.reason for f in audited(tmp_path)["epo_ops"].failures] == ["broke its parser: KeyError: 'nothing here'"]


def test_audit_is_printed_as_tables_and_as_json(tmp_path: Path) -> None:
    put(tmp_path / "real" / "epo_ops", "epo_ops/page.search.xml", "epo_ops/page.references.xml")
    verb = ["--home", str(tmp_path / "home"), "source", "audit", str(tmp_path / "real")]
    told = CliRunner().invoke(app, verb)
    assert told.exit_code == 0
    assert "shiny-new-field" in told.output and "holds no document but biblio-search" in " ".join(told.output.split())
    (row,) = json.loads(CliRunner().invoke(app, [*verb, "--json"]).output)
    assert (row["source"], row["payloads"], row["items"]) == ("epo_ops", 2, 3)
    assert row["filled"]["people"] == 0.333
    assert row["failures"][0]["payload"] == "page.references.xml"
    with pytest.raises(NotFound, match="not a folder"):
        audited(tmp_path / "nowhere")


def test_audit_shows_records_of_registers_beside_items(tmp_path: Path) -> None:
    """Their fields are others: one table all the same."""
    put(tmp_path / "real" / "epo_ops", "epo_ops/page.search.xml")
    put(tmp_path / "real" / "brreg", "brreg/units.first.json")
    told = CliRunner().invoke(app, ["--home", str(tmp_path / "home"), "source", "audit", str(tmp_path / "real")])
    assert told.exit_code == 0, told.exception
    rows = filled_table(list(audited(tmp_path / "real").values()))
    assert [row["folder"] for row in rows] == ["brreg", "epo_ops"]
    assert len({tuple(row) for row in rows}) == 1
    assert "country 100" in rows[0]["of its kind"]


def test_audit_of_the_real_payloads_breaks_no_parser_and_gives_a_reason_for_each_failure() -> None:
    if not REAL.exists():
        pytest.skip("the real payloads are not on this machine")
    found = audited(REAL)
    assert {name for name, one in found.items() if one.source} >= {"arxiv", "epo_ops", "journal_rss", "uspto_xml"}
    failures = [failure for one in found.values() for failure in one.failures]
    assert [f for f in failures if not f.reason or f.reason.startswith("broke its parser")] == []


def checkout(tmp_path: Path) -> Path:
    """A folder laid out as a checkout is."""
    (tmp_path / "spiders" / "sources").mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    return tmp_path


def fill(path: Path) -> None:
    """Do what a person does with the facts of a new source."""
    text = path.read_text()
    for empty, filled in FILLED.items():
        assert empty in text
        text = text.replace(empty, filled)
    path.write_text(text)


@pytest.mark.parametrize("shape", shapes())
def test_a_new_source_is_refused_until_its_facts_are_filled_in_and_then_reads_its_recording(
    shape: Shape, tmp_path: Path
) -> None:
    root = checkout(tmp_path)
    path, recording, login = new_source("fish_journal", shape, root)
    ruff = [sys.executable, "-m", "ruff"]
    for verb in (["check"], ["format", "--check"]):
        done = subprocess.run([*ruff, *verb, "--config", str(ROOT / "pyproject.toml"), str(path)], capture_output=True)
        assert done.returncode == 0, done.stdout
    with pytest.raises(
        SettingMissing, match="title, publisher, home, licence, terms, attribution, every, expect, rate"
    ):
        load_source("fish_journal", root)
    fill(path)
    source = load_source("fish_journal", root)
    assert (source.name, source.facts.title) == ("fish_journal", "Fish Journal")
    incidents: list[Incident] = []
    plan = Plan(now=NOW)
    (ask,) = source.start(plan)
    (item,) = source.parse(Page(ask.url, recording.read_bytes(), "0"), incidents.append, plan)
    assert (item.title, incidents) == ("An invented item", [])
    with pytest.raises(SourceChanged):
        list(source.parse(Page(ask.url, login.read_bytes(), "0"), incidents.append, plan))


def test_a_new_source_overwrites_nothing_and_takes_only_names_that_can_be_files(tmp_path: Path) -> None:
    root = checkout(tmp_path)
    new_source("fish", "feed", root)
    with pytest.raises(SettingMissing, match="already"):
        new_source("fish", "xml_dump", root)
    for name in ("", "Fish", "../fish", "1fish", "class", "fish-journal", "fish.py", "x" * 41):
        with pytest.raises(SettingMissing, match="cannot name"):
            new_source(name, "feed", root)
    with pytest.raises(SettingMissing, match="checkout"):
        new_source("fish", "feed", tmp_path / "elsewhere")
    assert sorted(path.name for path in (root / "spiders" / "sources").iterdir()) == ["fish.py"]


def test_check_says_step_by_step_what_is_missing(tmp_path: Path) -> None:
    root = checkout(tmp_path)
    path, recording, login = new_source("fish_journal", "json_api", root)
    assert [line.partition(":")[0] for line in lacks("fish_journal", root)] == ["facts", "golden"]
    fill(path)
    assert [line.partition(":")[0] for line in lacks("fish_journal", root)] == ["golden", "docs"]
    for place, outcome in ((recording, {"items": [1]}), (login, {"refused": "a log-in page"})):
        place.with_name(place.name + ".golden.json").write_text(json.dumps(outcome))
    (root / "docs" / "sources.md").write_text(sources_page({"fish_journal": load_source("fish_journal", root)}))
    assert lacks("fish_journal", root) == []
    path.write_text(path.read_text().replace("CC BY 4.0", "unknown").replace("https://fish.example/terms", "TODO"))
    assert [line.partition(":")[0] for line in lacks("fish_journal", root)] == ["terms", "terms", "licence", "docs"]
    login.with_name(login.name + ".golden.json").unlink()
    login.unlink()
    recording.with_name(recording.name + ".golden.json").write_text('{"items": []}')
    assert lacks("fish_journal", root)[3:5] == [
        "golden: none of the recordings gives an item",
        "recording: none is refused; record a log-in page or another answer that must not be stored",
    ]
    path.write_text("this is no Python")
    assert lacks("fish_journal", root)[0].startswith("facts: ")
    with pytest.raises(NotFound, match="there is no source 'nobody'"):
        lacks("nobody", root)


def test_an_unfinished_source_is_one_clear_message_for_every_other_verb(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.import_module

    def unfinished(name: str) -> object:
        if name.endswith(".arxiv"):
            raise TypeError("spiders.sources.arxiv.Arxiv does not state: licence")
        return real(name)

    monkeypatch.setattr("spiders.catalogue.importlib.import_module", unfinished)
    with pytest.raises(SettingMissing, match=r"does not state: licence; `varde source check arxiv`"):
        all_sources()


@pytest.mark.parametrize("name", ["epo_ops", "uspto", "espacenet_file", "patentscope_file"])
def test_our_patent_sources_lack_nothing(name: str) -> None:
    assert lacks(name) == []


def test_docs_are_up_to_date() -> None:
    written = (ROOT / "docs" / "sources.md").read_text("utf-8")
    assert written == sources_page(all_sources()), "run: varde source docs > docs/sources.md"


def test_docs_name_keys_licences_and_what_is_proven_on_our_own_input_only() -> None:
    page = sources_page(all_sources())
    for name, source in all_sources().items():
        section = re.search(rf"^### `{name}`.*?(?=^##|\Z)", page, re.M | re.S)
        assert section, name
        assert {f"VARDE_{key.upper()}" for key in source.needs_keys} <= set(re.findall(r"VARDE_[A-Z_]+", section[0]))
        assert (
            source.licence in section[0]
            and source.unproven[1:].rstrip(".") in section[0]
            and source.terms in section[0]
        )
    assert "collected by hand" in page


def test_contributing_shows_the_facts_that_new_asks_for(tmp_path: Path) -> None:
    """The example there is a whole source: it is imported, and states each fact that `new` leaves empty."""
    shown = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert (
        all(f"varde source {verb}" in shown for verb in ("new", "check", "docs", "audit")) and "varde record" in shown
    )
    (example,) = re.findall(r"^```python\n(.*?)^```", shown, re.M | re.S)
    root = checkout(tmp_path)
    (root / "spiders" / "sources" / "ukri_feed.py").write_text(example)
    source = load_source("ukri_feed", root)
    assert source.facts.kind == "call"
    facts = re.findall(r"^    (\w+) = ", source_text("ukri_feed", "feed"), re.M)
    assert re.findall(r"^    (\w+) = ", example, re.M) == facts


def test_a_week_leaves_sources_by_hand_alone_and_calls_them_neither_due_nor_degraded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = make_house(tmp_path, monkeypatch)
    by_hand = {"espacenet_file", "patentscope_file"}
    assert not by_hand & set(sources_to_collect(house))
    rows = {row["source"]: row for row in report.sources_table(house)}
    assert {rows[name]["health"] for name in by_hand} == {"skipped"}
    assert all("imported by hand" in rows[name]["said"] for name in by_hand)
    with pytest.raises(SettingMissing, match="--replay FILE"):
        sources_to_collect(house, ["espacenet_file"])
    export = RECORDINGS / "espacenet_file" / "page.export.csv"
    assert sources_to_collect(house, ["espacenet_file"], export) == ["espacenet_file"]
    (haul,) = collect(house, ["espacenet_file"], replay=export)
    assert (haul.state, haul.counts["items"]) == ("complete", 2)
