"""What became of an item: conversation, project idea, application, result (P44)."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime

from terms.base import Term

OutcomeStep = Literal["conversation", "project idea", "application", "result"]
OutcomeVerb = Literal["conversation", "project idea", "application", "result", "undo"]
Ending = Literal["won", "lost", "withdrawn"]
STEPS: tuple[OutcomeStep, ...] = ("conversation", "project idea", "application", "result")


class Outcome(Term):
    """One step of one chain; append-only. ref: of the item for this company, as in queue and digest.

    verb: the step, or undo, which takes the last one of its ref back. ending: of a result. amount_eur: applied for, or
    granted. title: of the item when it was noted.
    """

    ref: str
    company_key: str
    need_key: str
    cluster_key: str
    title: str
    verb: OutcomeVerb
    ending: Ending | None = None
    amount_eur: int | None = None
    happened_on: date
    note: str = ""
    who: str
    noted_at: AwareDatetime
