"""What the project must be: TRL, dates, money, consortium and state aid, against what a call says."""

from collections.abc import Sequence
from datetime import datetime

from needs.applicant import of, unknown, whole
from needs.programme import Programme
from terms.company import Company, Need
from terms.gate import Outcome, Quote, Statement, Verdict
from terms.item import Call, next_deadline, status_of

# Highest yearly turnover of a size class in euro (Commission Recommendation 2003/361/EC, annex, article 2).
TURNOVER_EUR = {"micro": 2_000_000, "small": 10_000_000, "medium": 50_000_000}
EASY_SHARE = 0.1  # guess: an own share up to this part of the class's highest turnover needs no question
DE_MINIMIS_EUR = 300_000  # per undertaking in any three years: Regulation (EU) 2023/2831, article 3(2)
HIGHEST_TRL = 9


def trl(call: Call, said: Sequence[Statement], need: Need | None) -> Verdict:
    """Whether the call's TRL range and the need's way from now to target overlap."""
    levels, quote = _levels(call, said)
    if levels is None:
        return unknown("trl", "the call states no TRL")
    if need is None or need.trl_now is None or need.trl_target is None:
        return unknown("trl", f"the call asks for TRL {levels[0]}-{levels[1]}; the need states none", quote)
    fits = need.trl_now <= levels[1] and need.trl_target >= levels[0]
    because = f"TRL {levels[0]}-{levels[1]}; the need goes from {need.trl_now} to {need.trl_target}"
    return Verdict(criterion="trl", outcome=_outcome(fits), because=because, quote=quote)


def _levels(call: Call, said: Sequence[Statement]) -> tuple[tuple[int, int] | None, Quote | None]:
    for stated in sorted(of("trl", said, "only", "least"), key=lambda s: -len(s.numbers)):
        first = int(stated.numbers[0])
        return (first, int(stated.numbers[1]) if len(stated.numbers) > 1 else HIGHEST_TRL), stated.quote
    return (call.trl, whole("trl", f"{call.trl[0]}-{call.trl[1]}")) if call.trl else (None, None)


def dates(call: Call, now: datetime) -> Verdict:
    """Status from the dates alone (P24)."""
    status, deadline = status_of(call, now), next_deadline(call, now)
    if status == "unknown":
        return unknown("dates", "the call states no deadline")
    last = deadline or max(call.deadlines_at)
    quote = whole("dates", last.isoformat())
    because = f"{status}; the {'next' if deadline else 'last'} deadline is {last:%Y-%m-%d %H:%M %Z}".rstrip()
    return Verdict(criterion="dates", outcome=_outcome(status != "closed"), because=because, quote=quote)


def budget(call: Call, said: Sequence[Statement], company: Company) -> Verdict:
    """The own share of the smallest project against the highest turnover of the company's size class."""
    rate = next(iter(of("budget", said, "share")), None)
    if call.min_grant_eur is None or rate is None or not 0 < rate.numbers[0] <= 100:
        return unknown("budget", "smallest grant or funding rate is not stated", rate.quote if rate else None)
    own = call.min_grant_eur * (100 / rate.numbers[0] - 1)
    ceiling = TURNOVER_EUR[company.size]
    because = f"an own share of at least {own:,.0f} euro; a {company.size} company turns over up to {ceiling:,} euro"
    if EASY_SHARE * ceiling < own <= ceiling:
        return unknown("budget", because, rate.quote)
    return Verdict(criterion="budget", outcome=_outcome(own <= ceiling), because=because, quote=rate.quote)


def consortium(call: Call, said: Sequence[Statement], programme: Programme | None) -> Verdict:
    """Eligible where one may apply alone; a consortium that is still to be found is unknown, never a refusal."""
    asked = of("consortium", said, "least", "needs", "most")
    for stated in sorted(asked, key=lambda s: -len(s.numbers))[:1]:
        if stated.relation == "most":
            return Verdict(
                criterion="consortium", outcome="eligible", because="one may apply alone", quote=stated.quote
            )
        return unknown("consortium", f"asks for {_asked(stated)}", stated.quote)
    action = programme.action_of(call) if programme else None
    if action is None or programme is None:
        return unknown("consortium", "the call states no rule on partners")
    quote = (
        whole("beneficiaries", call.beneficiaries) if call.beneficiaries else whole("programme", call.programme or "")
    )
    outcome: Outcome = "eligible" if action.least[0] <= 1 else "unknown"
    because = action.says
    return Verdict(criterion="consortium", outcome=outcome, because=because, quote=quote, table=programme.table)


def _asked(stated: Statement) -> str:
    if stated.relation == "needs":
        return " and ".join(stated.values)
    partners = f"at least {stated.numbers[0]:g} partners"
    return f"{partners} from {stated.numbers[1]:g} countries" if len(stated.numbers) > 1 else partners


def state_aid(call: Call, said: Sequence[Statement], aid_eur: int | None) -> Verdict:
    """De minimis aid of three years with this grant, against the ceiling; only where the call names that rule."""
    stated = next(iter(of("state aid", said, "most")), None)
    if stated is None:
        return unknown("state aid", "the call names no state aid rule")
    if aid_eur is None:
        return unknown("state aid", "de minimis aid of the last three years is not on record", stated.quote)
    grant = call.max_grant_eur or call.min_grant_eur
    if grant is None:
        return unknown("state aid", f"{aid_eur:,} euro in three years so far; the grant is not stated", stated.quote)
    fits = aid_eur + grant <= DE_MINIMIS_EUR
    because = f"{aid_eur:,} euro in three years and a grant of {grant:,}; the ceiling is {DE_MINIMIS_EUR:,} euro"
    return Verdict(criterion="state aid", outcome=_outcome(fits), because=because, quote=stated.quote)


def _outcome(fits: bool) -> Outcome:
    return "eligible" if fits else "not eligible"
