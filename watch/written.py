"""What a run did, as a Markdown page that stays: one a run under `reports/`."""

from collections.abc import Mapping
from pathlib import Path

from watch import report
from watch.house import House
from watch.report import Rows
from watch.week import Week


def write_week(house: House, key: str, done: Week) -> Path:
    """The page of one `varde week`, under its run's name."""
    tables = {
        "Collected": report.hauls_table(done.hauls),
        "Absorbed": report.loads_table(done.loads),
        "Matched": report.matched_table(done.matched),
        "Digests": report.drafts_table(done.drafts),
        "Outbox": report.delivered_table(done.delivered),
        "Sources": report.sources_table(house),
        "Incidents": report.incidents_table(report.read_incidents(house)),
    }
    return write_tables(house.settings.home / "reports" / f"{key}.md", f"Varde, run {key}", tables)


def write_tables(path: Path, title: str, tables: Mapping[str, Rows]) -> Path:
    """Tables under headings, as Markdown; replaced whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".tmp")
    sections = [f"## {name}\n\n{_markdown(rows)}" for name, rows in tables.items()]
    fresh.write_text(f"# {title}\n\n" + "\n\n".join(sections) + "\n", "utf-8")
    return fresh.replace(path)


def _markdown(rows: Rows) -> str:
    if not rows:
        return "Nothing."
    head = list(rows[0])
    lines = [head, ["---"] * len(head), *([row.get(name, "") for name in head] for row in rows)]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    """One line; what came from outside is neither a column, nor markup, nor a link."""
    for mark in "\\`*[]<>|":
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())
