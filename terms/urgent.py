"""A call that closes before a company's next digest (P57)."""

from typing import Literal

from pydantic import AwareDatetime

from terms.base import Term


class Closing(Term):
    """standing: flagged (nobody decided on it yet), digest (this week's own digest tells it, once approved), or urgent
    (only an extra mail tells it in time). closes_at: its next deadline.
    """

    company_key: str
    company_name: str
    ref: str
    title: str
    closes_at: AwareDatetime
    standing: Literal["flagged", "digest", "urgent"]
