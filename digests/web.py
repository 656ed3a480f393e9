"""Whether the base of our links answers, and what time it is there."""

from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

import httpx

_SECONDS = 10.0


class Seen(NamedTuple):
    """A web server's answer. at: its Date header, aware; None where it has none."""

    status: int
    at: datetime | None


def visit(url: str) -> Seen:
    """Ask one address, following nothing. Raises OSError where nobody answers."""
    try:
        answer = httpx.get(url, timeout=_SECONDS, follow_redirects=False)
    except httpx.HTTPError as trouble:
        raise OSError(f"{url} does not answer: {type(trouble).__name__}") from None
    try:
        return Seen(answer.status_code, parsedate_to_datetime(answer.headers["date"]))
    except (KeyError, ValueError):
        return Seen(answer.status_code, None)
