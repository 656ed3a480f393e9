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
        named = ", ".join(call.countries)
        fits = company.country in expanded(call.countries)
        return _verdict("country", fits, f"the call is for {named}", whole("countries", named))
    associated = programme.funded if programme else frozenset()
    refused = next((s for s in of("country", said, "not") if company.country in expanded(s.values, associated)), None)
    if refused:
        return _verdict("country", False, f"{company.country} is named as not eligible", refused.quote)
    stated = of("country", said, "only", "also")
    fitting = next((s for s in stated if company.country in expanded(s.values, associated)), None)
    if fitting:
        return _verdict("country", True, f"{company.country} is among the countries named", fitting.quote)
    if stated:
        return _not_among(stated[0], company.country, programme)
    return _by_table(call, company.country, programme)


def _not_among(stated: Statement, code: str, programme: Programme | None) -> Verdict:
    """Not named; but "associated countries" without a table of them leaves it open."""
    if "ASSOCIATED" in stated.values and programme is None:
        return unknown("country", "which countries are associated is not known for this programme", stated.quote)
    return _verdict("country", False, f"{code} is not among {', '.join(stated.values)}", stated.quote)


def _by_table(call: Call, code: str, programme: Programme | None) -> Verdict:
    if programme is None or not programme.countries:
        return unknown("country", "the call does not say which countries may apply")
    quote = whole("programme", call.programme or "")
    fits = code in programme.funded
    outcome: Outcome = "eligible" if fits else programme.others
    because = f"{code} is {'' if fits else 'not '}on the programme's list"
    return Verdict(criterion="country", outcome=outcome, because=because, quote=quote, table=programme.table)


def beneficiary(call: Call, said: Sequence[Statement], programme: Programme | None) -> Verdict:
    """Whether a small company may apply as such. Who may lead is told, and decides nothing where others may join."""
    stated = of("beneficiary", said, "only", "also")
    fitting = next((s for s in stated if OURS & set(s.values)), None)
    if fitting:
        return _verdict("beneficiary", True, f"{' and '.join(fitting.values)} may apply", fitting.quote)
    leads = next(iter(of("beneficiary", said, "led by")), None)
    if leads and OURS & set(leads.values):
        return _verdict("beneficiary", True, f"led by {' or '.join(leads.values)}", leads.quote)
    only = next((s for s in stated if s.relation == "only"), None)
    if only:
        return _verdict("beneficiary", False, f"only {' and '.join(only.values)} may apply", only.quote)
    if programme and programme.kinds:
        quote = whole("programme", call.programme or "")
        fits = bool(OURS & set(programme.kinds))
        because = f"the programme funds {', '.join(programme.kinds)}"
        outcome: Outcome = "eligible" if fits else "not eligible"
        return Verdict(criterion="beneficiary", outcome=outcome, because=because, quote=quote, table=programme.table)
    return unknown("beneficiary", "the call does not say who may apply", leads.quote if leads else None)


def size(said: Sequence[Statement], company: Company) -> Verdict:
    """Size classes and greatest numbers of staff, against the class of the company."""
    least, most = STAFF[company.size]
    for stated in of("size", said, "only", "most"):
        if stated.values:
            return _verdict("size", company.size in stated.values, f"for {', '.join(stated.values)}", stated.quote)
        limit = stated.numbers[0]
        if most < limit or least >= limit:
            return _verdict("size", most < limit, f"fewer than {limit:g} employees", stated.quote)
        return unknown(
            "size", f"fewer than {limit:g} employees; a {company.size} company has {least}-{most}", stated.quote
        )
    return unknown("size", "the call states no size")


def sector(said: Sequence[Statement], company: Company) -> Verdict:
    """Sections of NACE that sentences name, against the company's codes."""
    stated = of("sector", said, "only")
    if not stated:
        return unknown("sector", "the call states no sector")
    if not company.nace:
        return unknown("sector", "the company has no NACE code on record", stated[0].quote)
    sections = {letter for code in company.nace for letter in _sections(code)}
    fitting = next((s for s in stated if sections & set(s.values)), None)
    chosen = fitting or stated[0]
    because = f"for sections {', '.join(chosen.values)} of NACE; the company has {', '.join(company.nace)}"
    return _verdict("sector", fitting is not None, because, chosen.quote)


def _sections(code: str) -> Iterable[str]:
    division = int(code[:2])
    return (letter for letter, (first, last) in DIVISIONS.items() if first <= division <= last)


def of(criterion: Criterion, said: Sequence[Statement], *relations: str) -> list[Statement]:
    """The statements on one criterion with one of the relations, in the call's order."""
    return [s for s in said if s.criterion == criterion and s.relation in relations]


def whole(field: Field, text: str) -> Quote:
    """A whole structured field as a quote."""
    return Quote(field=field, start=0, end=len(text), text=text)


def unknown(criterion: Criterion, because: str, quote: Quote | None = None) -> Verdict:
    """What is not stated stays unknown; because says what is missing."""
    return Verdict(criterion=criterion, outcome="unknown", because=because, quote=quote)


def _verdict(criterion: Criterion, fits: bool, because: str, quote: Quote) -> Verdict:
    outcome: Outcome = "eligible" if fits else "not eligible"
    return Verdict(criterion=criterion, outcome=outcome, because=because, quote=quote)
