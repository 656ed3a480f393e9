"""What readers answer to single lines: kept, told to the broker, offered to the matcher (P54)."""

from datetime import datetime
from typing import NamedTuple

from digests.headers import one_line, shortened
from ledger import answers, digests, incidents
from ledger.digests import KeptLine
from terms.answer import Answer, AnswerVerb
from terms.errors import NotFound
from terms.incident import Incident
from watch.house import House
from watch.preferences import Visitor, visitor_of

_LONGEST_NOTE = 500


class Asked(NamedTuple):
    """The line that an answer page is about. said: what this reader says of it now, if anything."""

    visitor: Visitor
    line: KeptLine
    title: str
    source: str
    said: AnswerVerb | None


def asked_of(house: House, token: str) -> Asked:
    """The line of an answer link; nothing is changed. Raises NotFound."""
    visitor = visitor_of(house, token, "answer")
    scope = visitor.scope
    with house.ledger.read() as connection:
        own = [line for line in digests.find_lines(connection, scope.ref) if line.company_key == scope.company_key]
        if not own:
            raise NotFound("this link is about a line that no mail of yours has")
        line = next((one for one in own if one.digest_key == scope.digest_key), own[-1])
        told = digests.read_digest(connection, line.digest_key).digest.lines
        standing = answers.read_standing_answers(connection, scope.company_key)
    shown = next(one for one in told if one.ref == line.ref)
    said = [a.verb for a in standing if (a.cluster_key, a.reader_key) == (line.cluster_key, scope.reader_key)]
    return Asked(visitor, line, one_line(shown.title), one_line(shown.source_title), said[0] if said else None)


def answer_by_link(house: House, token: str, verb: AnswerVerb, note: str = "") -> Asked:
    """Keep what a reader says of a line; saying the same again changes nothing. Raises NotFound."""
    asked = asked_of(house, token)
    words = shortened(one_line(note), _LONGEST_NOTE) or None
    line, now = asked.line, house.clock()
    said = Answer(
        company_key=line.company_key,
        digest_key=line.digest_key,
        ref=line.ref,
        cluster_key=line.cluster_key,
        item_key=line.item_key,
        need_key=line.need_key,
        reader_key=asked.visitor.wishes.reader_key,
        verb=verb,
        note=words,
        answered_at=now,
    )
    with house.ledger.write() as connection:
        if answers.add_answer(connection, said) and verb == "more":
            incidents.note_incidents(connection, [_wants_more(asked, words)], at=now, run=f"answer {now.isoformat()}")
    return asked._replace(said=verb)


def read_standing_answers(house: House, company_key: str | None = None) -> list[Answer]:
    """What each reader says now of each cluster, for the matcher, the queue and reports."""
    with house.ledger.read() as connection:
        return answers.read_standing_answers(connection, company_key)


def answers_table(house: House, company_key: str | None = None, since: datetime | None = None) -> list[dict[str, str]]:
    """Every answer in the order it came, with the title it is about."""
    with house.ledger.read() as connection:
        found = answers.read_answers(connection, company_key, since=since)
        titles = {
            (kept.digest_key, line.ref): line.title
            for kept in digests.read_digests(connection)
            if kept.digest_key in {a.digest_key for a in found}
            for line in kept.digest.lines
        }
    return [
        {
            "when": f"{a.answered_at:%Y-%m-%d %H:%M}",
            "company": a.company_key,
            "says": a.verb,
            "of": titles.get((a.digest_key, a.ref), a.item_key),
            "ref": a.ref,
            "need": a.need_key,
            "note": a.note or "",
        }
        for a in found
    ]


def _wants_more(asked: Asked, words: str | None) -> Incident:
    """The broker's next step, where brokers look: the incidents."""
    facts = {"ref": asked.line.ref, "title": asked.title, "broker": asked.visitor.broker, "note": words or ""}
    message = f"a reader asks for more about {asked.line.ref}"
    return Incident(where=f"answers:{asked.line.company_key}", level="warning", message=message, facts=facts)
