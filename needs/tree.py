"""YAML text -> a tree of plain values that know their lines; refuses what has no place in a need map.

Built from parser events, so nothing is constructed: no tags, no aliases (and so no alias bombs), bounded depth.
Plain scalars are read by the core schema of YAML 1.2 (yaml.org/spec/1.2.2, 10.3.2): `NO` and `no` are text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
)

from needs.problems import Problem, field_name

DEEPEST = 8  # a need map is four levels deep
_WHOLE = re.compile(r"[-+]?[0-9]{1,18}|0o[0-7]{1,18}|0x[0-9a-fA-F]{1,15}")
_REAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "Null": None, "NULL": None} | {
    word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")
}
Plain = str | int | float | bool | None
Path = tuple[str | int, ...]


class Unreadable(Exception):
    """The text stops being a need map here; reading further would guess."""

    def __init__(self, line: int, field: str, reason: str) -> None:
        super().__init__(reason)
        self.problem = Problem(line, field, reason)


@dataclass
class Node:
    """A value of the file. line: of its key, or of itself where it has none; children by key or place, in order."""

    line: int
    plain: Plain = None
    children: "dict[str | int, Node]" = field(default_factory=dict)
    shape: str = "scalar"

    def value(self) -> object:
        """The values alone, as JSON would hold them."""
        if self.shape == "mapping":
            return {key: child.value() for key, child in self.children.items()}
        return [child.value() for child in self.children.values()] if self.shape == "sequence" else self.plain

    def line_of(self, path: Path) -> int:
        """The line of the field at `path`, or of the nearest parent that the file has."""
        node = self
        for step in path:
            if step not in node.children:
                break
            node = node.children[step]
        return node.line

    def at(self, *path: str | int) -> "Node | None":
        """The node at `path`, or None where the file has none."""
        node: Node | None = self
        for step in path:
            node = node.children.get(step) if node else None
        return node


def resolve(text: str) -> Plain:
    """What an unquoted scalar means in YAML 1.2; numbers too long for 64 bits become floats."""
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    return float(text.lower().replace(".inf", "inf").replace(".nan", "nan")) if _REAL.fullmatch(text) else text


def read_tree(text: str) -> tuple[Node, list[Problem]]:
    """The tree of `text` and the problems of its form; where reading had to stop the tree has no children."""
    root, problems = Node(1), list[Problem]()
    try:
        events = _events(text)
        root = _build(next(events), events, (), problems)
        _only_one(events)
    except Unreadable as stop:
        root = Node(1)
        problems.append(stop.problem)
    except StopIteration:
        problems.append(Problem(1, "file", "is empty; `varde init` writes an example to start from"))
    return root, problems


def _events(text: str) -> Iterator[Event]:
    """Parser events from the first node on, with syntax errors located."""
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            if isinstance(
                event, (ScalarEvent, CollectionStartEvent, CollectionEndEvent, AliasEvent, DocumentStartEvent)
            ):
                yield event
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unreadable(mark.line + 1 if mark else 1, "file", _syntax(error)) from error


def _syntax(error: MarkedYAMLError) -> str:
    reason = str(error.problem or error.context or "not YAML").replace("\n", " ")
    if "'\\t'" in reason:
        return "a tab cannot indent in YAML; use spaces"
    hint = "; text with `: ` in it needs quotes" if "mapping values" in reason else ""
    return f"not YAML: {reason}{hint}"


def _only_one(events: Iterator[Event]) -> None:
    for event in events:
        if isinstance(event, DocumentStartEvent):
            raise Unreadable(_line(event), "file", "a second document begins with `---`; one company is one file")


def _line(event: Event) -> int:
    return int(event.start_mark.line) + 1


def _build(event: Event, events: Iterator[Event], path: Path, problems: list[Problem]) -> Node:
    """The node that starts with `event`; takes its share of `events`."""
    if isinstance(event, DocumentStartEvent):
        event = next(events)
    line = _line(event)
    if getattr(event, "anchor", None) is not None:
        raise Unreadable(line, field_name(path), "anchors (&) and aliases (*) are not read; write the value out")
    if getattr(event, "tag", None) is not None:
        raise Unreadable(line, field_name(path), "a tag (!) is not read; use quotes for text")
    if isinstance(event, ScalarEvent):
        return Node(line, resolve(event.value) if event.implicit[0] else event.value)
    if len(path) >= DEEPEST:
        raise Unreadable(line, field_name(path), f"nested more than {DEEPEST} levels deep")
    if isinstance(event, MappingStartEvent):
        return _mapping(Node(line, shape="mapping"), events, path, problems)
    return _sequence(Node(line, shape="sequence"), events, path, problems)


def _sequence(node: Node, events: Iterator[Event], path: Path, problems: list[Problem]) -> Node:
    for event in events:
        if isinstance(event, CollectionEndEvent):
            break
        place = len(node.children)
        node.children[place] = _build(event, events, (*path, place), problems)
    return node


def _mapping(node: Node, events: Iterator[Event], path: Path, problems: list[Problem]) -> Node:
    for event in events:
        if isinstance(event, CollectionEndEvent):
            break
        if not isinstance(event, ScalarEvent):
            raise Unreadable(_line(event), field_name(path), "a field's name must be plain text")
        key, line = event.value, _line(event)
        child = _build(next(events), events, (*path, key), problems)
        child.line = line
        if key in node.children:
            first = node.children[key].line
            problems.append(
                Problem(line, field_name((*path, key)), f"stands here a second time; first on line {first}")
            )
        node.children.setdefault(key, child)
    return node
