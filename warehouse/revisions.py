"""What a change of an item means to a reader: a moved deadline is told apart from a mended typo (P11, P32)."""

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from terms.item import Item
from warehouse.columns import incoming, schema_of
from warehouse.sql import queries
from warehouse.store import Connection

_SCHEMA = schema_of(
    item_key="text", revision="int", field="text", **{"class": "text"}, is_material="bool", before="text",
    after="text", changed_at="at",
)  # fmt: skip
_CLASSES = {
    "call.deadlines_at": "deadline",
    "call.budget_eur": "budget", "call.min_grant_eur": "budget", "call.max_grant_eur": "budget",
    "call.beneficiaries": "eligibility", "call.conditions": "eligibility", "call.countries": "eligibility",
    "call.consortium": "eligibility", "call.trl": "eligibility",
    "call.opens_on": "status", "call.stated_status": "status", "patent.kind_code": "status",
    "call.programme": "scope", "title": "scope", "text": "scope",
}  # fmt: skip
_ANSWERING = ("deadline", "budget", "eligibility", "scope")  # what brings a rejected cluster back (P32)
_SAME_CALL = 0.9  # share of a call's words that stay, below which its scope is another
_SAME_PAPER = 0.6
_MOST_WORDS = 1_500
_SHOWN = 160
_MARKUP, _WORD, _FOREIGN = re.compile(r"<[^<>]{0,500}>"), re.compile(r"[^\W_]+"), re.compile(r"[^\x00-\x7f]+")


class Change(NamedTuple):
    """One field of one revision. kind: deadline, budget, eligibility, status, scope, wording or other."""

    field: str
    kind: str
    is_material: bool
    before: str
    after: str


class Since(NamedTuple):
    """A material change of an item that answers a rejection, with the values before and after."""

    item_key: str
    kind: str
    field: str
    before: str
    after: str
    changed_at: datetime


def store_changes(connection: Connection, changed: Sequence[Item]) -> None:
    """Class the newest revision of each changed item and keep that. Call inside the write that absorbed them."""
    kinds = {item.item_key: item.kind for item in changed}
    newest = connection.execute(queries("revisions")["newest_revisions"].text, [list(kinds)]).fetchall()
    rows = [row for key, *told in newest for row in _rows(key, kinds[key], *told)]
    with incoming(connection, "classed", rows, _SCHEMA):
        connection.execute(queries("revisions")["insert_changes"].text)


def read_changes(connection: Connection, item_key: str) -> list[Change]:
    """Every classed change of an item, newest first."""
    rows = connection.execute(queries("revisions")["read_changes"].text, [item_key]).fetchall()
    return [Change(*row) for row in rows]


def material_since(connection: Connection, item_keys: Sequence[str]) -> list[Since]:
    """Material changes of items in deadline, budget, eligibility and scope, oldest first."""
    asked = [list(item_keys), list(_ANSWERING)]
    return [Since(*row) for row in connection.execute(queries("revisions")["material_since"].text, asked).fetchall()]


def classed(changes: dict[str, list[Any]], kind: str) -> list[Change]:
    """A field diff (field -> [before, after]) taken apart and classed. kind: of the item."""
    return [_classed(field, before, after, kind) for field, before, after in _leaves(changes)]


def _rows(item_key: str, kind: str, revision: int, diff: str, changed_at: datetime) -> Iterator[dict[str, Any]]:
    for change in classed(json.loads(diff), kind):
        yield {
            "item_key": item_key,
            "revision": revision,
            "field": change.field,
            "class": change.kind,
            "is_material": change.is_material,
            "before": change.before,
            "after": change.after,
            "changed_at": changed_at,
        }


def _leaves(changes: dict[str, list[Any]]) -> Iterator[tuple[str, Any, Any]]:
    for field, (before, after) in changes.items():
        if field not in ("call", "patent", "publication"):
            yield field, before, after
            continue
        old, new = before or {}, after or {}
        yield from (
            (f"{field}.{name}", old.get(name), new.get(name))
            for name in sorted(old | new)
            if old.get(name) != new.get(name)
        )


def _classed(field: str, before: Any, after: Any, kind: str) -> Change:
    usual = _CLASSES.get(field, "scope" if (field, kind) == ("codes", "call") else "other")
    shown = (_shown(field, before), _shown(field, after))
    if usual == "other":
        return Change(field, usual, False, *shown)
    if _is_same(field, before, after, kind):
        return Change(field, "wording", False, *shown)
    # what is no longer stated is told, but nothing that a company could act on
    return Change(field, usual, after not in (None, "", [], ()), *shown)


def _is_same(field: str, before: Any, after: Any, kind: str) -> bool:
    if field == "call.deadlines_at":
        return _moments(before) == _moments(after)
    if isinstance(before, list) or isinstance(after, list):
        return sorted(map(str, before or ())) == sorted(map(str, after or ()))
    if not (isinstance(before, str) and isinstance(after, str)):
        return False
    if field in ("title", "text"):
        return _is_reworded(before, after, _SAME_CALL if kind == "call" else _SAME_PAPER)
    return _words(before) == _words(after) or _are_typos(_words(before), _words(after))


def _moments(stated: Any) -> set[datetime]:
    return {datetime.fromisoformat(moment) for moment in stated or ()}


def _is_reworded(before: str, after: str, alike: float) -> bool:
    """Whether only the words differ: no number, and at least a share `alike` of the words stays."""
    one, other = _words(before), _words(after)
    if one == other:
        return True
    if sorted(w for w in one if w[0].isdigit()) != sorted(w for w in other if w[0].isdigit()):
        return False
    return _share(one[:_MOST_WORDS], other[:_MOST_WORDS]) >= alike or _are_typos(one, other)


def _share(one: Sequence[str], other: Sequence[str]) -> float:
    """How much of both stays in its order, 0 to 1; what stays at both ends needs no search."""
    total, least = len(one) + len(other), min(len(one), len(other))
    start = next((n for n in range(least) if one[n] != other[n]), least)
    end = next((n for n in range(least - start) if one[-1 - n] != other[-1 - n]), least - start)
    middle = one[start : len(one) - end], other[start : len(other) - end]
    stays = start + end
    if all(middle):
        stays += sum(block.size for block in SequenceMatcher(None, *middle, autojunk=False).get_matching_blocks())
    return 2 * stays / total if total else 1.0


def _are_typos(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether each word stands for its like: one letter in five may differ, never the first, never a digit."""
    if len(one) != len(other):
        return False
    return all(
        a == b or (a[0] == b[0] and a.isalpha() and b.isalpha() and SequenceMatcher(None, a, b).ratio() >= 0.8)
        for a, b in zip(one, other, strict=True)
    )


def _words(text: str) -> list[str]:
    """Words and numbers without markup, marks, case and accents."""
    letters = unicodedata.normalize("NFKD", _MARKUP.sub(" ", text) if "<" in text else text).casefold()
    return _WORD.findall(letters if letters.isascii() else _FOREIGN.sub(_unaccented, letters))


def _unaccented(found: re.Match[str]) -> str:
    return "".join(letter for letter in found[0] if not unicodedata.combining(letter))


def _shown(field: str, value: Any) -> str:
    if value in (None, "", [], ()):
        return "not stated"
    if field == "call.deadlines_at":
        return ", ".join(sorted(f"{moment:%Y-%m-%d %H:%M %Z}" for moment in _moments(value)))
    if field.endswith("_eur"):
        return f"EUR {value:,}".replace(",", " ")
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
