"""The shape of a catalogue: every sentence of the mail, in one language (P58)."""

from dataclasses import dataclass

OneOther = tuple[str, str]


@dataclass(frozen=True)
class Texts:
    """Every sentence of the mail. `{name}` is filled in; a pair is (for one, for any other number).

    tag: BCP 47, for `<html lang>` and Content-Language. locale: Babel's name. money: a CLDR number pattern.
    """

    tag: str
    locale: str
    money: str
    week: str
    company_line: str
    subject: str
    subject_deadline: str
    subject_quiet: str
    subject_urgent: str
    projects: OneOther
    partners: OneOther
    readings: OneOther
    changed: OneOther
    first_heading: str
    what: str
    by_when: str
    with_whom: str
    nobody_yet: str
    decide_by: str
    decide_now: str
    deadline_on: str
    deadlines_heading: str
    to_decide: str
    to_apply: str
    today: str
    projects_heading: str
    may_apply: str
    may_apply_yes: str
    may_apply_unknown: str
    clear: str
    criteria: dict[str, str]
    ask: str
    questions: dict[str, str]
    known_for: str
    above: str
    changes_heading: str
    changes: dict[str, str]
    moved: str
    rewritten: str
    told_in: str
    partners_heading: str
    evidence_heading: str
    foot_heading: str
    apply: str
    talk_to: str
    need: str
    closed_need: str
    deadline: str
    no_deadline: str
    budget: str
    programme: str
    because: str
    quote: str
    source: str
    evidence: str
    partner_evidence: str
    days_left: OneOther
    closes_today: str
    more_names: OneOther
    quiet_heading: str
    quiet: str
    examined: OneOther
    examined_by: str
    nothing_examined: str
    degraded: str
    held_back: OneOther
    broker: str
    mentors: OneOther
    answer: str
    refs: str
    stop_mail: str
    stop_page: str
    stop_page_link: str
    your_answer: str
    answers: dict[str, str]
    calendar: str
    calendar_link: str
    kinds: dict[str, str]

    def counted(self, pair: OneOther, count: int, **written: str) -> str:
        """The form of `pair` for `count`, its places filled with what is written for them."""
        return pair[0 if count == 1 else 1].format(**written)
