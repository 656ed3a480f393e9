"""A need map file -> Company, or every reason why not (P01)."""

import json
import re
from functools import lru_cache
from pathlib import Path
from zoneinfo import available_timezones

from pydantic import ValidationError

from needs.dates import complete_engagement, engagement_problems
from needs.problems import Problem, field_name, refuse
from needs.reasons import reason_for
from needs.tree import Node, read_tree
from terms.company import Company
from terms.errors import MapNotUnderstood

LARGEST = 1_000_000  # bytes; a map of 100 long needs has some 200 kB
_LINE_ENDS = re.compile("\r\n?")
_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
MULTILINE = ("description",)
_START, _END = ("engagement", "start"), ("engagement", "planned_end")


def read_map(path: Path) -> Company:
    """The company of one YAML file. Raises MapNotUnderstood with every problem as `file:line: field: reason`."""
    return understand(_text_of(path), str(path))


def read_maps(folder: Path) -> tuple[Company, ...]:
    """Every `*.yaml` and `*.yml` of a folder, by file name; refused whole when any file is bad or two share an id."""
    if not folder.is_dir():
        raise MapNotUnderstood(f"{folder}:1: file: is no folder; give the folder of the need maps")
    companies, told = dict[Path, Company](), list[str]()
    for path in sorted(p for p in folder.iterdir() if p.suffix in (".yaml", ".yml") and not p.name.startswith(".")):
        try:
            companies[path] = read_map(path)
        except MapNotUnderstood as problem:
            told.append(str(problem))
    told += _shared_ids(companies)
    if told:
        raise MapNotUnderstood("\n".join(told))
    return tuple(companies.values())


def understand(text: str, name: str) -> Company:
    """The company of a need map's text; `name` stands before each problem. Raises MapNotUnderstood."""
    text = _LINE_ENDS.sub("\n", text)
    refuse(name, _odd_characters(text))
    root, problems = read_tree(text)
    if problems and not root.children:
        refuse(name, problems)
    if root.shape != "mapping":
        refuse(name, [Problem(root.line, "file", "must be fields and values (`id: …`), as `varde init` writes them")])
    complete_engagement(root)
    problems += _own_rules(root)
    try:
        # Lone surrogates, refused by _hidden, become "?" here so that the other fields are judged too.
        written = json.dumps(root.value(), ensure_ascii=False).encode("utf-8", "replace")
        company = Company.model_validate_json(written, strict=True)
    except ValidationError as error:
        refuse(name, problems + _located(root, error))
        raise
    refuse(name, problems)
    return company


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            octets = file.read(LARGEST + 1)
    except OSError as error:
        raise MapNotUnderstood(f"{path}:1: file: cannot be read: {error.strerror or error}") from error
    if len(octets) > LARGEST:
        raise MapNotUnderstood(f"{path}:1: file: is larger than {LARGEST:,} bytes; a need map is not")
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        reason = f"is not UTF-8 (byte 0x{octets[error.start]:02x}); save the file as UTF-8"
        raise MapNotUnderstood(f"{path}:{line}: file: {reason}") from error


def _odd_characters(text: str) -> list[Problem]:
    found = ((text.count("\n", 0, m.start()) + 1, ord(m[0])) for m in _ODD.finditer(text))
    return [Problem(line, "file", f"holds the invisible character U+{code:04X}; delete it") for line, code in found]


def _located(root: Node, error: ValidationError) -> list[Problem]:
    """pydantic's errors with the lines of this file; a planned_end that could not be computed is start's problem."""
    found = {trouble["loc"]: trouble for trouble in error.errors(include_url=False)}
    if _START in found:
        found.pop(_END, None)
    return [Problem(root.line_of(path), field_name(path), reason_for(path, found[path])) for path in found]


def _own_rules(root: Node) -> list[Problem]:
    """What the nouns cannot know: places in time and zone, ids used twice, characters no one sees."""
    return [
        *_zone(root),
        *_twice(root, "needs", "id"),
        *_twice(root, "contacts", "address"),
        *engagement_problems(root),
        *_hidden(root, ()),
    ]


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(root: Node) -> list[Problem]:
    node = root.at("timezone")
    if node is None or not isinstance(node.plain, str) or node.plain.strip() in _zones():
        return []
    return [Problem(node.line, "timezone", "no such time zone; write it as in the IANA list, such as Europe/Oslo")]


def _twice(root: Node, table: str, key: str) -> list[Problem]:
    """Entries of a list that claim one name; compared without regard to case and outer space."""
    first, problems = dict[str, int](), list[Problem]()
    rows = root.at(table)
    for place in rows.children if rows else ():
        node = root.at(table, place, key)
        if node is None or not isinstance(node.plain, str):
            continue
        name = node.plain.strip().casefold()
        if name in first:
            reason = f"the same {key} as on line {first[name]}; each must be its own"
            problems.append(Problem(node.line, field_name((table, place, key)), reason))
        first.setdefault(name, node.line)
    return problems


def _hidden(node: Node, path: tuple[str | int, ...]) -> list[Problem]:
    """Control characters that came in through escapes, and line breaks where one line is meant."""
    problems = [p for step, child in node.children.items() for p in _hidden(child, (*path, step))]
    text = node.plain if isinstance(node.plain, str) else ""
    if (odd := _ODD.search(text)) is not None:
        problems.append(Problem(node.line, field_name(path), f"holds the invisible character U+{ord(odd[0]):04X}"))
    if "\n" in text.strip() and (not path or path[-1] not in MULTILINE):
        problems.append(Problem(node.line, field_name(path), "must be one line"))
    return problems


def _shared_ids(companies: dict[Path, Company]) -> list[str]:
    first, told = dict[str, Path](), list[str]()
    for path, company in companies.items():
        if company.id in first:
            line = understood_line(path)
            told.append(
                f"{path}:{line}: id: {company.id} is the id of {first[company.id]} already; each must be its own"
            )
        first.setdefault(company.id, path)
    return told


def understood_line(path: Path) -> int:
    """The line of the company's id in a file that was understood before."""
    return read_tree(_LINE_ENDS.sub("\n", _text_of(path)))[0].line_of(("id",))
