"""Hop 7: each approved mail leaves once, or is marked unknown and shown to a broker (P55, RELIABILITY 7).

claim (committed) > journal "sending" (fsynced) > SMTP > journal the outcome > mark (committed). What a kill leaves in
`sending` is settled first at the next start: by the journal, else by the relay's own log, else it is unknown.
"""

import re
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

from digests import journal
from digests.journal import Entry
from digests.relays import relay_of
from digests.smtp import deliver as hand_over
from ledger import audit, digests, incidents, outbox
from ledger.outbox import Waiting
from terms.errors import MailRefused, NotFound, SettingMissing
from terms.incident import Incident
from terms.mail import OutboxState, Outcome
from watch.calendar import refresh_calendars
from watch.house import House
from watch.lock import only_one
from watch.reminders import remind
from watch.webhook_posts import deliver_posts

_FIRST_RETRY, _GROWTH = timedelta(minutes=5), 1.3
_MOST_TRIES = 20  # 5 minutes x 1.3^n add up to 48 hours
_MAY_HAVE_LEFT = ("sending", "sent", "unknown")
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
Phase = Literal["sending", "sent", "refused", "temporary", "unknown"]
_STATES: dict[str, OutboxState] = {"sent": "sent", "refused": "failed", "unknown": "unknown", "temporary": "pending"}
_UNKNOWN = "whether the mail server took it is not known; ask the reader before sending it again"


class Delivered(NamedTuple):
    """What became of the outbox: mails by state, and how many a kill had left open and were settled.

    sent: mails that left now. put_off: mails tried now that the server did not take; they are tried again.
    """

    states: dict[str, int]
    settled: int
    sent: int = 0
    put_off: int = 0

    @property
    def trouble(self) -> int:
        """Mails somebody has to look at."""
        return self.states.get("unknown", 0) + self.states.get("failed", 0)

    @property
    def is_useless(self) -> bool:
        """True where mails were due and the server took none."""
        return bool(self.put_off) and not self.sent


def deliver(house: House, *, on_mail: Callable[[str], None] = lambda state: None) -> Delivered:
    """Settle what a kill left open, tell of drafts that nobody approves, then send what is due, by mail and webhook.

    Raises RunBusy where another process delivers; SettingMissing and MailRefused where no mail can be handed over: then
    they wait, and webhooks are posted to all the same.
    """
    try:
        return _deliver_mails(house, on_mail)
    finally:
        deliver_posts(house)


def _deliver_mails(house: House, on_mail: Callable[[str], None]) -> Delivered:
    with only_one(house, "deliver"):
        said = _last_words(house)
        settled = _settle(house, said)
        said = _last_words(house) if settled else said
        remind(house)
        with house.ledger.write() as connection:
            outbox.stop_addresses(connection, at=house.clock())
        with house.ledger.read() as connection:
            due = outbox.read_due(connection, house.clock())
        tried = _send_all(house, due, said, on_mail)
        _close_digests(house)
        refresh_calendars(house)
        with house.ledger.read() as connection:
            states = outbox.count_states(connection)
    return Delivered(states, settled, sent=tried["sent"], put_off=tried["temporary"])


def resend(house: House, outbox_key: str, *, by: str = "a broker") -> None:
    """A broker's word that an unknown or failed mail was not received: it waits for delivery again. Raises NotFound."""
    settle(house, outbox_key, "resend", by=by)


def settle(house: House, outbox_key: str, word: Literal["received", "resend"], *, by: str) -> None:
    """A person's word on an unknown or failed mail: the reader has it, or it is to be sent again. Audited.

    Raises NotFound where no such mail is unknown or failed, ValueError without a name.
    """
    if not by.strip():
        raise ValueError("settling a mail needs a name (--broker, or VARDE_BROKER)")
    with house.ledger.write() as connection:
        found = [w for w in outbox.read_outbox(connection, "unknown", "failed") if w.outgoing.outbox_key == outbox_key]
        if not found:
            raise NotFound(f"{outbox_key} is not among the unknown or failed mails; `varde outbox` lists them")
        now, is_here = house.clock(), word == "received"
        journal.append(house.journal, _entry(found[0], "sent" if is_here else "temporary"))
        detail = f"received, says {by}" if is_here else f"released by {by}"
        outbox.mark(
            connection, outbox_key, "sent" if is_here else "pending", detail, at=now, next_at=None if is_here else now
        )
        audit.append_audit(connection, by, f"settled mail: {word}", {"mail": outbox_key}, at=now)
    if is_here:
        _close_digests(house)


def stop(house: House, address: str, why: str) -> bool:
    """No more mails to this address, from now on; False where that was so before. Raises ValueError for no address."""
    if not _ADDRESS.fullmatch(address):
        raise ValueError(f"{address!r} is no mail address; give it as the need map has it, such as kari@example.org")
    with house.ledger.write() as connection:
        added = outbox.add_stop(connection, address, why, at=house.clock())
        outbox.stop_addresses(connection, at=house.clock())
    return added


def read_outbox(house: House) -> list[Waiting]:
    """Every mail with its state."""
    with house.ledger.read() as connection:
        return outbox.read_outbox(connection)


def _send_all(house: House, due: list[Waiting], said: dict[str, Entry], on_mail: Callable[[str], None]) -> Counter[str]:
    """Send each; outcomes by state. Says it aloud where the server took none of them."""
    if due:
        _ = house.mail  # a setting that is missing stops us before any mail is claimed
    tried = Counter[str]()
    try:
        for waiting in due:
            tried[_send(house, waiting, said.get(waiting.outgoing.message_id))] += 1
            on_mail(waiting.outgoing.company_key)
    except (MailRefused, SettingMissing) as why:
        _note_no_mail_leaves(house, str(why))
        raise
    if tried["temporary"] and not tried["sent"]:
        _note_no_mail_leaves(house, "`varde outbox` says what the server answered")
    return tried


def _note_no_mail_leaves(house: House, why: str) -> None:
    now = house.clock()
    incident = Incident(where="digests", level="error", message="no mail leaves for now", facts={"detail": why})
    with house.ledger.write() as connection:
        incidents.note_incidents(connection, [incident], at=now, run=f"deliver {now:%Y-%m-%dT%H:%M:%SZ}")


def _send(house: House, waiting: Waiting, said: Entry | None) -> str:
    """Send one; the outcome's state, or `claimed` where another worker has it."""
    if said is not None and said.phase in _MAY_HAVE_LEFT:
        # the ledger is older than the journal: it was restored from a backup, and this mail may have left (P15)
        outcome = _judge(house, waiting, said)
        _conclude(house, waiting, outcome)
        return outcome.state
    with house.ledger.write() as connection:
        if not outbox.claim(connection, waiting, at=house.clock()):
            return "claimed"
    begun = _entry(waiting, "sending")
    journal.append(house.journal, begun)
    claimed = waiting._replace(attempts=waiting.attempts + 1)
    try:
        outcome = hand_over(waiting.outgoing, house.mail)
    except (MailRefused, SettingMissing) as why:
        # nothing was handed over: the server, or what we know of it, cannot be trusted with any mail
        _conclude(house, claimed, Outcome(state="temporary", detail=str(why)))
        raise
    except (ValueError, TypeError, LookupError) as fault:
        # a mail that our own code cannot hand over holds no other; how far it came nobody knows
        outcome = Outcome(state="unknown", detail=f"quarantined: {type(fault).__name__} while it was handed over")
    if outcome.state == "unknown":
        outcome = _ask_again(house, claimed, begun, outcome)
    _conclude(house, claimed, outcome)
    return outcome.state


def _ask_again(house: House, claimed: Waiting, begun: Entry, lost: Outcome) -> Outcome:
    """The relay may know what a connection lost after the dot did not say, once it had its time to write it (E-10)."""
    if relay_of(house.mail) is not None:
        _wait_until(datetime.now(UTC) + timedelta(seconds=house.mail.settle_seconds))
    judged = _judge(house, claimed, begun)
    return judged.model_copy(update={"detail": f"{lost.detail}; {judged.detail}"})


def _settle(house: House, said: dict[str, Entry]) -> int:
    """Every mail that a killed process left in `sending` gets the state it really has."""
    with house.ledger.read() as connection:
        left = outbox.read_outbox(connection, "sending")
    for waiting in left:
        last = said.get(waiting.outgoing.message_id)
        if last is not None and last.phase in _MAY_HAVE_LEFT:
            outcome = _judge(house, waiting, last)
        else:
            outcome = Outcome(state="temporary", detail="stopped before it was handed over")
        _conclude(house, waiting, outcome, at_once=True)
    return len(left)


def _judge(house: House, waiting: Waiting, said: Entry) -> Outcome:
    """What really became of a mail whose journal ends with `said`: the relay's own log knows, if it can be asked."""
    if said.phase == "sent":
        return Outcome(state="sent", detail="by the send journal")
    relay = relay_of(house.mail)
    if relay is None:
        return Outcome(state="unknown", detail=f"{_UNKNOWN} (VARDE_SMTP_RELAY_LOG is not set, nor _RELAY_API)")
    _wait_until(said.at + timedelta(seconds=house.mail.settle_seconds))
    took = relay.accepted(waiting.outgoing.message_id, since=said.at)
    if took is None:
        return Outcome(state="unknown", detail=f"{_UNKNOWN} ({relay.named} cannot tell)")
    if took:
        return Outcome(state="sent", detail=f"{relay.named} has it")
    return Outcome(state="temporary", detail=f"{relay.named} does not have it")


def _wait_until(moment: datetime) -> None:
    time.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))


def _conclude(house: House, waiting: Waiting, outcome: Outcome, *, at_once: bool = False) -> None:
    """Journal an outcome, then mark it; a temporary one is tried again, at once where nothing had been tried."""
    now = house.clock()
    journal.append(house.journal, _entry(waiting, outcome.state))
    state = _STATES[outcome.state]
    if state == "pending" and waiting.attempts >= _MOST_TRIES:
        state = "failed"
    pause = timedelta() if at_once else _FIRST_RETRY * _GROWTH ** (waiting.attempts - 1)
    next_at = now + pause if state == "pending" else None
    with house.ledger.write() as connection:
        outbox.mark(connection, waiting.outgoing.outbox_key, state, outcome.detail, at=now, next_at=next_at)
        if outcome.is_hard:
            outbox.add_stop(connection, waiting.outgoing.recipient, f"refused: {outcome.detail}"[:200], at=now)
        if state in ("unknown", "failed"):
            run = f"{waiting.outgoing.outbox_key}#{waiting.attempts}"
            incidents.note_incidents(connection, [_incident(waiting, state, outcome)], at=now, run=run)


def _incident(waiting: Waiting, state: str, outcome: Outcome) -> Incident:
    message = "a mail's delivery is unknown" if state == "unknown" else "a mail could not be delivered"
    if outcome.is_hard:
        message = "an address takes no mail and gets no more; ask the company for another"
    facts = {"mail": waiting.digest_key, "message_id": waiting.outgoing.message_id, "detail": outcome.detail}
    return Incident(where="digests", level="error", message=message, facts=facts)


def _close_digests(house: House) -> None:
    """approved > sent, once no mail of a digest is on its way any more and at least one has left."""
    with house.ledger.write() as connection:
        for key, found in outbox.read_digest_states(connection).items():
            if "sent" in found and not found & {"pending", "sending"}:
                digests.set_sent(connection, key)


def _entry(waiting: Waiting, phase: Phase) -> Entry:
    return Entry(
        at=datetime.now(UTC),
        outbox_key=waiting.outgoing.outbox_key,
        message_id=waiting.outgoing.message_id,
        phase=phase,
    )


def _last_words(house: House) -> dict[str, Entry]:
    """message id -> what the journal says of it last."""
    return {entry.message_id: entry for entry in journal.read(house.journal)}
