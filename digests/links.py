"""Which addresses may become a link (RELIABILITY A-11, F-02), and the links of one mail to its own reader (P54)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from terms.answer import AnswerVerb

_FORBIDDEN = re.compile(r"[\s\x00-\x20\x7f-\xa0\\<>\"'`{}|^]")
_HOST = re.compile(r"[^\W_](?:[\w.-]{0,251}[^\W_])?\.?|\[[0-9a-fA-F:.]+\]")
LONGEST = 2000


@dataclass(frozen=True)
class MailLinks:
    """Addresses that only this reader got, each signed and revocable. answers: ref -> page of that line.

    Following one changes nothing: it shows a page, and the page has a button.
    """

    stop: str
    settings: str
    calendar: str
    answers: Mapping[str, str] = field(default_factory=dict)

    def answer(self, ref: str, verb: AnswerVerb) -> str | None:
        """The page of a line with one answer chosen; None for a line that is not in this mail."""
        page = self.answers.get(ref)
        return f"{page}?say={verb.replace(' ', '-')}" if page else None


def safe_link(url: str) -> str | None:
    """The address if it is absolute http or https with a host and nothing that parsers disagree about, else None."""
    if len(url) > LONGEST or _FORBIDDEN.search(url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.netloc if parts.port is None else parts.netloc.rpartition(":")[0]
    except ValueError:
        return None
    is_web = parts.scheme in ("http", "https") and url[: len(parts.scheme) + 3].lower() == f"{parts.scheme}://"
    return url if is_web and _HOST.fullmatch(host) else None
