"""The items of a haul in parts that memory holds, the next one read while one is stored; packed once it is old."""

import gzip
import os
import shutil
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from terms.errors import VardeError
from terms.haul import Haul
from terms.incident import Incident
from terms.item import Item

PART = 20_000  # lines; some 100 MB while they are worked on
_SHOWN = 5
_ITEMS, _PACKED = "items.jsonl", "items.jsonl.gz"


class Damaged(VardeError):
    """A haul has lost bytes; nothing of it counts until it is collected again."""


class Part(NamedTuple):
    """Some lines of a haul. lines: number of the last one. refused: why a line is no item, each with its number."""

    lines: int
    items: list[Item]
    refused: list[str]
    is_last: bool


def read_haul(folder: Path) -> Haul:
    """What a crawl told of itself. Raises Damaged where it cannot be read, or fewer items lie there than were told."""
    try:
        haul = Haul.model_validate_json((folder / "haul.json").read_bytes())
    except ValueError as why:
        raise Damaged("haul.json cannot be read") from why
    lies = sum(1 for _ in lines_of(folder))
    if lies != haul.counts.get("items", lies):
        raise Damaged(f"{lies} items lie there, {haul.counts['items']} were told")
    return haul


def lines_of(folder: Path) -> Iterator[bytes]:
    """The items of a haul, one JSON line each; none without a file. Raises Damaged where it was packed badly."""
    plain, packed = folder / _ITEMS, folder / _PACKED
    if plain.exists():
        with plain.open("rb") as stream:
            yield from stream
    elif packed.exists():
        try:
            with gzip.open(packed) as unpacked:
                yield from unpacked
        except (EOFError, gzip.BadGzipFile, zlib.error) as why:
            raise Damaged(f"{_PACKED} cannot be unpacked") from why


def pack(folder: Path) -> bool:
    """Keep the items of a haul packed, to a fifth of their size; False where they are already, or there are none."""
    plain, packed = folder / _ITEMS, folder / _PACKED
    if not plain.exists():
        return False
    part = packed.with_suffix(".part")
    with plain.open("rb") as items, part.open("wb") as stream:
        with gzip.open(stream, "wb", compresslevel=6) as told:
            shutil.copyfileobj(items, told, 1 << 20)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(packed)
    plain.unlink()  # whoever dies before this packs it again
    return True


def parts(folder: Path, size: int = PART) -> Iterator[Part]:
    """The items of a haul in order; one part at least. Raises Damaged at a line that is no JSON."""
    stream = lines_of(folder)
    with ThreadPoolExecutor(1) as reader:
        begun, lines = 0, list(islice(stream, size))
        coming = reader.submit(_part, lines, begun)
        while True:
            begun, following = begun + len(lines), list(islice(stream, size))
            items, refused = coming.result()
            coming = reader.submit(_part, following, begun)
            yield Part(begun, items, refused, is_last=not following)
            lines = following
            if not lines:
                return


def left_out(haul: Haul, folder: Path, refused: list[str]) -> Incident:
    """Tell of the lines of a haul that are no items."""
    facts = {"left_out": str(len(refused)), "haul": str(folder), "first": "; ".join(refused[:_SHOWN])}
    return Incident(where=f"source:{haul.source}", level="error", message="Items of a haul were left out", facts=facts)


def _part(lines: list[bytes], begun: int) -> tuple[list[Item], list[str]]:
    items, refused = list[Item](), list[str]()
    for number, line in enumerate(lines, begun + 1):
        try:
            items.append(Item.model_validate_json(line))
        except ValidationError as why:
            first = why.errors(include_url=False, include_input=False)[0]
            if first["type"] == "json_invalid":  # bytes that were lost: the whole haul is fetched again
                raise Damaged(f"items.jsonl, line {number} is no JSON") from why
            refused.append(f"line {number}: {'.'.join(map(str, first['loc']))}: {first['msg']}")
    return items, refused
