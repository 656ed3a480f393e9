"""The list of plain feeds: each entry of a YAML file becomes a source, without code (P13)."""

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from spiders.kinds.address import web_address
from spiders.kinds.feed import FeedSource
from terms.errors import SettingMissing
from terms.source import ItemKind


def _address(value: str) -> str:
    if not value or web_address(value) != value:
        raise ValueError("must be an absolute http or https address without a user name")
    return value


def _range(value: list[int]) -> list[int]:
    if value != sorted(value):
        raise ValueError("must be the fewest and the most items of a healthy run, such as [0, 50]")
    return value


_Count = Annotated[int, Field(ge=0, le=5_000)]
_Words = Annotated[str, Field(min_length=1, max_length=500)]
_Address = Annotated[str, AfterValidator(_address)]
_MayBeEmpty = Annotated[str, BeforeValidator(lambda value: "" if value is None else value), Field(max_length=500)]
_NOT_STATED = "not stated"


class FeedFacts(BaseModel):
    """One entry of the list: the facts that every source states (P16), and where its feed is.

    licence and terms may be left empty, as an import of OPML leaves them: the feed is in the list, but does not start.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{1,40}$")]
    title: _Words
    url: _Address
    publisher: _Words
    home: _Address
    licence: _MayBeEmpty
    terms: _MayBeEmpty
    attribution: _Words
    every: Annotated[int, Field(ge=1, le=24 * 92)]
    expect: Annotated[list[_Count], Field(min_length=2, max_length=2), AfterValidator(_range)]
    rate: Annotated[float, Field(gt=0, le=3_600, strict=False)]
    kind: ItemKind


def read_feeds(path: Path) -> tuple[FeedSource, ...]:
    """The sources of a list of feeds. Raises SettingMissing that names file, line and field for every problem."""
    return tuple(source_of(entry) for entry in read_entries(path))


def read_entries(path: Path) -> tuple[FeedFacts, ...]:
    """The entries of a list of feeds; the same text is read once, which takes 3 ms an entry. Raises SettingMissing."""
    try:
        return _entries(path, path.read_text("utf-8"))
    except OSError as trouble:
        raise SettingMissing(f"The list of feeds {path} cannot be opened: {trouble.strerror}") from trouble
    except UnicodeDecodeError as trouble:
        raise SettingMissing(f"The list of feeds {path} is not UTF-8 text; save it as UTF-8") from trouble


@lru_cache(maxsize=4)
def _entries(path: Path, text: str) -> tuple[FeedFacts, ...]:
    rows = _rows(path, text)  # ruamel's list, which knows the line of each entry
    problems: list[str] = []
    facts = [found for index in range(len(rows)) if (found := _facts(rows, index, path, problems))]
    names = [entry.name for entry in facts]
    problems += [
        f"{path}: field name: {name} stands twice" for name in sorted({n for n in names if names.count(n) > 1})
    ]
    if problems:
        raise SettingMissing("The list of feeds is not usable; mend these and start again:\n" + "\n".join(problems))
    return tuple(facts)


def source_of(facts: FeedFacts) -> FeedSource:
    """A source of its own for one feed; it takes its name from the module name, as files do."""
    stated = {**facts.model_dump(), "expect": tuple(facts.expect), "__module__": f"{__name__}.{facts.name}"}
    if empty := [field for field in ("licence", "terms") if not stated[field].strip()]:
        stated |= dict.fromkeys(empty, _NOT_STATED)
        stated["waits_for"] = f"its {' and '.join(empty)} are empty in the feed list; look at {facts.home} and fill in"
    made: type[FeedSource] = type(facts.name, (FeedSource,), stated)
    return made()


def _rows(path: Path, text: str) -> Any:
    try:
        rows = YAML(typ="rt").load(text)
    except MarkedYAMLError as trouble:
        line = trouble.problem_mark.line + 1 if trouble.problem_mark else 1
        raise SettingMissing(f"{path}, line {line}: this is not YAML: {trouble.problem}") from trouble
    except YAMLError as trouble:
        raise SettingMissing(f"{path} is not YAML: {' '.join(str(trouble).split())}") from trouble
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise SettingMissing(f"{path}, line 1: expected a list of feeds, each beginning with `- name:`")
    return rows


def _facts(rows: Any, index: int, path: Path, problems: list[str]) -> FeedFacts | None:
    row: Any = rows[index]
    line = rows.lc.data[index][0] + 1
    if not isinstance(row, CommentedMap):
        problems.append(f"{path}, line {line}: expected fields such as `name:` and `url:`")
        return None
    try:
        return FeedFacts.model_validate(dict(row))
    except ValidationError as trouble:
        for error in trouble.errors():
            field = str(error["loc"][0])
            at = row.lc.data[field][0] + 1 if field in row.lc.data else line
            problems.append(f"{path}, line {at}: field {field}: {error['msg']}")
        return None
