"""Tables that a spreadsheet opens: nothing in a cell is run, every column is where it was (RELIABILITY F-12)."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from digests.headers import one_line

_FORMULA = re.compile(r"^[=+\-@\uff1d\uff0b\uff0d\uff20]")  # what a spreadsheet would run, also in full width
_UNSEEN = re.compile(r"^[\s\0-\x20\x7f\u00ad\u200b-\u200f\u2060\ufeff\"']+")  # passed over before a formula


def harmless(cell: str) -> str:
    """A text that a spreadsheet would run opens with an apostrophe, which it takes for: this is text."""
    is_formula = _FORMULA.match(_UNSEEN.sub("", cell)) or cell.startswith(("\t", "\r", "\n"))
    return f"'{cell}" if is_formula else cell


def write_sheet(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """CSV as Excel opens it in Norway without asking: UTF-8 with a mark, semicolons, every cell in quotes."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([harmless(one_line(cell)) for cell in row] for row in rows)
    return written.getvalue().encode("utf-8-sig", "replace")
