"""Twins among the records of a file, without a store: to measure, or to clean a list before it is used."""

import gzip
import json
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

from nlp.alike import Record
from nlp.twins import clustered
from terms.errors import VardeError

_YEAR = re.compile(r"(?<!\d)(1[5-9]|20)\d\d(?!\d)")


class Paired(NamedTuple):
    """What was found: records read, groups of twins, pairs written."""

    records: int
    groups: int
    pairs: int


def write_pairs(records: Path, output: Path) -> Paired:
    """Write every pair of twins as `id<TAB>id`, sorted; two records of one source (`source:id`) are never twins.

    records: JSON lines, gzipped if named so: id, title, and where known text, kind, date, authors, venue, doi.
    Raises VardeError naming the line that cannot be read.
    """
    read = {record.key: record for record in _records(records)}
    groups = clustered(list(read.values()))
    pairs = [pair for group in groups for pair in combinations(group, 2)]
    output.write_text("".join(f"{one}\t{other}\n" for one, other in sorted(pairs)), "utf-8")
    return Paired(len(read), len(groups), len(pairs))


def _records(path: Path) -> Iterator[Record]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield _record(json.loads(line))
            except (ValueError, TypeError, KeyError, AttributeError) as trouble:
                raise VardeError(
                    f"{path}, line {number}: no record with id and title as text ({type(trouble).__name__}: {trouble})"
                ) from None


def _record(row: dict[str, Any]) -> Record:
    """One record. Raises KeyError, TypeError, AttributeError for another shape."""
    key, title, date = row["id"].strip(), row["title"].strip(), str(row.get("date") or "")
    kind = row.get("kind") if row.get("kind") in ("patent", "call") else "publication"
    year = _YEAR.search(date)
    return Record(
        key=key,
        source=key.partition(":")[0] if ":" in key else "",
        kind=kind or "publication",
        title=title,
        text=(row.get("text") or "").strip(),
        people=_people(row.get("authors") or ()),
        year=int(year[0]) if year else None,
        venue=(row.get("venue") or "").strip(),
        doi=(row.get("doi") or "").strip().casefold(),
        days=(date,) if date else (),
    )


def _people(authors: Any) -> tuple[str, ...]:
    """`A. Berg, B. Dahl`, `Berg, A.; Dahl, B.`, or a list. Raises AttributeError for another shape."""
    if isinstance(authors, str):
        authors = re.split(r";|\band\b" if ";" in authors else r",|\band\b", authors)
    return tuple(name.strip() for name in authors if name.strip())
