"""What a company was told as a feed: Atom (RFC 4287) or JSON Feed 1.1, in the company's language (P58)."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from feedgen.feed import FeedGenerator  # type: ignore[import-untyped]  # it ships no types

from digests.headers import one_line, shortened
from digests.links import safe_link
from digests.texts import texts_for
from digests.wording import Wording, wording_for
from terms.company import Company
from terms.digest import Line

_TITLE = 300
_NEVER = datetime(2026, 1, 1, tzinfo=UTC)


class Entry(NamedTuple):
    """A line and when its digest was approved or composed (aware)."""

    line: Line
    told_at: datetime


def write_atom(company: Company, entries: Sequence[Entry], domain: str) -> bytes:
    """Newest first; the same entries give the same bytes. domain: of the ids, which never change."""
    made = FeedGenerator()
    made.id(_feed_id(company, domain))
    made.title(_feed_title(company))
    made.author(name="Varde")
    made.language(texts_for(company.languages[0]).tag)
    made.updated(max((entry.told_at for entry in entries), default=_NEVER))
    for entry in entries:
        line, written = entry.line, made.add_entry(order="append")
        written.id(_id(company, line, domain))
        written.title(_title(line))
        written.updated(entry.told_at)
        written.summary(_summary(line, _wording(company, entry)))
        if address := safe_link(line.url):
            written.link(href=address)
    return bytes(made.atom_str(pretty=True))


def write_json(company: Company, entries: Sequence[Entry], domain: str) -> bytes:
    """The same as JSON Feed 1.1."""
    shown = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _feed_title(company),
        "language": texts_for(company.languages[0]).tag,
        "items": [_item(company, entry, domain) for entry in entries],
    }
    return json.dumps(shown, ensure_ascii=False, indent=1).encode()


def _item(company: Company, entry: Entry, domain: str) -> dict[str, str]:
    address = safe_link(entry.line.url)
    return {
        "id": _id(company, entry.line, domain),
        "title": _title(entry.line),
        "content_text": _summary(entry.line, _wording(company, entry)),
        "date_published": entry.told_at.isoformat(),
        **({"url": address} if address else {}),
    }


def _wording(company: Company, entry: Entry) -> Wording:
    return wording_for(texts_for(company.languages[0]), company.timezone, entry.told_at)


def _summary(line: Line, wording: Wording) -> str:
    """What kind, from where, until when; nothing that was drawn from a need (P04)."""
    texts = wording.texts
    deadline = f"{texts.deadline}: {wording.moment(line.deadline_at)}" if line.deadline_at else ""
    return " · ".join(filter(None, (texts.kinds[line.kind], one_line(line.source_title), deadline, f"[{line.ref}]")))


def _title(line: Line) -> str:
    return shortened(one_line(line.title), _TITLE)


def _feed_title(company: Company) -> str:
    return f"Varde · {shortened(one_line(company.name), _TITLE)}"


def _feed_id(company: Company, domain: str) -> str:
    return f"tag:{domain},2026:{company.id}"


def _id(company: Company, line: Line, domain: str) -> str:
    return f"{_feed_id(company, domain)}/{one_line(line.ref)}"
