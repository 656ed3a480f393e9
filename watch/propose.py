"""Projects as the digest tells them: gate, decide-by date, who could join, and what comes first (P40, P50)."""

from collections.abc import Sequence
from datetime import date

from ledger import incidents
from network.timeline import timeline
from terms.company import Company
from terms.digest import Accepted, Participant, Suggestion
from terms.gate import Gate
from terms.incident import Incident
from watch.gate import aid_on_record, worded
from watch.house import House
from watch.joining import candidates
from watch.project import Ranked, ranked
from watch.schedule import local_day

_NAMED = 3
_OWN_WORDS = ("trl",)  # criteria whose answer says something of the need itself


def proposed(
    house: House, company: Company, suggestions: Sequence[Suggestion], accepted: Sequence[Accepted]
) -> tuple[Suggestion, ...]:
    """Projects with gate, worth, day to decide and named partners; partners as they were.

    A call that the company may not apply to is no project (P23): it is left out, and its broker is told why.
    """
    calls = {(one.need_key, one.cluster_key): one for one in accepted}
    aid_eur = aid_on_record(house, company.id)
    found = list[Suggestion]()
    for one in suggestions:
        call = calls.get((one.need_key, one.call.cluster_key)) if one.call else None
        if call is None:
            found.append(one)
            continue
        worth = ranked(house, company, call, aid_eur, False)
        if worth.gate.outcome == "not eligible":
            _note_refused(house, company, worth)
        else:
            found.append(_project(house, company, one, worth, _joining(house, company, call, accepted)))
    return tuple(found)


def _project(
    house: House, company: Company, one: Suggestion, worth: Ranked, joining: Sequence[Participant]
) -> Suggestion:
    is_open = one.need_title is not None
    return one.model_copy(
        update={
            "gate": worth.gate if is_open else _silent(worth.gate),
            "worth": worth.worth,
            "decide_on": _decide_on(house, company, one),
            "participants": tuple(joining) if is_open else (),
        }
    )


def _decide_on(house: House, company: Company, one: Suggestion) -> date | None:
    """The last day to decide; today where that has passed."""
    if one.call is None or one.call.deadline_at is None:
        return None
    today = local_day(house.clock(), company)
    steps = timeline(local_day(one.call.deadline_at, company), company.decide_lead_days, today)
    return max(steps[0].on, today) if steps else None


def _silent(gate: Gate) -> Gate:
    """Without the answers that would tell what a closed need is about (P04)."""
    return Gate(verdicts=tuple(verdict for verdict in gate.verdicts if verdict.criterion not in _OWN_WORDS))


def _joining(house: House, company: Company, call: Accepted, accepted: Sequence[Accepted]) -> tuple[Participant, ...]:
    """The first of those who could join, as the project's page names them (watch.joining)."""
    found = candidates(house, company, call.need_key, accepted, call.item)[:_NAMED]
    return tuple(
        Participant(name=one.name, country=one.country, known_for=one.evidence[0].title if one.evidence else "")
        for one in found
    )


def _note_refused(house: House, company: Company, worth: Ranked) -> None:
    """The broker accepted what the gate says no to; one of them has to be mended."""
    told = worded(worth.gate, "en", company, house.clock())
    no = next(verdict for verdict in told.verdicts if verdict.outcome == "not eligible")
    facts = {
        "ref": worth.ref, "title": worth.title[:200], "criterion": no.criterion, "because": no.because[:200],
        "quote": no.quote.text[:300] if no.quote else "", "broker": company.engagement.broker,
    }  # fmt: skip
    message = f"{worth.ref} is accepted, but its call says {company.id} may not apply; it is not told"
    incident = Incident(where=f"digest:{company.id}", level="warning", message=message, facts=facts)
    now = house.clock()
    with house.ledger.write() as connection:
        incidents.note_incidents(connection, [incident], at=now, run=f"draft {now:%Y-%m-%dT%H:%M:%SZ}")
