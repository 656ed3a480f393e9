"""What was fetched, and what one crawl of one source brought back."""

from typing import Literal

from pydantic import AwareDatetime

from terms.base import Term
from terms.incident import Incident


class Capture(Term):
    """The bytes as fetched, kept before anyone parses. path: relative to the captures folder."""

    source: str
    sha256: str
    url: str
    method: str = "GET"
    request_body_sha256: str | None = None
    status: int
    fetched_at: AwareDatetime
    headers: dict[str, str] = {}
    path: str


class Haul(Term):
    """What one crawl of one source brought back; the items lie beside it in `items.jsonl`.

    state: complete (everything was read), partial (some pages failed; the cursor stays), failed (nothing useful).
    counts: pages, captures, parsed, skipped, unchanged … by name. cursor: where the next crawl may start.
    """

    source: str
    run_key: str
    state: Literal["complete", "partial", "failed"]
    started_at: AwareDatetime
    finished_at: AwareDatetime
    counts: dict[str, int]
    incidents: tuple[Incident, ...] = ()
    cursor: str | None = None
