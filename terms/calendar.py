"""A deadline in a company's calendar (P56)."""

from datetime import date

from pydantic import AwareDatetime

from terms.base import Term


class Event(Term):
    """One call that a digest told. sequence: rises by one with each change that a reader sees (RFC 5545 3.8.7.4)."""

    uid: str
    company_key: str
    cluster_key: str
    ref: str
    title: str
    url: str
    deadline_at: AwareDatetime
    decide_on: date
    sequence: int = 0
    is_cancelled: bool = False
    changed_at: AwareDatetime
