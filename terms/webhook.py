"""A company's own address that digests are posted to, signed; and one post on its way (deliver 8, P58)."""

from typing import Literal

from pydantic import AwareDatetime

from terms.base import Term
from terms.mail import OutboxState

WebhookState = Literal["active", "suspended", "revoked"]


class Webhook(Term):
    """generation: raised with every new secret. rotated_at: since when; the one before holds a little longer.

    suspended: the receiver answered 410, or took none of several digests in a row; a person starts it again.
    """

    company_key: str
    url: str
    state: WebhookState = "active"
    generation: int = 1
    rotated_at: AwareDatetime | None = None
    failures: int = 0


class Post(Term):
    """One digest for one webhook. post_key: its webhook-id, the same at every try. body: JSON, frozen when approved.

    unknown: no answer came, so that the receiver may have it; it is posted again under the same post_key.
    """

    post_key: str
    company_key: str
    digest_key: str
    body: bytes
    state: OutboxState = "pending"
    attempts: int = 0
    next_at: AwareDatetime
    detail: str = ""


class Answered(Term):
    """What a receiver said. gone: 410, it wants no more. unknown: it may have the post, and did not say so."""

    state: Literal["sent", "refused", "gone", "temporary", "unknown"]
    detail: str
