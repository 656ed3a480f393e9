"""Trouble for operators and brokers: where, what, how bad."""

from typing import Literal

from terms.base import Term


class Incident(Term):
    """One kind of trouble in one place. message is constant text; what differs from case to case is in facts.

    where: a source's name (`source:arxiv`) or a room (`digests`).
    warning: somebody should act this week. error: today.
    """

    where: str
    level: Literal["warning", "error"] = "warning"
    message: str
    facts: dict[str, str] = {}
