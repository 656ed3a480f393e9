"""Need maps: every problem with its file, line and field; refused whole (P01)."""

from datetime import date
from pathlib import Path

import pytest

from needs.example import example_map
from needs.maps import LARGEST, read_map, read_maps, understand
from terms.company import Company
from terms.errors import MapNotUnderstood

GOOD = """\
id: acme
name: Ærlig Ås AS
country: NO
size: small
contacts:
  - name: Kari
    address: kari@acme.example
engagement:
  broker: Ola
  broker_address: ola@broker.example
  start: 2026-08-31
needs:
  - id: weld
    title: Robot welding
    description: Seam tracking for thin plates of aluminium
    include:
      - seam tracking
    priority: 4
"""


def problems_of(text: str) -> list[str]:
    """The lines of the refusal; fails where the map is accepted."""
    with pytest.raises(MapNotUnderstood) as caught:
        understand(text, "m.yaml")
    return str(caught.value).splitlines()


def swapped(old: str, new: str) -> list[str]:
    assert GOOD.count(old) == 1
    return problems_of(GOOD.replace(old, new))


def test_a_small_map_is_read_with_its_defaults() -> None:
    company = understand(GOOD, "m.yaml")
    assert (company.country, company.name, company.timezone) == ("NO", "Ærlig Ås AS", "Europe/Oslo")
    assert company.engagement.planned_end == date(2028, 2, 29)
    assert company.needs[0].priority == 4


@pytest.mark.parametrize("country", ["NO", '"NO"', "'NO'"])
def test_norway_is_a_country_not_a_negation(country: str) -> None:
    """YAML 1.2: `NO` is text."""
    assert understand(GOOD.replace("country: NO", f"country: {country}"), "m").country == "NO"


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "word"),
    [
        ("id: acme", "id: Acme AS", 1, "id", "lower-case"),
        ("id: acme", "id: 42", 1, "id", "quotes"),
        ("name: Ærlig Ås AS", "name: 7", 2, "name", "quotes"),
        ("name: Ærlig Ås AS", "name:", 2, "name", "text"),
        ("name: Ærlig Ås AS", "name: '  '", 2, "name", "empty"),
        ("name: Ærlig Ås AS", 'name: "a\\nb"', 2, "name", "one line"),
        ("name: Ærlig Ås AS", 'name: "a\\0b"', 2, "name", "U+0000"),
        ("name: Ærlig Ås AS", 'name: "a\\ud800b"', 2, "name", "U+D800"),
        ("name: Ærlig Ås AS", "name: .nan", 2, "name", "text"),
        ("country: NO", "country: no", 3, "country", "capital"),
        ("country: NO", "country: true", 3, "country", "text"),
        ("size: small", "size: huge", 4, "size", "micro"),
        ("size: small", "size: small\ntimezone: Europe/Olso", 5, "timezone", "zone"),
        ("size: small", "size: small\ntimezone: ../../etc/passwd", 5, "timezone", "zone"),
        ("size: small", "size: small\nsize: micro", 5, "size", "second time"),
        ("size: small", "size: small\nnace: 28.13", 5, "nace", "list"),
        ("size: small", "size: small\nnace: [28.13]", 5, "nace[1]", "quotes"),
        ("size: small", "size: small\nregoin: Vestland", 5, "regoin", "`region`"),
        ("size: small", "size: small\n<<: {a: 1}", 5, "<<", "no field"),
        ("  - name: Kari\n    address: kari@acme.example", "  - Kari", 6, "contacts[1]", "fields"),
        ("    address: kari@acme.example", "    address: kari", 7, "contacts[1].address", "mail address"),
        (
            "    address: kari@acme.example",
            "    address: kari@acme.example\n  - {name: B, address: Kari@acme.example}",
            8,
            "contacts[2].address",
            "line 7",
        ),
        ("  broker: Ola\n", "", 8, "engagement.broker", "missing"),
        ("  start: 2026-08-31", "  start: 31.08.2026", 11, "engagement.start", "date"),
        ("  start: 2026-08-31", "  start: 20260831", 11, "engagement.start", "date"),
        (
            "  start: 2026-08-31",
            "  start: 2026-08-31\n  planned_end: 2026-08-30",
            12,
            "engagement.planned_end",
            "before the start",
        ),
        ("  - id: weld\n    title", "  - title", 13, "needs[1].id", "missing"),
        ("    priority: 4", "    priority: 6", 18, "needs[1].priority", "less than or equal to 5"),
        ("    priority: 4", '    priority: "4"', 18, "needs[1].priority", "whole number"),
        ("    priority: 4", "    priority: 4.5", 18, "needs[1].priority", "whole number"),
        ("    priority: 4", "    priority: " + "9" * 5000, 18, "needs[1].priority", "number"),
        ("    priority: 4", "    cpc: [B25J 9]", 18, "needs[1].cpc[1]", "CPC"),
        ("    priority: 4", "    include: [a]\n", 18, "needs[1].include", "second time"),
        ("    priority: 4", "    exclude: turbine", 18, "needs[1].exclude", "list"),
        ("    priority: 4", "    prio: 4", 18, "needs[1].prio", "`priority`"),
        (
            "    priority: 4",
            "  - id: weld\n    title: Another\n    description: Text",
            18,
            "needs[2].id",
            "line 13",
        ),
    ],
)
def test_a_bad_field_is_named_with_its_line(old: str, new: str, line: int, field: str, word: str) -> None:
    [told] = swapped(old, new)
    assert told.startswith(f"m.yaml:{line}: {field}: ")
    assert word in told


def test_every_problem_is_told_at_once_in_the_order_of_the_file() -> None:
    bad = GOOD.replace("country: NO", "country: Norway").replace("priority: 4", "priority: high\n    x: 1")
    assert [line.split(":")[1] for line in problems_of(bad.replace("@acme", "acme"))] == ["3", "7", "18", "19"]


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("", 1, "empty"),
        ("\n# only a comment\n", 1, "empty"),
        ("just words", 1, "fields and values"),
        ("- a\n- b\n", 1, "fields and values"),
        ("id: a\n\tname: b\n", 2, "tab"),
        ("id: a\n name: b\n", 2, "not YAML"),
        ("id: [a\n", 2, "not YAML"),
        ("id: a: b\n", 1, "quotes"),
        ("id: a\n---\nid: b\n", 2, "second document"),
        ("id: &a x\nname: *a\n", 1, "anchors"),
        ("name: *a\n", 1, "anchors"),
        ("id: !!python/object/apply:os.system [ls]\n", 1, "tag"),
        ("id: a\n? [x]\n: b\n", 2, "plain text"),
        ("a: " + "[" * 200_000, 1, "nested"),
        ("a:\n  - " + "{b: " * 5000, 2, "nested"),
        ("id: a\nname: b\x07\n", 2, "U+0007"),
        ("id: a\r\nname: b\x85\r\n", 2, "U+0085"),
    ],
)
def test_what_is_no_map_is_refused_at_its_line(text: str, line: int, word: str) -> None:
    [told] = problems_of(text)
    assert told.startswith(f"m.yaml:{line}: ")
    assert word in told


def test_an_alias_bomb_is_refused_before_it_grows() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [{f'*a{i - 1}, ' * 9}]\n" for i in range(1, 30))
    assert "anchors" in problems_of(bomb)[0]


def test_no_text_of_a_need_stands_in_an_error() -> None:
    """P04: an error may reach a log; only names of fields and lines do."""
    told = problems_of(GOOD.replace("priority: 4", "confidentiality: secret\n    owner: 5\n    cpc: [Hidden]"))
    assert not any("Seam" in line or "Hidden" in line or "secret" in line for line in told)


def test_a_hostile_field_name_cannot_forge_a_line() -> None:
    [told] = problems_of(GOOD + '"x\\nm.yaml:1: id: ok": 1\n')
    assert told.startswith("m.yaml:19: x?m.yaml")


def test_windows_line_ends_and_a_byte_order_mark_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert read_map(path) == understand(GOOD, "m")


@pytest.mark.parametrize(
    ("octets", "line", "word"),
    [
        (GOOD.encode("latin-1"), 2, "UTF-8"),
        (GOOD.encode("utf-16"), 1, "UTF-8"),
        (b"x" * (LARGEST + 1), 1, "larger"),
    ],
)
def test_bytes_that_are_no_map(tmp_path: Path, octets: bytes, line: int, word: str) -> None:
    path = tmp_path / "m.yaml"
    path.write_bytes(octets)
    with pytest.raises(MapNotUnderstood, match=f"m.yaml:{line}: file: .*{word}"):
        read_map(path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(MapNotUnderstood, match=r"gone\.yaml:1: file: cannot be read"):
        read_map(tmp_path / "gone.yaml")
    with pytest.raises(MapNotUnderstood, match="cannot be read"):
        read_map(tmp_path)


def test_a_folder_is_read_by_file_name(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(GOOD.replace("id: acme", "id: beta"), encoding="utf-8")
    (tmp_path / "a.yml").write_text(GOOD, encoding="utf-8")
    (tmp_path / ".hidden.yaml").write_text("rubbish", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("rubbish", encoding="utf-8")
    assert [company.id for company in read_maps(tmp_path)] == ["acme", "beta"]


def test_a_folder_is_refused_whole_with_the_problems_of_all_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(GOOD.replace("size: small", "size: x"), encoding="utf-8")
    (tmp_path / "c.yaml").write_text("", encoding="utf-8")
    (tmp_path / "d.yaml").write_text("# twin\n" + GOOD, encoding="utf-8")
    with pytest.raises(MapNotUnderstood) as caught:
        read_maps(tmp_path)
    told = [line.removeprefix(str(tmp_path)) for line in str(caught.value).splitlines()]
    assert [line[:12] for line in told] == ["/b.yaml:4: s", "/c.yaml:1: f", "/d.yaml:2: i"]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(MapNotUnderstood, match="nowhere:1: file: is no folder"):
        read_maps(tmp_path / "nowhere")


def test_the_example_reads_and_uses_every_field() -> None:
    company = understand(example_map(), "example.yaml")
    assert isinstance(company, Company)
    assert set(type(company.needs[0]).model_fields) == company.needs[0].model_fields_set
    assert {need.language for need in company.needs} == {"en", "nb"}
