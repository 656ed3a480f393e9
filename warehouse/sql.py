"""SQL from plain files: numbered migrations, and named queries with the comment that says why each exists."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

_HERE = Path(__file__).parent


class Query(NamedTuple):
    """One named block of a queries file. why: the comment under the name."""

    name: str
    why: str
    text: str


@cache
def queries(noun: str) -> dict[str, Query]:
    """The named blocks of `queries/<noun>.sql`, by name."""
    blocks = (_HERE / "queries" / f"{noun}.sql").read_text("utf-8").split("-- name: ")[1:]
    return {query.name: query for query in map(_query, blocks)}


def _query(block: str) -> Query:
    name, _, rest = block.partition("\n")
    lines = rest.strip().splitlines()
    why = [line[2:].strip() for line in lines if line.startswith("--")]
    body = [line for line in lines if not line.startswith("--")]
    return Query(name.strip(), " ".join(why), "\n".join(body).strip())


@cache
def migrations() -> tuple[tuple[int, str, tuple[str, ...]], ...]:
    """(version, name, statements) of every schema file in order; one statement each, since a string of several
    runs what stands before a syntax error (HOUSE 5)."""
    files = sorted((_HERE / "schema").glob("[0-9]*.sql"))
    return tuple((int(f.stem.split("_")[0]), f.stem, _statements(f.read_text("utf-8"))) for f in files)


def _statements(text: str) -> tuple[str, ...]:
    bare = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
    return tuple(statement.strip() for statement in bare.split(";") if statement.strip())
