"""Every mail and post of the companies one serves, with its state; and a person's word on one that is open (P55)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from digests.headers import one_line, shortened
from ledger import incidents, outbox, webhooks
from ledger.outbox import Waiting
from terms.errors import NotFound
from terms.person import Scope
from terms.webhook import Post
from watch import deliver as delivery
from watch.desk_digest import names
from watch.desk_queue import Workroom

_MOST = 300
_ORDER = ("unknown", "failed", "again", "sending", "waits", "stopped", "sent")
_QUARANTINED = "a digest could not be made"
Word = Literal["received", "resend"]


class Shown(NamedTuple):
    """One mail or post. state: as kept, `waits` or `again` where it is pending. settles: a person may close it."""

    key: str
    company: str
    week: str
    kind: str
    to: str
    state: str
    tries: int
    next_at: datetime
    detail: str
    settles: bool


class Quarantined(NamedTuple):
    """A company whose digest cannot be made, and why, in the machine's words."""

    company: str
    why: str
    last_at: datetime


class Outbox(NamedTuple):
    """What needs a person comes first, then what is on its way, then what is done with."""

    mails: Sequence[Shown]
    quarantined: Sequence[Quarantined]
    counts: Mapping[str, int]


def read_shown(room: Workroom, scope: Scope) -> Outbox:
    """The outbox of the companies served, at most 300 rows."""
    known = names(room, scope)
    with room.house.ledger.read() as connection:
        mails = [_mail(one, known) for one in outbox.read_outbox(connection) if one.outgoing.company_key in known]
        posts = [_post(one, known) for one in webhooks.read_posts(connection) if one.company_key in known]
        noted = incidents.read_incidents(connection)
    every = sorted([*mails, *posts], key=lambda one: (one.week, one.key), reverse=True)
    every.sort(key=lambda one: _ORDER.index(one.state))
    broken = [
        Quarantined(known[key], shortened(one_line(counted.incident.facts.get("why", "")), 300), counted.last_seen_at)
        for counted in noted
        if counted.incident.message.startswith(_QUARANTINED)
        and (key := counted.incident.where.removeprefix("digest:")) in known
    ]
    counts = {state: n for state in _ORDER if (n := sum(one.state == state for one in every))}
    return Outbox(every[:_MOST], broken, counts)


def settle(room: Workroom, scope: Scope, key: str, word: Word) -> None:
    """A person's word on an unknown or failed mail. Raises NotFound, also for a mail of a company served by others."""
    with room.house.ledger.read() as connection:
        found = [one for one in outbox.read_outbox(connection) if one.outgoing.outbox_key == key]
    if not found:
        raise NotFound("there is no such mail")
    scope.require(found[0].outgoing.company_key)
    delivery.settle(room.house, key, word, by=scope.person.name)


def _mail(one: Waiting, known: Mapping[str, str]) -> Shown:
    mail = one.outgoing
    return Shown(
        mail.outbox_key, known[mail.company_key], mail.iso_week, mail.kind.partition("-")[0], mail.recipient,
        _state(one.state, one.attempts), one.attempts, one.next_at, one.detail or "",
        one.state in ("unknown", "failed"),
    )  # fmt: skip


def _post(one: Post, known: Mapping[str, str]) -> Shown:
    _, week, _ = one.digest_key.split("/")
    state = _state(one.state, one.attempts)
    return Shown(one.post_key, known[one.company_key], week, "webhook", "", state, one.attempts, one.next_at,
                 one.detail, False)  # fmt: skip


def _state(state: str, attempts: int) -> str:
    return state if state != "pending" else "again" if attempts else "waits"
