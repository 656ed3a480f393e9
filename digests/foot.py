"""The sentences around the items: subject, heading, and the foot that says what was examined and what was not."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from digests.headers import checked_address, one_line, shortened
from digests.links import safe_link
from digests.wording import Wording, week_number
from terms.company import Company
from terms.digest import Digest
from terms.errors import SettingMissing

_NAME = 120


@dataclass(frozen=True)
class Foot:
    """notes: sentences, each a paragraph; closing: those that end the letter, of who chose and who is to be asked.

    stop_page: https or http address; stop_mail: address with its mailto link.

    calendar: address of the company's deadlines as a calendar, or empty.
    """

    notes: tuple[str, ...]
    closing: tuple[str, ...]
    stop_page: str
    stop_mail: str
    stop_mailto: str
    calendar: str = ""


def summary(digest: Digest, wording: Wording) -> str:
    """Such as `2 projects, 1 partner and 3 items to read`."""
    projects = sum(s.kind == "project" for s in digest.suggestions)
    counts = (
        (wording.texts.projects, projects),
        (wording.texts.partners, len(digest.suggestions) - projects),
        (wording.texts.readings, len(digest.evidence)),
        (wording.texts.changed, len(digest.changes)),
    )
    return wording.listed([wording.count(pair, number) for pair, number in counts if number])


def subject(digest: Digest, wording: Wording) -> str:
    """What waits and until when; only our own words, so that no title can speak in the header."""
    said = _usual_subject(digest, wording)
    return wording.texts.subject_urgent.format(subject=said) if digest.is_urgent else said


def _usual_subject(digest: Digest, wording: Wording) -> str:
    texts, said, week = wording.texts, summary(digest, wording), week_number(digest.iso_week)
    if not said:
        return texts.subject_quiet.format(week=week)
    deadlines = [s.call.deadline_at for s in digest.suggestions if s.call and s.call.deadline_at]
    if not deadlines:
        return texts.subject.format(week=week, summary=said)
    return texts.subject_deadline.format(week=week, summary=said, day=wording.short_day(min(deadlines)))


def foot_of(
    digest: Digest,
    company: Company,
    wording: Wording,
    *,
    stop_address: str | None,
    public_url: str | None,
    calendar: str = "",
) -> Foot:
    """The foot of the mail. Raises SettingMissing or MailRefused where an address of ours is unusable."""
    if public_url is not None and safe_link(public_url) is None:
        raise SettingMissing(f"The public address {public_url!r} is no absolute http(s) address; mend the setting")
    stop = checked_address(stop_address) if stop_address else ""
    return Foot(
        notes=(*_watched(digest, wording), *_codes(digest, wording)),
        closing=tuple(_people(company, wording)),
        stop_page=public_url or "",
        stop_mail=stop,
        stop_mailto=f"mailto:{quote(stop, safe='@')}?subject={quote(f'stop {company.id}')}" if stop else "",
        calendar=calendar,
    )


def _watched(digest: Digest, wording: Wording) -> Iterator[str]:
    """What was examined, which sources were down, how many items wait."""
    texts, total = wording.texts, sum(digest.examined.values())
    if digest.examined:
        yield wording.count(texts.examined, total, new=wording.number(digest.new))
        by_source = ", ".join(f"{_short(name)} {wording.number(n)}" for name, n in digest.examined.items())
        yield texts.examined_by.format(sources=by_source)
    else:
        yield texts.nothing_examined
    if digest.degraded:
        yield texts.degraded.format(sources=", ".join(map(_short, digest.degraded)))
    if digest.held_back:
        yield wording.count(texts.held_back, digest.held_back)


def _people(company: Company, wording: Wording) -> Iterator[str]:
    """Who chose, and who to ask."""
    texts, engagement = wording.texts, company.engagement
    yield texts.broker.format(company=_short(company.name), broker=_short(engagement.broker))
    if engagement.mentors:
        names = [_short(name) for name in engagement.mentors]
        yield wording.count(texts.mentors, len(names), names=wording.listed(names))
    yield texts.answer.format(broker=_short(engagement.broker))


def _codes(digest: Digest, wording: Wording) -> Iterator[str]:
    """What the codes are for."""
    if digest.lines:
        yield wording.texts.refs.format(ref=_short(digest.lines[0].ref))


def _short(name: str) -> str:
    return shortened(one_line(name), _NAME)
