"""Every source there is: the files of `spiders/sources` and the feeds of a list. There is no registry to keep up."""

import importlib
import json
import pkgutil
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from spiders import sources
from spiders.source import Source
from terms.errors import SettingMissing, VardeError


def all_sources(feeds: Sequence[Source] = ()) -> dict[str, Source]:
    """Sources by name. Raises SettingMissing where two have one name, or a file does not hold one complete source."""
    modules = sorted(module.name for module in pkgutil.iter_modules(sources.__path__))
    found = [source_in(_module(name)) for name in modules]
    by_name: dict[str, Source] = {}
    for source in (*found, *feeds):
        if source.name in by_name:
            raise SettingMissing(f"Two sources are named {source.name}; give one of them another name")
        by_name[source.name] = source
    return by_name


def recorded_sources(replay: Path | None) -> frozenset[str] | None:
    """The sources that a recorded folder has answers of; None where anything may be replayed (raw payloads, none).

    Raises VardeError that names file and line where the index is not one.
    """
    index = replay / "index.jsonl" if replay else None
    if index is None or not index.is_file():
        return None
    numbered = enumerate(index.read_bytes().splitlines(), start=1)
    return frozenset(_recorded_source(index, number, line) for number, line in numbered if line.strip())


def _recorded_source(index: Path, number: int, line: bytes) -> str:
    """The source of one line of an index. Raises VardeError."""
    try:
        answer = json.loads(line)
    except ValueError as reason:
        raise VardeError(f"{index}, line {number}: not JSON ({reason}); mend it or record again") from None
    if not isinstance(answer, dict) or not isinstance(answer.get("source"), str):
        raise VardeError(f"{index}, line {number}: names no source; each line is an object with a `source`")
    return str(answer["source"])


def _module(name: str) -> ModuleType:
    """One source's file. Raises SettingMissing where its class is refused for a fact that it does not state."""
    try:
        return importlib.import_module(f"{sources.__name__}.{name}")
    except TypeError as refused:
        raise SettingMissing(f"{refused}; `varde source check {name}` says what is missing") from refused


def source_in(module: ModuleType) -> Source:
    """The one source that a file defines."""
    classes = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Source) and value.__module__ == module.__name__
    ]
    if len(classes) != 1:
        raise SettingMissing(f"{module.__name__} must define exactly one source, it defines {len(classes)}")
    made: type[Source] = classes[0]
    return made()
