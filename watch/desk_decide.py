"""What a broker does at the desk: decide, take back, claim, ask a colleague; each in one transaction (P30, P33)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from ledger import claims, decisions, people
from ledger.claims import Claim
from ledger.decisions import Standing
from terms.decision import Decision, RejectReason, Verb
from terms.errors import NotFound, Overtaken
from terms.match import Match, Reasons
from terms.person import Scope
from watch.desk_book import Entry
from watch.desk_queue import Workroom
from watch.review import decision_on

CLAIM = timedelta(minutes=10)
LONGEST_NOTE, MOST_AT_ONCE = 5_000, 50
_UNDO_SPAN, _UNDO_AMONG = timedelta(days=7), 1_000  # decisions


class Said(NamedTuple):
    """A verb with what it needs."""

    verb: Verb
    reason: RejectReason | None = None
    until: date | None = None
    note: str | None = None


def find(room: Workroom, scope: Scope, company_key: str, ref: str) -> Entry:
    """One flagged opportunity, decided or not. Raises NotFound, also for a company that others serve."""
    scope.require(company_key)
    found = room.shelf.book().find(company_key, ref) or room.shelf.newest().find(company_key, ref)
    if found is None:
        raise NotFound("there is no such opportunity any more; it may have joined another")
    return found


def seen_of(room: Workroom, entry: Entry) -> str:
    """What a page shows as the state it was made on; a decision carries it back."""
    with room.house.ledger.read() as connection:
        last = decisions.last_no(connection, entry.company_key, _keys(room, entry))
    return _seen(last, entry)


def decide(room: Workroom, scope: Scope, entry: Entry, said: Said, seen: str, at: datetime) -> Decision:
    """One decision, if what the broker saw is still so. Raises as `decide_all`."""
    return decide_all(room, scope, [(entry, seen)], said, at)[0]


def decide_all(
    room: Workroom, scope: Scope, wanted: Sequence[tuple[Entry, str]], said: Said, at: datetime
) -> list[Decision]:
    """The same decision on several, each with what was seen of it; all of them or none. at: wall clock.

    Raises Overtaken where somebody else decided, holds a claim, or an item changed; ValueError as `decision_on`.
    """
    if said.note and len(said.note) > LONGEST_NOTE:
        raise ValueError(f"a note has at most {LONGEST_NOTE} characters")
    made = [_decision(room, scope, entry, said) for entry, _ in wanted]
    with room.house.ledger.write() as connection:
        for (entry, seen), one in zip(wanted, made, strict=True):
            last = decisions.last_no(connection, entry.company_key, _keys(room, entry))
            if seen != _seen(last, entry):
                raise Overtaken(_who(room, entry) or "it changed since you opened it")
            mine = Claim(entry.company_key, entry.cluster_key, scope.person.person_key, at + CLAIM)
            if not claims.claim(connection, mine, at=at):
                raise Overtaken("a colleague is deciding it")
            if not claims.take_turn(connection, entry.company_key, entry.cluster_key, last):
                raise Overtaken("somebody was faster")
            decisions.append(connection, one)
            claims.release(connection, entry.company_key, entry.cluster_key)
    return made


def _decision(room: Workroom, scope: Scope, entry: Entry, said: Said) -> Decision:
    scope.require(entry.company_key)
    return decision_on(
        _match(entry), entry.company_key, said.verb, broker=scope.person.name, reason=said.reason, until=said.until,
        note=said.note or None, now=room.house.clock(),
    )  # fmt: skip


def last_of(room: Workroom, scope: Scope) -> Standing | None:
    """This person's last decision that stands, of the last days, among the companies served."""
    room.decided.refresh()
    since = room.house.clock() - _UNDO_SPAN
    for made in room.decided.latest(scope.person.name, scope.companies, most=_UNDO_AMONG):
        if made.decision.decided_at < since:
            break
        if room.decided.stands(made.decision.company_key).by_cluster.get(made.decision.cluster_key) == made:
            return made
    return None


def undo(room: Workroom, scope: Scope) -> Decision:
    """Take this person's last decision back. Raises NotFound where there is none, Overtaken where it stands no more."""
    stood = last_of(room, scope)
    if stood is None:
        raise NotFound("you have decided nothing in the last days that could be taken back")
    last = stood.decision
    scope.require(last.company_key)
    made = last.model_copy(
        update={"verb": "undo", "reason": None, "until": None, "note": None, "decided_at": room.house.clock()}
    )
    with room.house.ledger.write() as connection:
        number = decisions.last_no(connection, last.company_key, [last.cluster_key])
        is_last = number == stood.decision_no
        if not is_last or not claims.take_turn(connection, last.company_key, last.cluster_key, number):
            raise Overtaken("somebody decided after you")
        decisions.append(connection, made)
    return made


def claim(room: Workroom, scope: Scope, entry: Entry, at: datetime) -> bool:
    """Work on it for ten minutes; False where a colleague does."""
    scope.require(entry.company_key)
    wanted = Claim(entry.company_key, entry.cluster_key, scope.person.person_key, at + CLAIM)
    with room.house.ledger.write() as connection:
        return claims.claim(connection, wanted, at=at)


def ask(room: Workroom, scope: Scope, entry: Entry, of: str, question: str) -> None:
    """Ask a colleague who serves this company for a second opinion. Raises NotFound for anybody else."""
    scope.require(entry.company_key)
    _refuse_long(question)
    with room.house.ledger.write() as connection:
        known = people.find_person(connection, of)
        if known is None or not {entry.company_key, "*"} & known.serves or of == scope.person.person_key:
            raise NotFound("there is no such colleague who serves this company")
        claims.ask(
            connection, entry.company_key, entry.cluster_key, by=scope.person.person_key, of=of, why=question.strip(),
            at=room.house.clock(),
        )  # fmt: skip
        claims.release(connection, entry.company_key, entry.cluster_key)


def answer(room: Workroom, scope: Scope, opinion_no: int, said: str) -> None:
    """Say one's opinion. Raises NotFound where it was not asked of this person, Overtaken where it is said."""
    _refuse_long(said)
    with room.house.ledger.write() as connection:
        asked = claims.read_opinions(connection, scope.companies)
        mine = {o.opinion_no for o in asked if o.asked_of == scope.person.person_key}
        if opinion_no not in mine:
            raise NotFound("nobody asked you for that")
        if not claims.answer(connection, opinion_no, said.strip() or "-", at=room.house.clock()):
            raise Overtaken("you have said that already")


def _refuse_long(text: str) -> None:
    if len(text) > LONGEST_NOTE:
        raise ValueError(f"at most {LONGEST_NOTE} characters")


def _keys(room: Workroom, entry: Entry) -> Sequence[str]:
    return [entry.cluster_key, *room.shelf.book().members.get(entry.cluster_key, ())]


def _seen(last: int, entry: Entry) -> str:
    return f"{last}.{entry.need_version}.{entry.state_key[:12]}"


def _who(room: Workroom, entry: Entry) -> str | None:
    """Who decided it, in words."""
    room.decided.refresh()
    stands = room.decided.stands(entry.company_key).by_cluster
    found = [stands[key] for key in _keys(room, entry) if key in stands]
    if not found:
        return None
    last = max(found, key=lambda s: s.decision_no).decision
    return f"{last.broker}: {last.verb}" + (f" ({last.reason})" if last.reason else "")


def _match(entry: Entry) -> Match:
    kept = {name: getattr(entry, name) for name in Match.model_fields if name not in ("reasons", "is_flagged")}
    return Match(**kept, reasons=Reasons.model_validate_json(entry.reasons), is_flagged=True)
