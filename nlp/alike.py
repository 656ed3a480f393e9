"""Whether two records tell of one thing: title, people, dates, place of publication, words of the text.

Rules, not weights: each says what a librarian would say. Where they come from: docs/decisions/2026-11-23-twins.md.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from terms.item import Item

SHORTEST_TEXT = 200  # characters below which a text proves nothing
_LONG_TITLE = 24  # letters and blanks; shorter titles are often headings of columns
_PREPRINT_YEARS = 3
_SAME_TEXT = 0.8  # share of the shorter text's word triples found in the longer
_OTHER_TEXT = 0.2
_PREPRINT_DOI = "10.48550/"
_FILLING_WORDS = "a an and as at by der die das ein en et for from i in into la le les of og on or the to und via"
_SERIAL_WORDS = "journal journals j transactions trans letters magazine review record bulletin annals"
_MEETING_WORDS = "conference conf proceedings proc symposium symp workshop congress meeting"
_FILLING, _SERIAL, _MEETING = (frozenset(w.split()) for w in (_FILLING_WORDS, _SERIAL_WORDS, _MEETING_WORDS))
_NUMERAL = re.compile(r"\d+\w*|ii|iii|iv|vi|vii|viii|ix|xi|xii")
_WORD = re.compile(r"[^\W_]+")
_SUBTITLE = re.compile(r"\s*(?:[:\[({–—?!]|\s-\s|\.\s)")


class Record(NamedTuple):
    """What is compared of an item. source: "" where unknown. days: of calls the deadlines, of patents the priority."""

    key: str
    source: str
    kind: str
    title: str
    text: str = ""
    people: tuple[str, ...] = ()
    year: int | None = None
    venue: str = ""
    doi: str = ""
    days: tuple[str, ...] = ()


def record_of(item: Item) -> Record:
    """An item as the twins see it; a preprint's DOI counts for nothing."""
    names = [p.name for p in item.people] or [o.name for o in item.organisations if o.role == "applicant"]
    doi = (item.publication.doi or "").casefold() if item.publication else ""
    return Record(
        key=item.item_key,
        source=item.source,
        kind=item.kind,
        title=item.title,
        text=item.text,
        people=tuple(names),
        year=item.published_on.year if item.published_on else None,
        venue=(item.publication.venue or "") if item.publication else "",
        doi="" if doi.startswith(_PREPRINT_DOI) else doi,
        days=_days(item),
    )


def _days(item: Item) -> tuple[str, ...]:
    if item.call:
        return tuple(sorted({d.date().isoformat() for d in item.call.deadlines_at}))
    return (item.patent.priority_on.isoformat(),) if item.patent and item.patent.priority_on else ()


def likeness(one: Record, other: Record) -> float:
    """0 where the two are not one thing, else how surely they are, up to 1; symmetric."""
    if one.kind != other.kind or (one.doi and other.doi and one.doi != other.doi):
        return 0.0
    if one.kind in ("call", "patent"):
        return _dated_likeness(one, other)
    people = _shared_people(one.people, other.people)
    if people == 0.0 or not _years_agree(one, other):
        return 0.0
    title = _title_likeness(one, other, people)
    if title == 0.0 or (people is None and not _stands_alone(one, other, title)):
        return 0.0
    closeness = _venue_likeness(one.venue, other.venue)
    return (4 * title + 3 * (people or 0.5) + 2 * (one.year == other.year) + closeness) / 10


def agree(one: Item, other: Item) -> bool:
    """Whether two publications of one title may be one: no people, years or venues speak against it."""
    mine, theirs = record_of(one), record_of(other)
    return _shared_people(mine.people, theirs.people) != 0.0 and _years_agree(mine, theirs)


def _dated_likeness(one: Record, other: Record) -> float:
    # a call comes again each year in the same words, and a divisional patent repeats its parent's: the day decides
    if not set(one.days) & set(other.days) or (one.kind == "patent" and not _shared_people(one.people, other.people)):
        return 0.0
    same_title = _compare_titles(one.title, other.title) == 1.0
    shared = _shared_text(one.text, other.text)
    if same_title and one.kind == "call":
        return 1.0 if shared is None or shared >= _OTHER_TEXT else 0.0
    return float(shared is not None and shared >= _SAME_TEXT)


def _title_likeness(one: Record, other: Record, people: float | None) -> float:
    title = _compare_titles(one.title, other.title)
    shared = _shared_text(one.text, other.text)
    if title == 1.0:
        return title
    if shared is not None and shared >= _SAME_TEXT:
        return 0.9 if people is not None or title else 0.0
    if title and people == 1.0 and one.year == other.year and (shared is None or shared >= _OTHER_TEXT):
        return title
    return 0.0


def _stands_alone(one: Record, other: Record, title: float) -> bool:
    """Without names on one side: only a long title, the same word by word, of one year or an unknown one."""
    years_differ = one.year is not None and other.year is not None and one.year != other.year
    return title == 1.0 and len(plain(one.title)) >= _LONG_TITLE and not years_differ


def _years_agree(one: Record, other: Record) -> bool:
    """A year apart is two printings; with one venue it may be a preprint. Journal and conference are two papers."""
    if {_venue_kind(one.venue), _venue_kind(other.venue)} == {"serial", "meeting"}:
        return False
    if one.year is None or other.year is None or one.year == other.year:
        return True
    apart = abs(one.year - other.year)
    if one.venue and other.venue:
        return apart == 1 and _venue_likeness(one.venue, other.venue) >= 0.5 and _is_long(one) and _is_long(other)
    return apart <= _PREPRINT_YEARS and _is_long(one) and _is_long(other)


def _is_long(record: Record) -> bool:
    return len(plain(record.title)) >= _LONG_TITLE


def _compare_titles(one: str, other: str) -> float:
    """1: the same but for typing, 0.8: one has a subtitle or bracket more, 0: different."""
    mine, theirs = plain(one), plain(other)
    if mine == theirs or mine.replace(" ", "") == theirs.replace(" ", ""):
        return 1.0 if mine else 0.0
    if not _same_words(mine, theirs):
        return 0.8 if _is_head(one, theirs) or _is_head(other, mine) else 0.0
    return 1.0


def _is_head(longer: str, shorter: str) -> bool:
    """Whether `longer` goes on after `shorter` where a subtitle or a bracket begins."""
    if len(shorter.split()) < 3:
        return False
    heads = (plain(longer[: gap.start()]) for gap in _SUBTITLE.finditer(longer))
    return any(head == shorter or _same_words(head, shorter) for head in heads)


def _same_words(one: str, other: str) -> bool:
    mine, theirs = _telling(one), _telling(other)
    only_mine, only_theirs = (sorted((a - b).elements()) for a, b in ((mine, theirs), (theirs, mine)))
    if not mine & theirs or any(_NUMERAL.fullmatch(w) for w in (*only_mine, *only_theirs)):
        return False
    if "".join(only_mine) == "".join(only_theirs):
        return True
    if len(only_mine) != len(only_theirs):
        return False
    return all(any(_is_typo(word, meant) for meant in only_theirs) for word in only_mine)


def _telling(title: str) -> "Counter[str]":
    return Counter(word for word in title.split() if word not in _FILLING)


def _is_typo(one: str, other: str) -> bool:
    """One letter wrong, missing, doubled or swapped, never the first (symmetric/asymmetric), in four or more."""
    if min(len(one), len(other)) < 4 or one[0] != other[0] or abs(len(one) - len(other)) > 1:
        return False
    head = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, tail = one[head:], other[head:]
    if len(one) == len(other):
        return rest[1:] == tail[1:] or (rest[1::-1] == tail[:2] and rest[2:] == tail[2:])
    longer, shorter = (rest, tail) if len(rest) > len(tail) else (tail, rest)
    return longer[1:] == shorter


def _shared_people(one: Sequence[str], other: Sequence[str]) -> float | None:
    """Share of the shorter list's people found in the other, 0 below a half; None where a list is empty."""
    mine, theirs = _names(tuple(one)), _names(tuple(other))
    if not mine or not theirs:
        return None
    few, many = (mine, theirs) if len(mine) <= len(theirs) else (theirs, mine)
    words = frozenset().union(*many)
    found = sum(any(_is_named(word, words) for word in person) for person in few) / len(few)
    return found if found >= 0.5 else 0.0


@lru_cache(maxsize=100_000)
def _names(people: tuple[str, ...]) -> tuple[frozenset[str], ...]:
    """The words of each person's name but initials; a name all of initials keeps its longest."""
    split = [_WORD.findall(folded(name)) for name in people]
    return tuple(frozenset([w for w in words if len(w) > 2] or [max(words, key=len)]) for words in split if words)


def _is_named(word: str, words: Iterable[str]) -> bool:
    return word in words or any(_is_typo(word, other) for other in words)


def _venue_kind(venue: str) -> str:
    words = set(plain(venue).split())
    if words & _SERIAL:
        return "serial"
    return "meeting" if words & _MEETING else ""


def _venue_likeness(one: str, other: str) -> float:
    """Share of the shorter name's telling words that begin a word of the other (ISO 4 cuts words); 0.5 if unknown."""
    mine, theirs = sorted((set(_telling(plain(one))), set(_telling(plain(other)))), key=len)
    if not mine:
        return 0.5
    return sum(any(a.startswith(b) or b.startswith(a) for b in theirs) for a in mine) / len(mine)


def _shared_text(one: str, other: str) -> float | None:
    """Share of the shorter text's word triples that the longer has; None where a text is too short to tell."""
    if min(len(one), len(other)) < SHORTEST_TEXT:
        return None
    mine, theirs = sorted((_triples(one), _triples(other)), key=len)
    return len(mine & theirs) / len(mine) if mine else None


def _triples(text: str) -> set[tuple[str, str, str]]:
    words = plain(text[:4000]).split()
    return set(zip(words, words[1:], words[2:], strict=False))


def head_of(title: str) -> str:
    """The title up to where its first subtitle or bracket begins."""
    gap = _SUBTITLE.search(title)
    return title[: gap.start()] if gap else title


def plain(text: str) -> str:
    """Letters and digits only, case and accents folded, one blank between words."""
    return " ".join(_WORD.findall(folded(text)))


def folded(text: str) -> str:
    """Case and accents folded; a string of ASCII stays cheap."""
    if text.isascii():
        return text.lower()
    letters = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in letters if not unicodedata.combining(c))
