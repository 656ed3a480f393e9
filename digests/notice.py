"""Short mails of the house to its brokers: one paragraph each, in both forms."""

from html import escape
from typing import Literal

from digests.headers import one_line
from digests.render import Rendered

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


def notice(kind: Literal["reminder", "overdue"], *, company: str, key: str, week: int) -> Rendered:
    """The words of a notice about one company's draft. company: its name; key: its short name on the command line."""
    subject, body = (words.format(company=one_line(company), key=key, week=week) for words in _WORDS[kind])
    head = f'<html lang="en"><head><title>{escape(subject)}</title></head>'
    html = f"<!doctype html>{head}<body><p>{escape(body)}</p></body></html>"
    return Rendered(language="en", subject=subject, preheader=subject, html=html, text=f"{body}\n")
