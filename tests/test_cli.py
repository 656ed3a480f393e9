"""The command line as a user meets it: help, JSON, exit codes, messages that name what, where and what to do."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from tests.door import ROOT, Door, write_feeds
from tests.houses import make_house, stock
from tests.make import item
from varde.main import app
from watch import review
from watch.house import open_house

HOSTILE = "\x1b[31mred\x1b[0m \x9b2J\u202eevil\u2066 :smile: [bold]b[/bold] \x07\ttab"
STORED = [
    ("queue",), ("outbox",), ("incidents",), ("sources",), ("company", "list"), ("digest", "list"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No .env and no VARDE_ variable of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in ("VARDE_BROKER", "VARDE_HOME", "VARDE_MAPS", "VARDE_FEEDS", "VARDE_NOW"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def varde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Door:
    return Door(tmp_path, capsys, monkeypatch)


@pytest.fixture
def stocked(varde: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Door:
    """One company, two opportunities, the first with a hostile title."""
    house = make_house(tmp_path, monkeypatch, now="2026-11-23T08:00:00Z")
    stock(house, item("1", title=HOSTILE), item("2"))
    return varde


def every_verb(command: Any, *path: str) -> Iterator[tuple[str, ...]]:
    """The path of every verb and group, by asking the command line itself."""
    for name, under in getattr(command, "commands", {}).items():
        yield (*path, name)
        yield from every_verb(under, *path, name)


def ref_of(varde: Door) -> str:
    return str(varde("queue", "--json").rows[0]["ref"])


@pytest.mark.parametrize("verb", sorted(every_verb(get_command(app))), ids=" ".join)
def test_every_verb_has_help_with_a_sentence(verb: tuple[str, ...], varde: Door) -> None:
    """Asking for help opens no store."""
    said = varde(*verb, "--help")
    assert said.code == 0
    sentence = said.out.split("\n\n")[1].strip()
    assert len(sentence.split()) >= 3
    assert sentence.endswith((".", ":"))
    assert not (varde.folder / "home").exists()


@pytest.mark.parametrize("verb", STORED, ids=" ".join)
def test_json_parses_and_holds_nothing_a_terminal_obeys(verb: tuple[str, ...], stocked: Door) -> None:
    """Also C1 controls and bidi marks, which JSON by itself lets through (RELIABILITY I-11)."""
    said = stocked(*verb, "--json")
    assert said.code == 0
    assert isinstance(said.rows, list)
    assert [c for c in said.out if not c.isprintable() and c != "\n"] == []


@pytest.mark.parametrize("verb", STORED, ids=" ".join)
def test_tables_hold_nothing_a_terminal_obeys(verb: tuple[str, ...], stocked: Door) -> None:
    """A title is text, never markup, never an emoji's name."""
    said = stocked(*verb)
    assert [c for c in said.out + said.err if not c.isprintable() and c != "\n"] == []


def test_json_gives_a_title_back_as_it_is_stored(stocked: Door) -> None:
    """Escapes are JSON's own: a script reads the very title."""
    assert stocked("queue", "--json").rows[0]["title"] == HOSTILE


def test_a_decision_and_its_undo(stocked: Door) -> None:
    """accept, undo, and undo of nothing, by the ref that the queue shows, in either case."""
    ref = ref_of(stocked)
    assert stocked("decide", ref.lower(), "accept", "--broker", "Bo").code == 0
    assert len(stocked("queue", "--json").rows) == 1
    assert stocked("decide", ref, "undo", "--broker", "Bo").code == 0
    assert len(stocked("queue", "--json").rows) == 2
    again = stocked("decide", ref, "undo", "--broker", "Bo")
    assert (again.code, "no decision to undo" in again.err) == (1, True)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("decide", "REF", "reject", "--broker", "Bo"), 1, "--reason"),
        (("decide", "REF", "reject", "--broker", "Bo", "--reason", "dull"), 2, "wrong technology"),
        (("decide", "REF", "later", "--broker", "Bo"), 1, "--until"),
        (("decide", "REF", "later", "--broker", "Bo", "--until", "2026-11-23"), 1, "--until"),
        (("decide", "REF", "later", "--broker", "Bo", "--until", "soon"), 2, "soon"),
        (("decide", "REF", "shelve", "--broker", "Bo"), 2, "'duplicate'"),
        (("decide", "REF", "accept"), 2, "VARDE_BROKER"),
        (("decide", "REF", "accept", "--broker", " "), 1, "VARDE_BROKER"),
        (("decide", "ZZZZZZ", "accept", "--broker", "Bo"), 1, "varde queue"),
        (("explain", "ZZZZZZ"), 1, "ZZZZZZ"),
        (("queue", "--company", "nobody"), 1, "there are: tind"),
        (("company", "export", "nobody"), 1, "there are: tind"),
        (("digest", "draft", "nobody"), 1, "there are: tind"),
        (("digest", "show", "nobody"), 1, "there are: tind"),
        (("digest", "show", "tind"), 1, "varde digest list"),
        (("digest", "show", "tind", "--week", "2026-W99"), 1, "2026-W99"),
        (("digest", "approve", "tind", "--broker", "Bo"), 1, "varde digest list"),
        (("digest", "approve", "tind", "--broker", ""), 1, "VARDE_BROKER"),
        (("digest", "approve", "tind"), 2, "VARDE_BROKER"),
        (("collect", "nosuch"), 1, "there is no source 'nosuch'; there are: "),
        (("week", "nosuch"), 1, "there is no source 'nosuch'"),
        (("collect", "--replay", "nowhere"), 1, "nowhere is not there"),
        (("collect", "arxiv"), 1, "VARDE_CONTACT"),
        (("resend", "nothing"), 1, "varde outbox"),
        (("stop", "kari"), 1, "no mail address"),
        (("queue", "--limit", "0"), 2, "--limit"),
        (("frobnicate",), 2, "frobnicate"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_named(words: tuple[str, ...], code: int, says: str, stocked: Door) -> None:
    """Exit 2 for a command that cannot be read, 1 for one that cannot be done; nothing is decided or sent."""
    ref = ref_of(stocked)
    said = stocked(*(ref if word == "REF" else word for word in words))
    assert (said.code, says in said.err) == (code, True), said
    assert len(stocked("queue", "--json").rows) == 2


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("VARDE_SMTP_HSOT", "relay.example", "did you mean VARDE_SMTP_HOST?"),
        ("VARDE_CRAWLERS", "many", "VARDE_CRAWLERS: "),
        ("VARDE_CRAWLERS", "99", "VARDE_CRAWLERS: "),
        ("VARDE_DIGEST_CAP", "-1", "VARDE_DIGEST_CAP: "),
        ("VARDE_WAREHOUSE_MEMORY", "lots", "VARDE_WAREHOUSE_MEMORY: "),
        ("VARDE_WAREHOUSE_WAIT_S", "soon", "VARDE_WAREHOUSE_WAIT_S: "),
        ("VARDE_MAX_PAGES", "1.5", "VARDE_MAX_PAGES: "),
        ("VARDE_FEEDS", "nowhere.yaml", "nowhere.yaml is not there"),
        ("VARDE_LEDGER_URL", "mysql://u:hunter2@h/x", "VARDE_LEDGER_URL: 'mysql' is not known"),
        ("VARDE_LEDGER_URL", "postgresql://u:hunter2@h:port/x", "VARDE_LEDGER_URL is not a database address"),
        ("VARDE_LEDGER_URL", "hunter2", "VARDE_LEDGER_URL is not a database address"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    variable: str, value: str, says: str, varde: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RELIABILITY I-10: a typo is refused with the nearest name, a wrong value with its variable, never its secret."""
    monkeypatch.setenv(variable, value)
    said = varde("queue")
    assert (said.code, says in said.err) == (1, True), said
    assert "hunter2" not in said.out + said.err


def test_a_clock_without_a_zone_is_refused(varde: Door) -> None:
    said = varde("queue", now="2026-11-23T08:00:00")
    assert (said.code, "VARDE_NOW" in said.err) == (1, True)


def test_a_setting_may_stand_in_a_file_of_the_folder(varde: Door) -> None:
    """The .env that `varde init` writes is held to the same rules."""
    (varde.folder / ".env").write_text("VARDE_DIGEST_CPA=3\n", "utf-8")
    said = varde("queue")
    assert (said.code, "did you mean VARDE_DIGEST_CAP?" in said.err) == (1, True)


def test_an_unreachable_ledger_is_for_later_and_keeps_its_password(
    varde: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VARDE_LEDGER_URL", "postgresql://u:hunter2@127.0.0.1:1/x")
    said = varde("queue")
    assert (said.code, "***@127.0.0.1:1" in said.err, "hunter2" in said.err) == (75, True, False)


MAPS = {
    "id: tind\nname: [": "bad.yaml:2: file: not YAML",
    "": "bad.yaml:1: file: is empty",
    "- a\n- b\n": "bad.yaml:1: file: must be fields",
    "id: tind\nname: \x07\n": "invisible character U+0007",
    "id: Big Name\n": "bad.yaml:1: id: ",
    "id: tind\nid: again\n": "bad.yaml:2: id: stands here a second time",
    "id: &a tind\nname: *a\n": "anchors (&)",
    "id: tind\nneds: []\n": "bad.yaml:2: neds: ",
}


@pytest.mark.parametrize("text", MAPS)
def test_a_malformed_map_is_refused_whole(text: str, stocked: Door) -> None:
    """P01: file, line, field; what was watched is watched as before, by import and by week."""
    before = stocked("company", "list", "--json").rows
    (stocked.folder / "companies" / "bad.yaml").write_text(text, "utf-8")
    for verb in (("company", "import"), ("week",)):
        said = stocked(*verb)
        assert (said.code, MAPS[text] in said.err) == (1, True), said
    assert stocked("company", "list", "--json").rows == before


def test_no_map_and_no_folder(varde: Door) -> None:
    """Both say what to do."""
    assert "is no folder" in varde("company", "import").err
    (varde.folder / "companies").mkdir()
    assert "`varde init` writes one" in varde("company", "import").err


@pytest.mark.parametrize(
    ("octets", "says"),
    [
        (b"- name: [", "line 1: this is not YAML"),
        (b"\xff\xfe", "is not UTF-8 text"),
        (b"name: x", "line 1: expected a list of feeds"),
        (b"- name: x1\n  titel: y\n", "line 2: field titel"),
        (None, "cannot be opened: Is a directory"),
    ],
)
def test_an_unreadable_feed_list_is_named(octets: bytes | None, says: str, stocked: Door) -> None:
    """By every verb that needs it, with file and line; nothing is crawled."""
    path = stocked.folder / "feeds.yaml"
    path.mkdir() if octets is None else path.write_bytes(octets)
    for verb in ("sources", "collect", "week"):
        said = stocked(verb)
        assert (said.code, says in said.err, "feeds.yaml" in said.err) == (1, True, True), said


def test_a_feed_cannot_take_the_name_of_a_source(stocked: Door) -> None:
    write_feeds(stocked.folder, "arxiv")
    said = stocked("sources")
    assert (said.code, "Two sources are named arxiv" in said.err) == (1, True)


def test_init_twice_touches_nothing(varde: Door) -> None:
    """What init writes can be imported as it is."""
    assert varde("init", str(varde.folder)).code == 0
    (varde.folder / "feeds.yaml").write_text("# mine\n[]\n", "utf-8")
    again = varde("init", str(varde.folder))
    assert (again.code, "nothing was touched" in again.err) == (1, True)
    assert (varde.folder / "feeds.yaml").read_text("utf-8") == "# mine\n[]\n"
    assert varde("company", "import").code == 0


def test_export_then_import_changes_nothing(varde: Door, tmp_path: Path) -> None:
    """P01, on the five maps of the demo, through the command line and a file."""
    shutil.copytree(ROOT / "varde" / "demo" / "companies", tmp_path / "companies")
    assert varde("company", "import").code == 0
    before = varde("snapshot").out
    for path in sorted((tmp_path / "companies").glob("*.yaml")):
        path.write_text(varde("company", "export", path.stem).out, "utf-8")
    said = varde("company", "import")
    assert (said.code, ": version " in said.out) == (0, False)
    assert varde("snapshot").out == before


@pytest.mark.parametrize("store", ["ledger.sqlite", "warehouse.duckdb"])
def test_a_broken_store_is_one_line(store: str, stocked: Door) -> None:
    """No trace, also for what nobody foresaw; -v has that."""
    (stocked.folder / "home" / store).write_bytes(b"no database" * 100)
    said = stocked.outside("queue")
    assert (said.code, said.out, len(said.err.splitlines())) == (1, "", 1), said
    assert said.err.startswith("varde: ")
    assert ("Traceback" in stocked.outside("-v", "queue").err) == (store == "warehouse.duckdb")


def test_a_queue_says_how_many_more(stocked: Door) -> None:
    """--limit cuts the rows and says so."""
    assert "2 wait, 1 more below" in stocked("queue", "--limit", "1").out
    assert len(json.loads(stocked("queue", "--limit", "1", "--json").out)) == 1


def test_the_door_and_the_functions_behind_it_agree(stocked: Door) -> None:
    """`varde queue` shows what `watch.review.queue` finds."""
    house = open_house(None, home=stocked.folder / "home")
    found = [review.opportunity_ref(opportunity) for opportunity in review.queue(house).waiting]
    assert [row["ref"] for row in stocked("queue", "--json").rows] == found
