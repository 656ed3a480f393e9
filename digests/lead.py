"""What to do first, by when and with whom, and every deadline on one scale (P50): the ten seconds of the mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from digests.headers import one_line, shortened
from digests.links import safe_link
from digests.wording import Wording
from terms.company import Company
from terms.digest import Digest, Suggestion

_TITLE, _NAME = 110, 80
_LEAST = 2  # per cent of the scale that a part of a bar has at least, so that it can be seen
_MOST_BARS = 8


@dataclass(frozen=True)
class Lead:
    """The first thing to do. when, who: empty where the mail is about a partner alone. href: of the call, if safe."""

    what: str
    href: str | None
    when: str
    who: str


@dataclass(frozen=True)
class Bar:
    """One deadline on the scale. parts: per cent to decide, to apply, and beyond; they add up to 100."""

    title: str
    decide: str
    deadline: str
    is_urgent: bool
    parts: tuple[int, int, int]


@dataclass(frozen=True)
class Scale:
    """Deadlines of a mail, earliest day to decide first. end: the day on which the scale ends."""

    bars: tuple[Bar, ...]
    end: str


def is_pressing(one: Suggestion, today: date) -> bool:
    """Whether the day to decide is past or comes before the next weekly mail."""
    return one.decide_on is not None and one.decide_on < today + timedelta(weeks=1)


def lead_of(digest: Digest, company: Company, wording: Wording) -> Lead | None:
    """What presses most, else the first suggestion of the mail; None where there is none."""
    texts = wording.texts
    pressing = sorted(
        (one for one in _of(digest, "project") if is_pressing(one, wording.today)),
        key=lambda one: (one.decide_on or wording.today, one.call.title if one.call else ""),
    )
    for one in (*pressing[:1], *_of(digest, "project"), *_of(digest, "partner")):
        if one.call:
            who = wording.listed([_short(p.name, _NAME) for p in one.participants])
            nobody = texts.nobody_yet.format(broker=_short(company.engagement.broker, _NAME))
            title = f"{texts.apply} {_short(one.call.title, _TITLE)}"
            return Lead(title, safe_link(one.call.url), when(one, wording), who or nobody)
        return Lead(f"{texts.talk_to} {_short(one.partner or '', _NAME)}", None, "", "")
    return None


def when(one: Suggestion, wording: Wording) -> str:
    """Such as `decide by 24 February, deadline 17 March (114 days left)`."""
    at, texts = one.call.deadline_at if one.call else None, wording.texts
    if at is None:
        return f"{texts.deadline}: {texts.no_deadline}"
    told = f"{texts.deadline_on.format(day=wording.short_day(at))} ({wording.left(at)})"
    said = f"{decide(one, wording)}, {told}" if one.decide_on else told
    return said[:1].upper() + said[1:]


def decide(one: Suggestion, wording: Wording) -> str:
    """Such as `decide by 24 February`; `decide now` where the lead time has begun."""
    if one.decide_on is None:
        return ""
    texts = wording.texts
    is_now = one.decide_on <= wording.today
    return texts.decide_now if is_now else texts.decide_by.format(day=wording.short_date(one.decide_on))


def scale_of(digest: Digest, wording: Wording) -> Scale | None:
    """Each project with a deadline as a bar from today; None where there is none. At most eight, the earliest."""
    dated = [
        (s, wording.local_day(s.call.deadline_at)) for s in _of(digest, "project") if s.call and s.call.deadline_at
    ]
    if not dated:
        return None
    end = max(day for _, day in dated)
    dated.sort(key=lambda pair: (pair[0].decide_on or pair[1], pair[1]))
    return Scale(tuple(_bar(s, day, end, wording) for s, day in dated[:_MOST_BARS]), wording.short_date(end))


def _bar(one: Suggestion, day: date, end: date, wording: Wording) -> Bar:
    assert one.call is not None
    assert one.call.deadline_at is not None
    whole = max(1, (end - wording.today).days)
    to_decide, left = (max(0, (until - wording.today).days) for until in (one.decide_on or day, day))
    return Bar(
        title=_short(one.call.title, _TITLE),
        decide=decide(one, wording),
        deadline=wording.texts.deadline_on.format(day=wording.short_day(one.call.deadline_at)),
        is_urgent=wording.is_urgent(one.call.deadline_at),
        parts=_parts(to_decide, left, whole),
    )


def _parts(decide: int, deadline: int, whole: int) -> tuple[int, int, int]:
    """Days to per cent; what is there has at least a sliver, what is not has none."""
    to_decide = max(_LEAST, round(100 * decide / whole)) if decide else 0
    to_apply = max(_LEAST, round(100 * deadline / whole) - to_decide)
    to_decide = min(to_decide, 100 - to_apply)
    return to_decide, to_apply, 100 - to_decide - to_apply


def _of(digest: Digest, kind: str) -> Sequence[Suggestion]:
    return [one for one in digest.suggestions if one.kind == kind]


def _short(text: str, most: int) -> str:
    return shortened(one_line(text), most)
