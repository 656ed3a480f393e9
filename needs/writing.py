"""Company -> its need map as YAML text: one stable form, so that a change shows as a change (P01)."""

import json
import re
import textwrap
from collections.abc import Iterator

from pydantic import BaseModel

from needs.maps import MULTILINE, understand
from needs.tree import resolve
from terms.company import Company

WIDTH = 100
_PLAIN = re.compile(r"[^\W\d_](?:[\w .,()/+@;&'\u2019\u2013-]*[\w.)])?")
_YAML_1_1 = frozenset(("y", "n", "yes", "no", "on", "off"))  # older readers take these for true and false
_ONE_LINE = re.compile(r"\S+(?: \S+)*")
_PRINTED = re.compile(r"[\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*")
_HEADING = """\
# Need map of one company, as `varde init` explains it. Read and written by Varde; edits make new versions.
# Required: id, name, country, size, contacts, engagement, needs. Dates are YYYY-MM-DD.
# competences: what the company can do for others; told to no other company before both consent.
# A need: id, title and description are required; include/exclude terms override the matcher; cpc and arxiv
# codes narrow the sources; trl 1-9; priority 1 (low) - 5 (high); confidentiality: open | closed (a closed need's
# text never leaves the machine); status: active | paused | met | dropped; review_on: when to look at it again.
"""


def write_map(company: Company) -> str:
    """The need map's text: fields in the order of the nouns, block style, LF, final newline.

    Reading it gives the same company, and writing that gives the same bytes; planned_end is always written out.
    Raises MapNotUnderstood where a field holds what no map can (such as control characters).
    """
    text = _HEADING + "".join(f"{line}\n" for line in _fields(company, ""))
    understand(text, f"map of {company.id}")
    return text


def _fields(term: BaseModel, indent: str) -> Iterator[str]:
    """The lines of one term; optional fields that say nothing are left out."""
    for name, facts in type(term).model_fields.items():
        value = getattr(term, name)
        if not facts.is_required() and value == facts.default and value in (None, ()):
            continue
        yield from _field(name, value, indent)


def _field(name: str, value: object, indent: str) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield f"{indent}{name}:"
        yield from _fields(value, indent + "  ")
    elif isinstance(value, tuple):
        yield f"{indent}{name}:" + ("" if value else " []")
        for entry in value:
            yield from _entry(entry, indent + "  ")
    elif name in MULTILINE:
        yield from _prose(name, str(value), indent)
    else:
        yield f"{indent}{name}: {_scalar(value)}"


def _entry(entry: object, indent: str) -> Iterator[str]:
    """One element of a list; a term's first field stands beside the hyphen."""
    if not isinstance(entry, BaseModel):
        yield f"{indent}- {_scalar(entry)}"
        return
    first, *others = _fields(entry, indent + "  ")
    yield f"{indent}- {first.lstrip()}"
    yield from others


def _scalar(value: object) -> str:
    """A scalar in plain style where every YAML reader takes it for the same text, else in double quotes."""
    if not isinstance(value, str):
        return json.dumps(value) if isinstance(value, int) else str(value)
    is_plain = _PLAIN.fullmatch(value) and " #" not in value and value.lower() not in _YAML_1_1
    return value if is_plain and resolve(value) == value else _quoted(value)


def _quoted(text: str) -> str:
    """JSON's double quotes, which YAML shares; what YAML would not print is escaped."""
    return json.dumps(text, ensure_ascii=not _PRINTED.fullmatch(text))


def _prose(name: str, text: str, indent: str) -> Iterator[str]:
    """Long text: folded where it is one paragraph, line by line where it has lines, quoted where neither would hold."""
    lines = text.split("\n")
    if not _PRINTED.fullmatch(text) or any(line != line.rstrip() for line in lines):
        yield f"{indent}{name}: {_quoted(text)}"
    elif len(lines) > 1:
        yield f"{indent}{name}: |-"
        yield from (f"{indent}  {line}".rstrip(" ") for line in lines)
    elif len(text) > WIDTH - len(indent) - len(name) and _ONE_LINE.fullmatch(text):
        yield f"{indent}{name}: >-"
        yield from textwrap.wrap(
            text, WIDTH, initial_indent=indent + "  ", subsequent_indent=indent + "  ",
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip
    else:
        yield f"{indent}{name}: {_scalar(text)}"
