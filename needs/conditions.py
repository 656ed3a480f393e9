"""What the project must be: TRL, dates, money, consortium and state aid, against what a call says."""

from collections.abc import Sequence
from datetime import datetime

from needs.applicant import listed, of, outcome_of, settled, unknown, verdict, whole
from needs.programme import Programme
from terms.company import Company, Need
from terms.gate import Quote, Statement, Verdict
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
        return unknown("trl", "no trl")
    if need is None or need.trl_now is None or need.trl_target is None:
        return unknown("trl", "need without trl", quote, least=str(levels[0]), most=str(levels[1]))
    fits = need.trl_now <= levels[1] and need.trl_target >= levels[0]
    way = {"least": levels[0], "most": levels[1], "now": need.trl_now, "target": need.trl_target}
    facts = {name: str(level) for name, level in way.items()}
    return verdict("trl", outcome_of(fits), "trl", quote, **facts)


def _levels(call: Call, said: Sequence[Statement]) -> tuple[tuple[int, int] | None, Quote | None]:
    for stated in sorted(of("trl", said, "only", "least"), key=lambda s: -len(s.numbers)):
        first = int(stated.numbers[0])
        return (first, int(stated.numbers[1]) if len(stated.numbers) > 1 else HIGHEST_TRL), stated.quote
    return (call.trl, whole("trl", f"{call.trl[0]}-{call.trl[1]}")) if call.trl else (None, None)


def dates(call: Call, now: datetime) -> Verdict:
    """Status from the dates alone (P24)."""
    status, deadline = status_of(call, now), next_deadline(call, now)
    if status == "unknown":
        return unknown("dates", "no deadline")
    last = deadline or max(call.deadlines_at)
    quote = whole("dates", last.isoformat())
    about = "next deadline" if deadline else "last deadline"
    return settled("dates", status != "closed", about, quote, status=status, moment=last.isoformat())


def budget(call: Call, said: Sequence[Statement], company: Company) -> Verdict:
    """The own share of the smallest project against the highest turnover of the company's size class."""
    rate = next(iter(of("budget", said, "share")), None)
    if call.min_grant_eur is None or rate is None or not 0 < rate.numbers[0] <= 100:
        return unknown("budget", "no share", rate.quote if rate else None)
    own = call.min_grant_eur * (100 / rate.numbers[0] - 1)
    ceiling = TURNOVER_EUR[company.size]
    facts = {"own_eur": f"{own:.0f}", "size": company.size, "ceiling_eur": str(ceiling)}
    if EASY_SHARE * ceiling < own <= ceiling:
        return unknown("budget", "own share", rate.quote, **facts)
    return settled("budget", own <= ceiling, "own share", rate.quote, **facts)


def consortium(call: Call, said: Sequence[Statement], programme: Programme | None) -> Verdict:
    """Eligible where one may apply alone; a consortium that is still to be found is unknown, never a refusal."""
    asked = of("consortium", said, "least", "needs", "most")
    for stated in sorted(asked, key=lambda s: -len(s.numbers))[:1]:
        if stated.relation == "most":
            return settled("consortium", True, "alone", stated.quote)
        return _asked(stated)
    action = programme.action_of(call) if programme else None
    if action is None or programme is None:
        return unknown("consortium", "no rule")
    quote = (
        whole("beneficiaries", call.beneficiaries) if call.beneficiaries else whole("programme", call.programme or "")
    )
    alone = action.least[0] <= 1
    return verdict(
        "consortium", "eligible" if alone else "unknown", "programme rule", quote, programme.table, says=action.says
    )


def _asked(stated: Statement) -> Verdict:
    if stated.relation == "needs":
        return unknown("consortium", "asks kinds", stated.quote, kinds=listed(stated.values))
    partners = f"{stated.numbers[0]:g}"
    if len(stated.numbers) < 2:
        return unknown("consortium", "asks partners", stated.quote, partners=partners)
    return unknown("consortium", "asks countries", stated.quote, partners=partners, countries=f"{stated.numbers[1]:g}")


def state_aid(call: Call, said: Sequence[Statement], aid_eur: int | None) -> Verdict:
    """De minimis aid of three years with this grant, against the ceiling; only where the call names that rule."""
    stated = next(iter(of("state aid", said, "most")), None)
    if stated is None:
        return unknown("state aid", "no aid rule")
    if aid_eur is None:
        return unknown("state aid", "aid not on record", stated.quote)
    grant = call.max_grant_eur or call.min_grant_eur
    if grant is None:
        return unknown("state aid", "grant not stated", stated.quote, aid_eur=str(aid_eur))
    fits = aid_eur + grant <= DE_MINIMIS_EUR
    facts = {"aid_eur": str(aid_eur), "grant_eur": str(grant), "ceiling_eur": str(DE_MINIMIS_EUR)}
    return settled("state aid", fits, "aid sum", stated.quote, **facts)
