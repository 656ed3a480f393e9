"""Need of one company, competence of another: what is told of it to whom, and who consented (P43, P66)."""

from typing import Literal

from pydantic import AwareDatetime

from terms.base import Term

Stage = Literal["broker", "profiles", "names"]
StepVerb = Literal["profiles shown", "consent given", "consent revoked", "names shown"]
Side = Literal["need", "competence"]


class Pair(Term):
    """An open need and a competence of another company, for the broker who serves both.

    fit: 0..1, how much of the competence is asked for; because: the words that both share. text_version: which texts a
    consent was given on; other texts are another matter.
    """

    pair_key: str
    need_key: str
    need_title: str
    seeker_key: str
    seeker_name: str
    owner_key: str
    owner_name: str
    competence: str
    fit: float
    because: tuple[str, ...]
    text_version: str


class Profile(Term):
    """What a company may know of the other one before both consent: never a name, never a text.

    side: what the other one brings. sector: a section of NACE, None where unknown. topics: words of the reader's own
    text that the other's text shares.
    """

    pair_key: str
    side: Side
    sector: str | None
    size: str
    country: str
    topics: tuple[str, ...]


class Revealed(Term):
    """What a company is told of the other one once both consent. words: the need's title, or the competence."""

    pair_key: str
    side: Side
    name: str
    country: str
    words: str
    broker: str
    broker_address: str


class Disclosure(Term):
    """One step on the way from broker to names; append-only.

    company_key: whose consent, or who was shown; said_by: the person of the company who consented or took it back.
    who: the broker who put it on record.
    """

    pair_key: str
    verb: StepVerb
    company_key: str
    text_version: str
    said_by: str = ""
    who: str
    at: AwareDatetime
