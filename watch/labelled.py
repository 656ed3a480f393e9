"""Labelled sets as files: documents and topics as JSON lines, labels as `topic<TAB>document<TAB>label`."""

import gzip
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nlp.languages import guess, known
from terms.company import Need
from terms.errors import VardeError
from terms.match import Document

Row = dict[str, Any]
_KINDS = ("patent", "call")
_TEXTS = ("title", "text", "description")


def read_documents(path: Path) -> list[Document]:
    """The documents in the order of the file, gzipped if named so. Raises VardeError naming the line."""
    return [_document(row) for row in rows_by_id(path).values()]


def read_needs(path: Path) -> dict[str, Need]:
    """Each topic with its words as a need, without those by example (`seed`). Raises VardeError naming the line."""
    return {key: _need(row) for key, row in rows_by_id(path).items() if not row.get("seed")}


def read_labels(path: Path) -> dict[str, dict[str, bool]]:
    """topic -> document -> whether it is good: a label above 0. Raises VardeError naming the line."""
    labels = dict[str, dict[str, bool]]()
    number = 0
    with path.open(encoding="utf-8") as lines:
        try:
            for number, line in enumerate(lines, 1):  # noqa: B007 - the message names the line
                topic, document, label = line.rstrip("\n").split("\t")
                if math.isnan(value := float(label)):
                    raise ValueError("the label is not a number")
                labels.setdefault(topic, {})[document] = value > 0
        except UnicodeDecodeError as trouble:
            raise VardeError(f"{path}: not UTF-8 ({trouble.reason})") from None
        except ValueError as trouble:
            raise VardeError(f"{path}, line {number}: not topic, document, label between tabs ({trouble})") from None
    return labels


def rows_by_id(path: Path) -> dict[str, Row]:
    """The file's rows by id. Raises VardeError for a row without id or text, and for a second row of one id."""
    found = dict[str, Row]()
    for number, row in _rows(path):
        key = row.get("id")
        if not isinstance(key, str) or not key.strip() or set(key) & set("\t\r\n"):
            raise VardeError(f"{path}, line {number}: `id` must be a text without tabs and line ends")
        if key in found:
            raise VardeError(f"{path}, line {number}: the id {key!r} stood before; ids are unique")
        if any(row.get(name) is not None and not isinstance(row[name], str) for name in _TEXTS):
            raise VardeError(f"{path}, line {number}: `title`, `text` and `description` must be text")
        found[key] = row
    return found


def _rows(path: Path) -> Iterator[tuple[int, Row]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        try:
            for number, line in enumerate(lines, 1):
                row = json.loads(line)
                if not isinstance(row, dict):
                    raise ValueError("no JSON object")
                yield number, row
        except (ValueError, EOFError, gzip.BadGzipFile, RecursionError) as trouble:
            raise VardeError(f"{path}: not JSON lines in UTF-8 ({type(trouble).__name__}: {trouble})") from None


def _document(row: Row) -> Document:
    title, text = row.get("title") or "", row.get("text") or ""
    return Document(
        cluster_key=row["id"],
        item_key=f"file:{row['id']}",
        kind=row["kind"] if row.get("kind") in _KINDS else "publication",
        title=title,
        text=text,
        language=_language(row, f"{title} {text}"),
        codes=tuple(_codes(row.get("codes"))),
    )


def _codes(stated: object) -> Iterator[str]:
    """`cpc:B60R21/34`, from a list of such codes or from lists by scheme."""
    if isinstance(stated, list):
        yield from (code for code in stated if isinstance(code, str))
    if isinstance(stated, dict):
        for scheme, codes in stated.items():
            yield from (f"{scheme}:{code}" for code in codes if isinstance(code, str))


def _need(row: Row) -> Need:
    title, description = row.get("title") or "", row.get("description") or ""
    # A need's own checks (length of a title, form of an id) do not hold for topics of a file.
    return Need.model_construct(
        id="topic", title=title, description=description, language=_language(row, f"{title} {description}")
    )


def _language(row: Row, text: str) -> str:
    stated = row.get("language") or row.get("lang")
    return known(stated) if isinstance(stated, str) else guess(text)
