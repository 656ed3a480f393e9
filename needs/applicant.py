"""Who applies: country, kind, size and sector of a company against what a call says."""

from collections.abc import Iterable, Sequence

from needs.programme import Programme, expanded
from terms.company import Company
from terms.gate import Criterion, Field, Outcome, Quote, Statement, Verdict
from terms.item import Call

OURS = frozenset({"company", "sme", "anyone"})  # what every company that Varde watches for is
# Staff of a size class, least and most (Commission Recommendation 2003/361/EC, annex, article 2).
STAFF = {"micro": (0, 9), "small": (10, 49), "medium": (50, 249)}
# Divisions of a section of NACE Rev. 2 (Regulation (EC) No 1893/2006, annex I).
DIVISIONS = {"A": (1, 3), "C": (10, 33), "D": (35, 35), "F": (41, 43), "H": (49, 53), "J": (58, 63), "Q": (86, 88)}


def country(call: Call, said: Sequence[Statement], company: Company, programme: Programme | None) -> Verdict:
    """Stated countries, then those of the programme's table; a table says `not eligible` only where its source does."""
    if call.countries:
        fits = company.country in expanded(call.countries)
        quote = whole("countries", ", ".join(call.countries))
        return settled("country", fits, "countries of call", quote, countries=listed(call.countries))
    associated = programme.funded if programme else frozenset()
    refused = next((s for s in of("country", said, "not") if company.country in expanded(s.values, associated)), None)
    if refused:
        return settled("country", False, "country refused", refused.quote, country=company.country)
    stated = of("country", said, "only", "also")
    fitting = next((s for s in stated if company.country in expanded(s.values, associated)), None)
    if fitting:
        return settled("country", True, "country named", fitting.quote, country=company.country)
    if stated:
        return _not_among(stated[0], company.country, programme)
    return _by_table(call, company.country, programme)


def _not_among(stated: Statement, code: str, programme: Programme | None) -> Verdict:
    """Not named; but "associated countries" without a table of them leaves it open."""
    if "ASSOCIATED" in stated.values and programme is None:
        return unknown("country", "associated unknown", stated.quote)
    return settled("country", False, "country not named", stated.quote, country=code, countries=listed(stated.values))


def _by_table(call: Call, code: str, programme: Programme | None) -> Verdict:
    if programme is None or not programme.countries:
        return unknown("country", "no country")
    quote = whole("programme", call.programme or "")
    fits = code in programme.funded
    outcome: Outcome = "eligible" if fits else programme.others
    about = "country on list" if fits else "country not on list"
    return verdict("country", outcome, about, quote, programme.table, country=code)


def beneficiary(call: Call, said: Sequence[Statement], programme: Programme | None) -> Verdict:
    """Whether a small company may apply as such. Who may lead is told, and decides nothing where others may join."""
    stated = of("beneficiary", said, "only", "also")
    fitting = next((s for s in stated if OURS & set(s.values)), None)
    if fitting:
        return settled("beneficiary", True, "kinds may apply", fitting.quote, kinds=listed(fitting.values))
    leads = next(iter(of("beneficiary", said, "led by")), None)
    if leads and OURS & set(leads.values):
        return settled("beneficiary", True, "kinds lead", leads.quote, kinds=listed(leads.values))
    only = next((s for s in stated if s.relation == "only"), None)
    if only:
        return settled("beneficiary", False, "only kinds", only.quote, kinds=listed(only.values))
    if programme and programme.kinds:
        quote = whole("programme", call.programme or "")
        outcome = outcome_of(bool(OURS & set(programme.kinds)))
        kinds = listed(programme.kinds)
        return verdict("beneficiary", outcome, "programme funds", quote, programme.table, kinds=kinds)
    return unknown("beneficiary", "no beneficiary", leads.quote if leads else None)


def size(said: Sequence[Statement], company: Company) -> Verdict:
    """Size classes and greatest numbers of staff, against the class of the company."""
    least, most = STAFF[company.size]
    for stated in of("size", said, "only", "most"):
        if stated.values:
            fits = company.size in stated.values
            return settled("size", fits, "sizes", stated.quote, sizes=listed(stated.values))
        limit = stated.numbers[0]
        if most < limit or least >= limit:
            return settled("size", most < limit, "staff below", stated.quote, limit=f"{limit:g}")
        staff = {"limit": f"{limit:g}", "size": company.size, "least": str(least), "most": str(most)}
        return unknown("size", "staff within class", stated.quote, **staff)
    return unknown("size", "no size")


def sector(said: Sequence[Statement], company: Company) -> Verdict:
    """Sections of NACE that sentences name, against the company's codes."""
    stated = of("sector", said, "only")
    if not stated:
        return unknown("sector", "no sector")
    if not company.nace:
        return unknown("sector", "no nace", stated[0].quote)
    sections = {letter for code in company.nace for letter in _sections(code)}
    fitting = next((s for s in stated if sections & set(s.values)), None)
    chosen = fitting or stated[0]
    facts = {"sections": listed(chosen.values), "nace": listed(company.nace)}
    return settled("sector", fitting is not None, "sections", chosen.quote, **facts)


def _sections(code: str) -> Iterable[str]:
    division = int(code[:2])
    return (letter for letter, (first, last) in DIVISIONS.items() if first <= division <= last)


def of(criterion: Criterion, said: Sequence[Statement], *relations: str) -> list[Statement]:
    """The statements on one criterion with one of the relations, in the call's order."""
    return [s for s in said if s.criterion == criterion and s.relation in relations]


def whole(field: Field, text: str) -> Quote:
    """A whole structured field as a quote."""
    return Quote(field=field, start=0, end=len(text), text=text)


def listed(values: Iterable[str]) -> str:
    """Several values as one fact."""
    return ",".join(values)


def unknown(criterion: Criterion, code: str, quote: Quote | None = None, **facts: str) -> Verdict:
    """What is not stated stays unknown; code says what is missing."""
    return verdict(criterion, "unknown", code, quote, **facts)


def settled(criterion: Criterion, fits: bool, code: str, quote: Quote, **facts: str) -> Verdict:
    """Eligible or not, by a sentence or a field of the call."""
    return verdict(criterion, outcome_of(fits), code, quote, **facts)


def verdict(
    criterion: Criterion, outcome: Outcome, code: str, quote: Quote | None, table: str | None = None, **facts: str
) -> Verdict:
    """The gate's word as a code with its facts; nothing is worded here."""
    return Verdict(criterion=criterion, outcome=outcome, code=code, facts=facts, quote=quote, table=table)


def outcome_of(fits: bool) -> Outcome:
    """What a rule that is stated says."""
    return "eligible" if fits else "not eligible"
