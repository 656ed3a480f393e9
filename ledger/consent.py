"""Who was shown what of a pair, and who consented; append-only, the present state is folded from it (P43)."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from ledger.tables_consent import disclosures
from terms.consent import Disclosure, Pair, Stage


def append_step(connection: Connection, step: Disclosure) -> None:
    """Add one step."""
    connection.execute(disclosures.insert().values(**step.model_dump()))


def read_steps(connection: Connection, pair_key: str | None = None) -> list[Disclosure]:
    """Every step in the order it was taken, of one pair or of all."""
    rows = select(disclosures).order_by(disclosures.c.disclosure_no)
    if pair_key is not None:
        rows = rows.where(disclosures.c.pair_key == pair_key)
    return [
        Disclosure.model_validate({name: row._mapping[name] for name in Disclosure.model_fields})
        for row in connection.execute(rows)
    ]


def stage_of(pair: Pair, steps: Iterable[Disclosure]) -> Stage:
    """How far a pair may be told: names only while both companies' consent stands, given on the texts of today."""
    mine = [step for step in steps if step.pair_key == pair.pair_key]
    agreed = {key for key, step in consenting(mine).items() if step.text_version == pair.text_version}
    if {pair.seeker_key, pair.owner_key} <= agreed:
        return "names"
    shown = any(step.verb == "profiles shown" and step.text_version == pair.text_version for step in mine)
    return "profiles" if shown else "broker"


def consenting(steps: Iterable[Disclosure]) -> dict[str, Disclosure]:
    """Company key -> the step that gave consent, of companies whose last word is yes, on whatever texts."""
    last = {step.company_key: step for step in steps if step.verb in ("consent given", "consent revoked")}
    return {company_key: step for company_key, step in last.items() if step.verb == "consent given"}
