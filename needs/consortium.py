"""A call's rules on who must be together, held against a set of applicants: met, lacking or not stated (P42)."""

from collections.abc import Iterator, Sequence

from needs.applicant import of, whole
from needs.programme import Programme, programme_of
from terms.consortium import Gap, Member, Rule
from terms.gate import Quote, Statement
from terms.item import Call

_ALSO = {"company": ("company", "sme", "large"), "sme": ("sme",), "research": ("research", "university")}


def consortium_rules(call: Call, said: Sequence[Statement], members: Sequence[Member]) -> tuple[Rule, ...]:
    """Every rule on partners that the call or its programme's table states; one `not stated` where there is none."""
    rules = [*_numbers(call, said, members), *_kinds(said, members), *_leads(said, members)]
    return tuple(rules) or (Rule(asks="partners", standing="not stated"),)


def _numbers(call: Call, said: Sequence[Statement], members: Sequence[Member]) -> Iterator[Rule]:
    stated = max(of("consortium", said, "least"), key=lambda s: len(s.numbers), default=None)
    if stated:
        partners, countries = int(stated.numbers[0]), int(stated.numbers[1]) if len(stated.numbers) > 1 else 1
        yield _counted(partners, countries, members, stated.quote, None)
        return
    programme: Programme | None = programme_of(call)
    action = programme.action_of(call) if programme else None
    if programme and action:
        quote = whole("programme", call.programme or "")
        yield _counted(*action.least, members, quote, programme.table)


def _counted(partners: int, countries: int, members: Sequence[Member], quote: Quote, table: str | None) -> Rule:
    have = len({member.country for member in members if member.country})
    asks = f"at least {partners} partners" + (f" from {countries} countries" if countries > 1 else "")
    short = [
        f"{most - there} more {one if most - there == 1 else many}"
        for most, there, one, many in (
            (partners, len(members), "partner", "partners"),
            (countries, have, "country", "countries"),
        )
        if there < most
    ]
    return Rule(
        asks=asks,
        standing="lacking" if short else "met",
        lacks=" and ".join(short),
        asked=Gap(partners=partners, countries=countries if countries > 1 else 0),
        gap=Gap(partners=max(0, partners - len(members)), countries=max(0, countries - have)),
        quote=quote,
        table=table,
    )


def _kinds(said: Sequence[Statement], members: Sequence[Member]) -> Iterator[Rule]:
    for stated in of("consortium", said, "needs"):
        missing = [kind for kind in stated.values if not _has(kind, members)]
        yield Rule(
            asks=" and ".join(stated.values),
            standing="lacking" if missing else "met",
            lacks=" and ".join(missing),
            asked=Gap(kinds=stated.values),
            gap=Gap(kinds=tuple(missing)),
            quote=stated.quote,
        )


def _leads(said: Sequence[Statement], members: Sequence[Member]) -> Iterator[Rule]:
    for stated in of("beneficiary", said, "led by"):
        has = any(_has(kind, members) for kind in stated.values)
        leads = " or ".join(stated.values)
        yield Rule(
            asks=f"led by {leads}",
            standing="met" if has else "lacking",
            lacks="" if has else leads,
            asked=Gap(kinds=stated.values, leads=True),
            gap=Gap(kinds=() if has else stated.values, leads=not has),
            quote=stated.quote,
        )


def _has(kind: str, members: Sequence[Member]) -> bool:
    return kind == "anyone" or any(member.kind in _ALSO.get(kind, (kind,)) for member in members)
