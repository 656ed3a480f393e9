"""What a broker said of an opportunity; append-only."""

from typing import Literal

from pydantic import AwareDatetime

from terms.base import Term
from terms.item import Item
from terms.match import Match

Verb = Literal["accept", "later", "reject", "duplicate", "undo"]
RejectReason = Literal["wrong technology", "too late", "not eligible", "known already", "too basic", "other"]


class Decision(Term):
    """One decision on one cluster for one company; undo takes the last one back. until: for later, a date."""

    company_key: str
    need_key: str
    need_version: int
    cluster_key: str
    item_key: str
    verb: Verb
    reason: RejectReason | None = None
    until: str | None = None
    note: str | None = None
    broker: str
    model_version: str
    decided_at: AwareDatetime


class Opportunity(Term):
    """A flagged cluster for one company, in the queue: the match, the item shown, and its members' keys."""

    company_key: str
    match: Match
    item: Item
    member_keys: tuple[str, ...] = ()
    first_seen_at: AwareDatetime
