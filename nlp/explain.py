"""Why a match was made: the words and codes that counted most, and the sentences they stand in, verbatim (P21)."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from nlp.rules import Fired
from nlp.text import sentences, words
from terms.match import Document, Passage, Reasons

MOST_TERMS, MOST_PASSAGES, LONGEST_PASSAGE = 8, 3, 300
_WORTH = 0.2  # guess: a further passage must add this share of the first one's weight
Field = Literal["title", "text"]


class Spot(NamedTuple):
    """A word of the item that counted: where it stands, which need word it answers, how much it counted."""

    start: int
    end: int
    surface: str
    name: str | int
    weight: float


class Stretch(NamedTuple):
    """A sentence or a part of one, and the need words in it."""

    field: Field
    start: int
    end: int
    spots: Sequence[Spot]

    def adds(self, told: Collection[str | int]) -> float:
        """The weight of what this stretch says and the others did not."""
        return sum({spot.name: spot.weight for spot in self.spots if spot.name not in told}.values())


def explain(
    document: Document,
    language: str,
    weights: Mapping[str, float],
    codes: Sequence[tuple[str, float]],
    rule: Fired | None,
) -> Reasons | None:
    """Reasons from the stems' contributions and the agreeing codes; None where nothing can be shown for the match.

    weights: contribution of each stem found in the item; codes: the item's codes with theirs.
    """
    title, text = (_spots(field, language, weights) for field in (document.title, document.text))
    return told(document, language, title, text, codes, rule)


def told(
    document: Document,
    language: str,
    title: Sequence[Spot],
    text: Sequence[Spot],
    codes: Sequence[tuple[str, float]],
    rule: Fired | None,
) -> Reasons | None:
    """The same where the spots of both fields are known, each field's in order."""
    if rule is not None:
        shown = document.title if rule.field == "title" else document.text
        strongest = max((spot.weight for spot in (*title, *text)), default=0.0) + 1.0
        ruled = [Spot(rule.start, rule.end, shown[rule.start : rule.end], str(rule), strongest)]
        title, text = ([*title, *ruled], text) if rule.field == "title" else (title, [*text, *ruled])
    heads = _stretches("title", document.title, language, title)
    stretches = _stretches("text", document.text, language, text)
    terms = _terms((*heads, *stretches), codes)
    if not terms:
        return None
    passages = _passages(stretches, document) or _passages(heads, document) or _opening(document)
    return Reasons(terms=terms, passages=passages, rule=str(rule) if rule else None) if passages else None


def _terms(stretches: Iterable[Stretch], codes: Sequence[tuple[str, float]]) -> tuple[str, ...]:
    """Words as first written in the item, and codes; strongest first."""
    first, weight = dict[str | int, str](), dict[str | int, float]()
    for stretch in stretches:
        for spot in stretch.spots:
            first.setdefault(spot.name, spot.surface)
            weight[spot.name] = max(weight.get(spot.name, 0.0), spot.weight)
    ranked = [*((-much, first[name]) for name, much in weight.items()), *((-much, code) for code, much in codes)]
    return tuple(dict.fromkeys(word for _, word in sorted(ranked)))[:MOST_TERMS]


def _spots(text: str, language: str, weights: Mapping[str, float]) -> list[Spot]:
    return [
        Spot(word.start, word.end, word.surface, word.stem, weights[word.stem])
        for word in words(text, language)
        if word.stem in weights
    ]


@lru_cache(maxsize=4096)
def _bounds(text: str, language: str) -> tuple[Sequence[int], Sequence[int]]:
    """Where the sentences begin and end; kept, as several needs keep the same item."""
    found = list(sentences(text, language))
    return [start for start, _ in found], [end for _, end in found]


def _stretches(field: Field, text: str, language: str, spots: Sequence[Spot]) -> list[Stretch]:
    """The field's sentences that hold spots; those too long for a passage are cut around their spots."""
    starts, ends = _bounds(text, language) if spots else ((), ())
    held = dict[int, list[Spot]]()
    for spot in spots:
        place = bisect_left(ends, spot.end)
        if place < len(ends) and starts[place] <= spot.start:
            held.setdefault(place, []).append(spot)
    return [_stretch(field, text, starts[place], ends[place], held[place]) for place in sorted(held)]


def _stretch(field: Field, text: str, start: int, end: int, inside: Sequence[Spot]) -> Stretch:
    start, end = trimmed(text, start, end)
    if end - start > LONGEST_PASSAGE:
        start, end = max(
            (_window(text, start, end, spot.start) for spot in inside),
            key=lambda w: (sum(s.weight for s in inside if w[0] <= s.start and s.end <= w[1]), -w[0]),
        )
        inside = [s for s in inside if start <= s.start and s.end <= end]
    return Stretch(field, start, end, inside)


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without blanks at its ends."""
    inner = text[start:end]
    return start + len(inner) - len(inner.lstrip()), end - (
        len(inner) - len(inner.rstrip())
    ) if inner.strip() else start


def _window(text: str, start: int, end: int, about: int) -> tuple[int, int]:
    """At most LONGEST_PASSAGE characters that begin a little before `about`, cut between words."""
    begin = max(start, min(about - LONGEST_PASSAGE // 4, end - LONGEST_PASSAGE))
    while start < begin < about and not text[begin - 1].isspace():
        begin += 1
    stop = min(end, begin + LONGEST_PASSAGE)
    cut = next((p for p in range(stop, begin + LONGEST_PASSAGE // 2, -1) if p == end or text[p].isspace()), stop)
    return trimmed(text, begin, cut)


def _passages(stretches: Sequence[Stretch], document: Document) -> tuple[Passage, ...]:
    """Up to three stretches, each the one that adds most to those before it."""
    chosen, said = list[Stretch](), set[str | int]()
    for _ in range(MOST_PASSAGES):
        best = max(stretches, key=lambda s: (s.adds(said), -s.start), default=None)
        if best is None or best.adds(said) <= (_WORTH * chosen[0].adds(()) if chosen else 0.0):
            break
        chosen.append(best)
        said |= {spot.name for spot in best.spots}
    return tuple(_passage(s.field, s.start, s.end, document) for s in chosen)


def _opening(document: Document) -> tuple[Passage, ...]:
    """The title, or the beginning of the text, for matches made by codes alone."""
    for field, text in (("title", document.title), ("text", document.text)):
        start, end = trimmed(text, 0, len(text))
        if start < end:
            start, end = _window(text, start, end, start) if end - start > LONGEST_PASSAGE else (start, end)
            return (_passage("title" if field == "title" else "text", start, end, document),)
    return ()


def _passage(field: Field, start: int, end: int, document: Document) -> Passage:
    text = document.title if field == "title" else document.text
    return Passage(field=field, start=start, end=end, text=text[start:end])
