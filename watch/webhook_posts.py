"""Posts of digests to companies' webhooks: queued with the mails, claimed, tried again, given up (RELIABILITY 7).

A mail must never be sent twice, since its reader cannot tell. A post has an id by which its receiver can: so one whose
answer was lost, or cut off by a kill, is `unknown` and posted again, under the same id and with the same bytes.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Literal

from digests import journal
from digests.journal import Entry
from digests.post import post
from digests.webhook import digest_body, post_key_of, signed_headers
from ledger import incidents, webhooks
from ledger.digests import Kept
from terms.company import Company
from terms.errors import Blocked, SettingMissing
from terms.incident import Incident
from terms.mail import OutboxState
from terms.webhook import Answered, Post, Webhook
from watch.freeze import rendered
from watch.house import House
from watch.lock import only_one
from watch.webhook import allowed_hosts, secrets_of

_PAUSES = tuple(timedelta(minutes=n) for n in (5, 30, 120, 300, 600, 840, 1200, 1440))
"""Between two tries, as Standard Webhooks proposes; together a little more than three days."""
_MOST_FAILURES = 3  # digests in a row
_STATES: dict[str, OutboxState] = {"sent": "sent", "refused": "pending", "temporary": "pending", "unknown": "unknown"}
_PHASES: dict[str, Literal["sent", "refused", "temporary", "unknown"]] = {
    "sent": "sent", "gone": "refused", "refused": "temporary", "temporary": "temporary", "unknown": "unknown"
}  # fmt: skip


def frozen_post(house: House, company: Company, kept: Kept, now: datetime, due_at: datetime) -> Post | None:
    """What the company's webhook gets of a digest that is being approved; None where it has none."""
    with house.ledger.read() as connection:
        webhook = webhooks.read_webhook(connection, company.id)
    if webhook is None or webhook.state != "active":
        return None
    kind = kept.digest_key.rpartition("/")[2]
    spoken = kept.digest.model_copy(update={"language": company.languages[0]})
    words = rendered(house, company, spoken, company.languages[0], now, None)
    return Post(
        post_key=post_key_of(company.id, kept.digest_key),
        company_key=company.id,
        digest_key=kept.digest_key,
        body=digest_body(company, spoken, kind=kind, subject=words.subject, text=words.text, now=now),
        next_at=due_at,
    )


def deliver_posts(house: House) -> Counter[str]:
    """Post what is due; outcomes by state. One receiver that is down, slow or hostile holds no other.

    Raises RunBusy where another process posts.
    """
    with only_one(house, "webhooks"):
        said = {entry.message_id: entry for entry in journal.read(house.journal)}
        with house.ledger.write() as connection:
            webhooks.reopen_posts(connection, at=house.clock())
        with house.ledger.read() as connection:
            due = webhooks.read_due_posts(connection, house.clock())
            known = {one.company_key: one for one in webhooks.read_webhooks(connection)}
        return Counter(_deliver(house, one, known[one.company_key], said.get(one.post_key)) for one in due)


def _deliver(house: House, due: Post, webhook: Webhook, said: Entry | None) -> str:
    """One try; the state it leads to, or `claimed` where another worker has it."""
    if said is not None and said.phase == "sent":
        # the ledger is older than the journal: it was restored from a backup (P15)
        _conclude(house, due, webhook, Answered(state="sent", detail="by the send journal"))
        return "sent"
    with house.ledger.write() as connection:
        if not webhooks.claim_post(connection, due, at=house.clock()):
            return "claimed"
    journal.append(house.journal, _entry(due, "sending"))
    claimed = due.model_copy(update={"attempts": due.attempts + 1})
    headers = signed_headers(due.post_key, house.clock(), due.body, secrets_of(house, webhook))
    try:
        answered = post(webhook.url, due.body, headers, allowed=allowed_hosts(house), seconds=house.settings.webhook_s)
    except (Blocked, SettingMissing) as why:
        answered = Answered(state="refused", detail=str(why))
    return _conclude(house, claimed, webhook, answered)


def _conclude(house: House, claimed: Post, webhook: Webhook, answered: Answered) -> str:
    """Journal what was said, then mark it; after the last try it failed, and after three such the webhook rests."""
    now = house.clock()
    journal.append(house.journal, _entry(claimed, _PHASES[answered.state]))
    is_over = answered.state == "gone" or (answered.state != "sent" and claimed.attempts > len(_PAUSES))
    state: OutboxState = "failed" if is_over else _STATES[answered.state]
    next_at = now + _PAUSES[claimed.attempts - 1] if state in ("pending", "unknown") else None
    failures = webhook.failures + (state == "failed")
    rests = answered.state == "gone" or failures >= _MOST_FAILURES
    with house.ledger.write() as connection:
        webhooks.mark_post(connection, claimed.post_key, state, answered.detail, at=now, next_at=next_at)
        if state == "sent":
            webhooks.count_failures(connection, webhook.company_key, 0, "active")
        if state == "failed":
            webhooks.count_failures(connection, webhook.company_key, failures, "suspended" if rests else "active")
            incident = _incident(claimed, answered, rests=rests)
            incidents.note_incidents(connection, [incident], at=now, run=claimed.post_key)
        if rests:
            webhooks.stop_posts(connection, "the webhook is suspended", at=now, company_key=webhook.company_key)
    return state


def _incident(failed: Post, answered: Answered, *, rests: bool) -> Incident:
    """What the broker is told."""
    message = (
        "a webhook takes no posts and is suspended; `varde webhook rotate` starts it again"
        if rests
        else "a digest could not be posted to the company's webhook"
    )
    facts = {"digest": failed.digest_key, "detail": answered.detail}
    return Incident(where=f"digest:{failed.company_key}", level="error", message=message, facts=facts)


def _entry(one: Post, phase: Literal["sending", "sent", "refused", "temporary", "unknown"]) -> Entry:
    return Entry(at=datetime.now(UTC), outbox_key=one.digest_key, message_id=one.post_key, phase=phase)
