"""A mail on its way: frozen bytes and what became of them (P55)."""

from typing import Literal

from terms.base import Term

OutboxState = Literal["pending", "sending", "sent", "failed", "unknown", "stopped"]


class Outgoing(Term):
    """A mail with a claim on being delivered once. body: RFC 5322 bytes, frozen when it was approved."""

    outbox_key: str
    company_key: str
    iso_week: str
    kind: str = "digest"
    recipient: str
    sender: str
    message_id: str
    body: bytes


class Outcome(Term):
    """What the mail server said. unknown: the connection was lost after the final dot, or may have been (fact 12).

    is_hard: refused because the address itself takes no mail, so that it is not written to again.
    """

    state: Literal["sent", "temporary", "refused", "unknown"]
    detail: str
    is_hard: bool = False
