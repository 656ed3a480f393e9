"""What a company was told, for other programs: CSV, JSON, RIS and BibTeX (P58: titles stay as they are)."""

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from typing import Literal

from digests.headers import one_line
from digests.links import safe_link
from digests.sheet import harmless
from terms.digest import Line

Form = Literal["csv", "json", "ris", "bib"]
FORMS: tuple[Form, ...] = ("csv", "json", "ris", "bib")
_COLUMNS = (
    "ref", "kind", "title", "people", "organisations", "published_on", "deadline_at", "budget_eur", "programme",
    "source_title", "url",
)  # fmt: skip
_RIS_TYPES = {"publication": "JOUR", "patent": "PAT", "call": "GRNT", "project": "RPRT", "announcement": "GEN"}
_TEX = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_TEX |= {mark: f"\\{mark}" for mark in "#$%&_"}


def write_evidence(lines: Sequence[Line], form: Form) -> str:
    """The lines in one format. CSV: RFC 4180, a cell that a spreadsheet would run opens with an apostrophe."""
    writers: dict[Form, Callable[[Sequence[Line]], str]] = {"csv": _csv, "json": _json, "ris": _ris, "bib": _bib}
    return writers[form](lines)


def _row(line: Line) -> dict[str, str]:
    told = line.model_dump(mode="json", include=set(_COLUMNS))
    told |= {"people": "; ".join(_authors(line)), "organisations": "; ".join(line.organisations)}
    told["url"] = safe_link(line.url) or ""
    return {name: one_line(str(told[name])) if told[name] is not None else "" for name in _COLUMNS}


def _authors(line: Line) -> tuple[str, ...]:
    """Authors of publications; inventors are not named (P41)."""
    return line.people if line.kind == "publication" else ()


def _csv(lines: Sequence[Line]) -> str:
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, _COLUMNS)
    writer.writeheader()
    writer.writerows({name: harmless(cell) for name, cell in _row(line).items()} for line in lines)
    return written.getvalue()


def _json(lines: Sequence[Line]) -> str:
    return json.dumps([_row(line) for line in lines], ensure_ascii=False, indent=2) + "\n"


def _ris(lines: Sequence[Line]) -> str:
    """Tags of the RIS format (Reference Manager); each value is one line, so that no title can add a tag."""
    return "".join(
        f"{tag}  - {one_line(value)}\r\n" for line in lines for tag, value in _tags(line) if value or tag == "ER"
    )


def _tags(line: Line) -> list[tuple[str, str]]:
    row = _row(line)
    day = row["published_on"].replace("-", "/")
    names = [("AU", name) for name in _authors(line)] + [("A2", name) for name in line.organisations]
    return [
        ("TY", _RIS_TYPES[line.kind]), ("TI", row["title"]), *names, ("PY", day[:4]), ("DA", day),
        ("DB", row["source_title"]), ("UR", row["url"]), ("ID", row["ref"]), ("ER", ""),
    ]  # fmt: skip


def _bib(lines: Sequence[Line]) -> str:
    return "\n".join(map(_entry, lines))


def _entry(line: Line) -> str:
    row = _row(line)
    fields = {
        "title": f"{{{_tex(row['title'])}}}",
        "author": " and ".join(f"{{{_tex(one_line(name))}}}" for name in _authors(line) or line.organisations),
        "year": row["published_on"][:4],
        "howpublished": _tex(row["source_title"]),
        "url": row["url"].replace("{", "%7B").replace("}", "%7D"),
    }
    key = re.sub(r"[^0-9A-Za-z]", "", line.ref) or "varde"
    written = "".join(f"  {name} = {{{said}}},\n" for name, said in fields.items() if said)
    return f"@{'article' if line.kind == 'publication' else 'misc'}{{{key},\n{written}}}\n"


def _tex(text: str) -> str:
    return "".join(_TEX.get(mark, mark) for mark in text)
