"""What a source asks for and what it gets back; no Scrapy in here, so that parsing is tested without it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from terms.incident import Incident
from terms.source import Focus

NO_KEY = "no-key-in-a-replay"
"""What a source is given for each of its keys where nobody is asked; it needs no quoting in an address."""


@dataclass(frozen=True)
class Ask:
    """One request. label: which of the source's shapes the answer has (`page` unless told).

    is_secret: the answer holds a token, so it is parsed but never written to disk.
    """

    url: str
    method: str = "GET"
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    label: str = "page"
    is_secret: bool = False


@dataclass(frozen=True)
class Page:
    """One answer. capture_sha256: sha256 of body, under which the capture is kept. sent: headers of its Ask."""

    url: str
    body: bytes
    capture_sha256: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    label: str = "page"
    sent: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Plan:
    """What one crawl sets out to do.

    since: the cursor of the last complete crawl. now: aware, UTC.

    keys: the secrets that the source states in `needs_keys`, by setting name.
    """

    now: datetime
    since: str | None = None
    focus: Focus = field(default_factory=Focus)
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)


Note = Callable[[Incident], None]
"""Raise an incident and go on."""
