"""The page that a run leaves."""

from pathlib import Path

from watch.written import write_tables


def test_what_came_from_outside_stays_in_its_cell(tmp_path: Path) -> None:
    """No column, no line, no markup, no link of its own."""
    hostile = "a|b\n| c <img src=x onerror=alert(1)> [click](javascript:x) `d` *e*"
    path = write_tables(
        tmp_path / "new" / "run.md", "Run", {"Incidents": [{"what": hostile, "times": "1"}], "Mails": []}
    )
    text = path.read_text("utf-8")
    (row,) = [line for line in text.splitlines() if "onerror" in line]
    assert row == r"| a\|b \| c \<img src=x onerror=alert(1)\> \[click\](javascript:x) \`d\` \*e\* | 1 |"
    assert text.endswith("## Mails\n\nNothing.\n")


def test_a_page_is_replaced_whole(tmp_path: Path) -> None:
    """No half page is left beside it."""
    for times in ("1", "2"):
        write_tables(tmp_path / "run.md", "Run", {"Incidents": [{"times": times}]})
    assert [path.name for path in tmp_path.iterdir()] == ["run.md"]
    assert "| 2 |" in (tmp_path / "run.md").read_text("utf-8")
