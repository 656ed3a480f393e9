"""A call that several companies of the network could answer together (P42)."""

from pydantic import AwareDatetime

from terms.base import Term
from terms.consortium import Rule
from terms.gate import Outcome
from terms.item import Status


class Applicant(Term):
    """A served company whose need a call fits. need_key: the need it fits best; gate: never `not eligible`."""

    company_key: str
    name: str
    country: str
    need_key: str
    ref: str
    fit: float
    gate: Outcome


class Joint(Term):
    """One open call with every served company that fits it and passes the gate, best fit first.

    rules: the call's rules on partners, held against these companies. For brokers only.
    """

    cluster_key: str
    item_key: str
    title: str
    url: str
    source: str
    programme: str | None = None
    status: Status
    deadline_at: AwareDatetime | None = None
    applicants: tuple[Applicant, ...]
    rules: tuple[Rule, ...]

    @property
    def is_flagged(self) -> bool:
        """Whether two or more companies could apply together."""
        return len(self.applicants) > 1

    @property
    def lacks(self) -> tuple[str, ...]:
        """What would fill the gap, a phrase each."""
        return tuple(rule.lacks for rule in self.rules if rule.standing == "lacking")
