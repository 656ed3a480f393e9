"""The gate: per criterion eligible, not eligible or unknown, with the sentence it stands on (P23).

Structured fields first, then what sentences of the call state (terms.gate.Statement), then dated tables of programmes;
what none of them states is unknown. The gate never touches fit.
"""

from collections.abc import Sequence
from datetime import datetime

from needs.applicant import beneficiary, country, sector, size
from needs.conditions import budget, consortium, dates, state_aid, trl
from needs.programme import programme_of
from terms.company import Company, Need
from terms.gate import Gate, Statement
from terms.item import Call


def gate(
    call: Call,
    statements: Sequence[Statement],
    company: Company,
    need: Need | None,
    now: datetime,
    aid_eur: int | None = None,
) -> Gate:
    """Every criterion of one call for one company, in the order a broker asks.

    need: whose TRL is meant, or None. now: aware. aid_eur: de minimis aid of the last three years, None where unknown.
    """
    programme = programme_of(call)
    verdicts = (
        country(call, statements, company, programme),
        beneficiary(call, statements, programme),
        size(statements, company),
        sector(statements, company),
        trl(call, statements, need),
        dates(call, now),
        budget(call, statements, company),
        consortium(call, statements, programme),
        state_aid(call, statements, aid_eur),
    )
    return Gate(verdicts=verdicts)
