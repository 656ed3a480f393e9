"""From broker to names, a step at a time: each is asked for, put on record and audited (P43, P66)."""

from ledger import consent
from ledger.audit import append_audit
from network.inside import profile_of
from terms.company import Company
from terms.consent import Disclosure, Profile, Revealed, StepVerb
from terms.errors import NotFound, VardeError
from terms.person import Scope
from watch.house import House
from watch.inside import Inside, find_pair, stems_in
from watch.joint import brokers_only

_NOT_BOTH = "the consent of both companies is not on record, so no name is told; `varde consent list` shows what is"
_NOT_SHOWN = "this pair is still with the broker alone; `varde pairs profiles` is the step before"


def show_profiles(house: House, scope: Scope, pair_key: str, who: str) -> tuple[Profile, Profile]:
    """Let both companies have the other one's profile: (for the one that seeks, for the one that can).

    Raises NotFound; ValueError where nobody decides.
    """
    found = find_pair(house, scope, pair_key)
    both = (found.pair.seeker_key, found.pair.owner_key)
    _record(house, *(_step(house, found, "profiles shown", key, who) for key in both))
    return _profile(found, found.seeker), _profile(found, found.owner)


def profile_for(house: House, scope: Scope, pair_key: str, company_key: str) -> Profile:
    """The profile of the other company, as the broker released it. Raises NotFound, VardeError before that."""
    found = find_pair(house, scope, pair_key)
    reader = _side(found, company_key)
    if found.stage == "broker":
        raise VardeError(_NOT_SHOWN)
    return _profile(found, reader)


def give_consent(house: House, scope: Scope, pair_key: str, company_key: str, *, said_by: str, who: str) -> None:
    """Put on record that somebody of a company said yes to being named to the other one of this pair.

    Raises NotFound; VardeError before the profiles were shown; ValueError where nobody said so.
    """
    found = find_pair(house, scope, pair_key)
    if found.stage == "broker":
        raise VardeError(_NOT_SHOWN)
    _record(house, _step(house, found, "consent given", _side(found, company_key).id, who, _said(said_by)))


def revoke_consent(house: House, scope: Scope, pair_key: str, company_key: str, *, said_by: str, who: str) -> None:
    """Take it back; from now on no name is told. Raises NotFound; VardeError where there is none to take back."""
    found = find_pair(house, scope, pair_key)
    company = _side(found, company_key)
    with house.ledger.read() as connection:
        standing = consent.consenting(consent.read_steps(connection, found.pair.pair_key))
    if company.id not in standing:
        raise VardeError("there is no consent to take back")
    _record(house, _step(house, found, "consent revoked", company.id, who, _said(said_by)))


def names_for(house: House, scope: Scope, pair_key: str, company_key: str, who: str) -> Revealed:
    """The other company by name, for one company of the pair, with an audit row in the same transaction.

    Raises NotFound, and VardeError unless both companies' consent stands on the texts of today.
    """
    found = find_pair(house, scope, pair_key)
    reader = _side(found, company_key)
    step = _step(house, found, "names shown", reader.id, who)
    with house.ledger.write() as connection:
        steps = consent.read_steps(connection, found.pair.pair_key)
        if consent.stage_of(found.pair, steps) != "names":
            raise VardeError(_NOT_BOTH)
        consent.append_step(connection, step)
        append_audit(connection, step.who, step.verb, _facts(step), at=step.at)
    return _revealed(found, reader)


def list_steps(house: House, scope: Scope) -> list[Disclosure]:
    """Every step on pairs of companies that are both in the scope, in order, also where the pair is no more."""
    brokers_only(scope)
    with house.ledger.read() as connection:
        steps = consent.read_steps(connection)
    others = {step.pair_key for step in steps if step.company_key not in scope.companies}
    return [step for step in steps if step.pair_key not in others]


def _profile(found: Inside, reader: Company) -> Profile:
    """The other company, in words of the reader's own text."""
    pairing, seeks = found.pairing, reader.id == found.pair.seeker_key
    other = found.owner if seeks else found.seeker
    own = pairing.asked.words if seeks else pairing.offered.words
    return profile_of(
        found.pair.pair_key, other, "competence" if seeks else "need", pairing.shared, own, _secret(found, other)
    )


def _secret(found: Inside, other: Company) -> set[str]:
    """Stems of names, of both companies and their people, and of the other one's closed needs."""
    names = [
        name
        for company in (found.seeker, found.owner)
        for name in (company.name, company.id, company.region or "", *(c.name for c in company.contacts))
    ]
    closed = [need for need in other.needs if need.confidentiality == "closed"]
    return stems_in([*names, *(f"{n.id} {n.title} {n.description} {' '.join(n.include)}" for n in closed)])


def _revealed(found: Inside, reader: Company) -> Revealed:
    seeks = reader.id == found.pair.seeker_key
    other = found.owner if seeks else found.seeker
    return Revealed(
        pair_key=found.pair.pair_key,
        side="competence" if seeks else "need",
        name=other.name,
        country=other.country,
        words=found.pair.competence if seeks else found.pair.need_title,
        broker=other.engagement.broker,
        broker_address=other.engagement.broker_address,
    )


def _side(found: Inside, company_key: str) -> Company:
    """The company of the pair with this key. Raises NotFound without saying whose pair it is."""
    for company in (found.seeker, found.owner):
        if company.id == company_key:
            return company
    raise NotFound("that company has no part in this pair")


def _step(house: House, found: Inside, verb: StepVerb, company_key: str, who: str, said_by: str = "") -> Disclosure:
    if not who.strip():
        raise ValueError("who puts it on record? (--broker, or VARDE_BROKER)")
    return Disclosure(
        pair_key=found.pair.pair_key,
        verb=verb,
        company_key=company_key,
        text_version=found.pair.text_version,
        said_by=said_by,
        who=who.strip()[:200],
        at=house.clock(),
    )


def _said(said_by: str) -> str:
    tidy = " ".join(said_by.split())
    if not tidy or len(tidy) > 200 or not tidy.isprintable():
        raise ValueError("who of the company said so? (--said-by, 1 to 200 printable characters)")
    return tidy


def _record(house: House, *steps: Disclosure) -> None:
    with house.ledger.write() as connection:
        for step in steps:
            consent.append_step(connection, step)
            append_audit(connection, step.who, step.verb, _facts(step), at=step.at)


def _facts(step: Disclosure) -> dict[str, str]:
    """Whom the step is about, and on which texts; the other company of the pair is not named."""
    return {"pair": step.pair_key, "company": step.company_key, "texts": step.text_version}
