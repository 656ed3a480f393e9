"""Who takes care of an incident, and how far they are (P36)."""

from typing import Literal

from pydantic import AwareDatetime

from terms.base import Term

CareState = Literal["open", "in hand", "settled"]


class Care(Term):
    """One step; append-only, the last one stands. owner_key: of the person who acts, "" for nobody yet.

    What is settled and seen again later is open again: nothing is settled for good.
    """

    incident_key: str
    state: CareState
    owner_key: str = ""
    note: str = ""
    who: str
    at: AwareDatetime
