"""Large files read piece by piece: a JSON array record by record, a table of a zip row by row."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from spiders.page import Page
from terms.errors import SourceChanged

ZIP = b"PK\x03\x04"
_PIECE = 1 << 18
_LONGEST_RECORD = 16 * 2**20
_LARGEST_MEMBER = 4 * 2**30
_GAPS = " \t\r\n,"
_BROKEN = (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError)
csv.field_size_limit(_LONGEST_RECORD)


def json_records(stream: IO[bytes], where: str) -> Iterator[object]:
    """The records of a JSON array, or of JSON lines, one in memory at a time. Raises SourceChanged where it breaks."""
    text, decoder = io.TextIOWrapper(stream, "utf-8-sig", "replace"), json.JSONDecoder()
    waiting, piece = "", text.read(_PIECE)
    while piece or waiting.strip(_GAPS + "[]"):
        waiting, at = waiting + piece, 0
        while True:
            at = _next_record(waiting, at)
            try:
                record, at = decoder.raw_decode(waiting, at)
            except (ValueError, RecursionError):
                break
            yield record
        waiting = waiting[at:]
        if len(waiting) > _LONGEST_RECORD or not piece:
            break
        piece = text.read(_PIECE)
    if waiting.strip(_GAPS + "[]"):
        raise SourceChanged(f"{where} is no whole list of JSON records: it breaks off at {waiting[:60]!r}")


def _next_record(text: str, at: int) -> int:
    while at < len(text) and text[at] in _GAPS + "[":
        at += 1
    return at


@contextmanager
def opened_zip(page: Page) -> Iterator[zipfile.ZipFile]:
    """The zip of an answer, its directory checked. Raises SourceChanged for a broken one; CORDIS had such."""
    try:
        with zipfile.ZipFile(io.BytesIO(page.body)) as held:
            if large := next((m.filename for m in held.infolist() if m.file_size > _LARGEST_MEMBER), None):
                raise SourceChanged(f"{page.url}: {large} would unpack to more than 4 GB; look at it")
            yield held
    except _BROKEN as trouble:
        raise SourceChanged(
            f"{page.url} is a broken zip ({type(trouble).__name__}); the last good one stays"
        ) from trouble


def member(held: zipfile.ZipFile, ending: str) -> str | None:
    """The name of the one file of a zip that ends so, such as `project.csv`."""
    return next((n for n in sorted(held.namelist()) if n.lower().rpartition("/")[2].endswith(ending)), None)


def table_rows(stream: IO[bytes]) -> Iterator[dict[str, str]]:
    """Rows of a table with a header, parted by `;` or `,`; surplus cells are dropped, missing ones are ''."""
    text = io.TextIOWrapper(stream, "utf-8-sig", "replace", newline="")
    header = text.readline(_PIECE)
    delimiter = ";" if header.count(";") > header.count(",") else ","
    names = next(csv.reader([header], delimiter=delimiter), [])
    for row in csv.DictReader(text, names, delimiter=delimiter, restval=""):
        yield {name: value for name, value in row.items() if isinstance(name, str) and isinstance(value, str)}
