"""What readers answer and how they want their mail: by signed links, without log-in (P54, P59)."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime

from terms.base import Term

Purpose = Literal["answer", "stop", "settings", "calendar", "feed"]
AnswerVerb = Literal["useful", "known", "not ours", "more"]
Frequency = Literal["weekly", "fortnightly", "monthly", "paused"]
ANSWERS: tuple[AnswerVerb, ...] = ("useful", "known", "not ours", "more")
FREQUENCIES: tuple[Frequency, ...] = ("weekly", "fortnightly", "monthly", "paused")


class Scope(Term):
    """What one link may do, for one reader of one company. generation: raised to revoke every earlier link.

    digest_key, ref: for answers only; elsewhere empty. reader_key is empty for the company's calendar.
    """

    purpose: Purpose
    company_key: str
    reader_key: str = ""
    digest_key: str = ""
    ref: str = ""
    generation: int = 1
    issued_on: date


class Preferences(Term):
    """How one reader of one company wants the mail. language None: as the need map says. stopped_at: unsubscribed."""

    company_key: str
    address: str
    reader_key: str
    frequency: Frequency = "weekly"
    language: str | None = None
    generation: int = 1
    stopped_at: AwareDatetime | None = None

    @property
    def is_wanted(self) -> bool:
        """Whether a mail may be sent to this reader now."""
        return self.stopped_at is None and self.frequency != "paused"


class Answer(Term):
    """What one reader said of one line; append-only, the newest of a reader on a cluster stands."""

    company_key: str
    digest_key: str
    ref: str
    cluster_key: str
    item_key: str
    need_key: str
    reader_key: str
    verb: AnswerVerb
    note: str | None = None
    answered_at: AwareDatetime
