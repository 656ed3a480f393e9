"""Short mails of the house to its brokers: one paragraph each, in both forms."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Literal

from digests.headers import one_line, shortened
from digests.render import Rendered
from digests.texts import texts_for
from digests.wording import wording_for
from terms.urgent import Closing

_WORDS = {
    "reminder": (
        "A digest waits for your approval: {company}, week {week}",
        "The digest of {company} for week {week} was due and is not approved yet. Nothing is sent before "
        "you approve it. Look at it with `varde digest show {key}` or at the desk, then approve it.",
    ),
    "overdue": (
        "Nobody approved a digest: {company}, week {week}",
        "Nobody approved the digest of {company} for week {week} in time, so nothing was sent. It can still be "
        "approved this week; after that, what it holds stands in the next draft, and nothing is lost.",
    ),
}


_CLOSING = (
    "{n} to decide on now: {company}, before the next digest",
    "These close before the next digest of {company}. Accept or reject what is flagged; approve what waits. "
    "Nothing is sent before you approve it. At the desk: Digests. On the command line: `varde digest urgent --list`.",
)
_STANDING = {
    "flagged": "flagged, nobody has decided on it",
    "digest": "accepted, and this week's digest waits for your approval",
    "urgent": "accepted too late for this week's digest: an extra mail is drafted and waits for your approval",
}


def closing_notice(closing: Sequence[Closing], timezone: str, now: datetime) -> Rendered:
    """What a broker is told of calls that close before one company's next digest; at least one."""
    wording = wording_for(texts_for("en"), timezone, now)
    subject, opening = (words.format(company=one_line(closing[0].company_name), n=len(closing)) for words in _CLOSING)
    said = [
        f"{one.ref}  {shortened(one_line(one.title), 200)}: closes {wording.moment(one.closes_at)}; "
        f"{_STANDING[one.standing]}"
        for one in closing
    ]
    return _rendered(subject, opening, said)


def notice(kind: Literal["reminder", "overdue"], *, company: str, key: str, week: int) -> Rendered:
    """The words of a notice about one company's draft. company: its name; key: its short name on the command line."""
    subject, body = (words.format(company=one_line(company), key=key, week=week) for words in _WORDS[kind])
    return _rendered(subject, body, ())


def _rendered(subject: str, opening: str, lines: Sequence[str]) -> Rendered:
    """One paragraph and a list, in both forms."""
    head = f'<html lang="en"><head><title>{escape(subject)}</title></head>'
    listed = "".join(f"<li>{escape(line)}</li>" for line in lines)
    body = f"<p>{escape(opening)}</p>" + (f"<ul>{listed}</ul>" if listed else "")
    text = "\n\n".join([opening, *(f"- {line}" for line in lines)])
    html = f"<!doctype html>{head}<body>{body}</body></html>"
    return Rendered(language="en", subject=subject, preheader=subject, html=html, text=f"{text}\n")
