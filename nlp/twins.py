"""Which records are the same thing: near-identical titles or texts, found in bounded time, each pair verified (P17)."""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

import numpy as np

from nlp.alike import SHORTEST_TEXT, Record, head_of, likeness, plain
from nlp.sketch import BINS, Bands, Marks, Pairs, agreement, candidates, sketch

_TITLE_GRAM, _TITLE_ROWS = 4, 4
_TEXT_GRAM, _TEXT_ROWS = 8, 8
_TEXT_READ = 400  # characters of a text that are sketched: publishers cut at different ends
_LEAST_TITLE = 0.35  # agreement below which a pair is not looked at; a typo in a title of 20 letters leaves 0.6
_LEAST_TEXT = 0.6
WIDTH = 12  # neighbours looked at in one bucket


class Sketches(NamedTuple):
    """Fingerprints of records, row by row. marks: n x 128, title then text. bands: n x 25, last the title's head."""

    marks: Marks
    bands: Bands


class Link(NamedTuple):
    """Two records that are one thing, and how surely."""

    one: str
    other: str
    sureness: float


def sketches_of(records: Sequence[Record]) -> Sketches:
    """Fingerprints of titles and of the beginnings of texts; short texts have none."""
    return sketches_of_words([record.title for record in records], [record.text for record in records])


def sketches_of_words(titles: Sequence[str], texts: Sequence[str]) -> Sketches:
    """The same of two columns."""
    known = sketch([plain(title) for title in titles], _TITLE_GRAM, _TITLE_ROWS)
    begun = [plain(text[:_TEXT_READ]) if len(text) >= SHORTEST_TEXT else "" for text in texts]
    bodies = sketch(begun, _TEXT_GRAM, _TEXT_ROWS)
    heads = np.array([[_head_key(title)] for title in titles], dtype=np.uint32).reshape(-1, 1)
    return Sketches(np.hstack((known[0], bodies[0])), np.hstack((known[1], bodies[1], heads)))


def _head_key(title: str) -> int:
    """A number for the title up to its subtitle or bracket, however long what follows; 0 for less than three words."""
    head = plain(head_of(title))
    return zlib.crc32(head.encode()) | 1 if head.count(" ") >= 2 else 0


def promising(sketches: Sketches, pairs: Pairs) -> Pairs:
    """The pairs whose titles, heads of titles or texts are alike enough for a closer look."""
    if not len(pairs):
        return pairs
    marks, heads = sketches.marks, sketches.bands[:, -1]
    title = agreement(marks[:, :BINS], pairs) >= _LEAST_TITLE
    text = (agreement(marks[:, BINS:], pairs) >= _LEAST_TEXT) & marks[pairs[:, 0], BINS:].any(axis=1)
    head = (heads[pairs[:, 0]] == heads[pairs[:, 1]]) & (heads[pairs[:, 0]] > 0)
    near: Pairs = pairs[title | text | head]
    return near


def links(records: Sequence[Record], pairs: Iterable[Sequence[int]]) -> list[Link]:
    """Pairs of rows that are one thing, surest first, then by key."""
    found = []
    for a, b in pairs:
        one, other = sorted((records[a], records[b]))
        sureness = likeness(one, other)
        if sureness > 0:
            found.append(Link(one.key, other.key, sureness))
    return sorted(found, key=lambda link: (-link.sureness, link.one, link.other))


def unite(found: Iterable[Link], groups: Mapping[str, AbstractSet[str]]) -> list[Link]:
    """The links that may be followed, in order.

    groups: what each record holds that a group can hold only once (`source:…` with its id, a DOI …), see `claims`.
    A link is left where two groups hold rival claims.
    """
    leader = {key: key for key in groups}
    held = {key: set(claims) for key, claims in groups.items()}
    members = {key: {key} for key in groups}
    followed = []
    for link in found:
        one, other = leader[link.one], leader[link.other]
        if one == other or _rivals(held[one], held[other]):
            continue
        few, many = sorted((one, other), key=lambda key: (len(members[key]), key))
        for key in members[few]:
            leader[key] = many
        members[many] |= members.pop(few)
        held[many] |= held.pop(few)
        followed.append(link)
    return followed


def claims(record: Record) -> frozenset[str]:
    """What only one thing can hold: one source tells it under one id, and it has one DOI. `name=value`."""
    own = {f"source {record.source}={record.key}"} if record.source else set()
    return frozenset(own | ({f"doi={record.doi}"} if record.doi else set()))


def _rivals(one: AbstractSet[str], other: AbstractSet[str]) -> bool:
    mine = {claim.split("=", 1)[0]: claim for claim in one}
    return any(mine.get(claim.split("=", 1)[0], claim) != claim for claim in other)


def clustered(records: Sequence[Record]) -> list[tuple[str, ...]]:
    """Keys of each group of two or more twins, sorted; independent of the order of the records. Keys are unique."""
    ordered = sorted(records, key=lambda r: (plain(r.title), r.key))
    sketches = sketches_of(ordered)
    near = [promising(sketches, pairs) for pairs in candidates(sketches.bands, WIDTH)]
    pairs = np.unique(np.concatenate(near), axis=0) if near else np.empty((0, 2), dtype=np.int64)
    found = links(ordered, pairs.tolist())
    linked = {key for link in found for key in link[:2]}
    followed = unite(found, {r.key: claims(r) for r in ordered if r.key in linked})
    return _groups(followed)


def _groups(followed: Iterable[Link]) -> list[tuple[str, ...]]:
    home: dict[str, list[str]] = {}
    for link in followed:
        one, other = home.get(link.one, [link.one]), home.get(link.other, [link.other])
        one += other
        home.update(dict.fromkeys(one, one))
    return sorted({tuple(sorted(group)) for group in home.values()})
