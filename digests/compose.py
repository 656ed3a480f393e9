"""From suggestions and single accepted items to one company's digest of one ISO week (P50, P53, P57)."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

from digests.lead import is_pressing
from terms.company import Company
from terms.digest import Change, Digest, Line, Suggestion

MOST_LINES = 12
_LEAST_OF_PARTNER = 2  # one piece of evidence does not make a partner
_FAR = datetime.max.replace(tzinfo=UTC)


def compose(
    company: Company,
    suggestions: Sequence[Suggestion],
    leftover: Sequence[Line],
    *,
    now: datetime,
    iso_week: str,
    language: str,
    cap: int = MOST_LINES,
    examined: dict[str, int],
    new: int,
    degraded: Sequence[str],
    changes: Sequence[Change] = (),
) -> Digest:
    """Projects, partners, then evidence, at most `cap` lines; `held_back` counts the rest.

    Suggestions and leftover come by priority of their need, and keep that order where nothing else decides. A project
    may come with less of its evidence and a partner with no less than two pieces; what does not fit waits whole.
    Calls whose deadline is past at `now` are left out, and not held back: they cannot come again (P24).
    Raises ValueError where `cap` is below 1.
    """
    if cap < 1:
        raise ValueError(f"a digest of {cap} lines cannot be composed; the cap is 1 or more")
    offered = tuple(s for s in suggestions if s.call is None or _is_ahead(s.call, now))
    single = _not_suggested(leftover, suggestions, offered, now)
    chosen = tuple(_fitting(_in_order(offered, now), cap))
    room = cap - sum(_size(s) for s in chosen)
    digest = Digest(
        company_key=company.id,
        iso_week=iso_week,
        language=language,
        suggestions=chosen,
        evidence=single[:room],
        examined=examined,
        new=new,
        degraded=tuple(degraded),
        changes=tuple(changes),
    )
    told = {line.ref for line in digest.lines}
    known = {line.ref for line in (*(line for s in offered for line in _lines(s)), *single)}
    return digest.model_copy(update={"held_back": len(known - told)})


def is_quiet(digest: Digest) -> bool:
    """Whether there is nothing to tell: no mail, or one honest paragraph, as the company chose (P57)."""
    return not digest.suggestions and not digest.evidence and not digest.changes


def _in_order(suggestions: Sequence[Suggestion], now: datetime) -> list[Suggestion]:
    """Projects before partners; first what must be decided before the next weekly mail, then by worth and deadline."""
    return sorted(
        suggestions,
        key=lambda s: (
            s.kind == "partner",
            *_urgency(s, now.date()),
            -(s.worth or 0),
            (s.call and s.call.deadline_at) or _FAR,
        ),
    )


def _urgency(suggestion: Suggestion, today: date) -> tuple[bool, date]:
    """What must be decided this week comes first, the earliest on top; what can wait is all alike."""
    return (False, suggestion.decide_on or today) if is_pressing(suggestion, today) else (True, today)


def _fitting(suggestions: Sequence[Suggestion], room: int) -> Iterator[Suggestion]:
    """The suggestions that fit, each with as much of its evidence as there is room for."""
    for suggestion in suggestions:
        if room >= _least(suggestion) > 0:
            fitting = _with_room(suggestion, room)
            room -= _size(fitting)
            yield fitting


def _least(suggestion: Suggestion) -> int:
    """Fewest lines that still say what the suggestion says."""
    return 1 if suggestion.call else min(_LEAST_OF_PARTNER, len(suggestion.evidence))


def _with_room(suggestion: Suggestion, room: int) -> Suggestion:
    """The suggestion in at most `room` lines; the call always stays."""
    kept = suggestion.evidence[: room - (1 if suggestion.call else 0)]
    return suggestion.model_copy(update={"evidence": kept})


def _not_suggested(
    leftover: Sequence[Line], suggestions: Sequence[Suggestion], offered: Sequence[Suggestion], now: datetime
) -> tuple[Line, ...]:
    """Single lines: those left over, and the evidence of projects whose call has closed; none that is suggested."""
    suggested = {line.ref for s in offered for line in _lines(s)}
    orphans = (line for s in suggestions if s not in offered for line in s.evidence)
    single = {line.ref: line for line in (*leftover, *orphans) if line.ref not in suggested and _is_ahead(line, now)}
    return tuple(single.values())


def _is_ahead(line: Line, now: datetime) -> bool:
    return line.kind != "call" or line.deadline_at is None or line.deadline_at > now


def _lines(suggestion: Suggestion) -> tuple[Line, ...]:
    return ((suggestion.call,) if suggestion.call else ()) + suggestion.evidence


def _size(suggestion: Suggestion) -> int:
    return len(_lines(suggestion))
