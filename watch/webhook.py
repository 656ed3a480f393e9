"""A company's webhook: created, tried, given a new secret, revoked; its secret is shown once and stored nowhere."""

from datetime import timedelta

from digests.post import checked_url, post
from digests.webhook import secret_of, signed_headers, trial_body
from ledger import audit, webhooks
from terms.errors import NotFound
from terms.webhook import Answered, Webhook
from watch.companies import find_company
from watch.house import House
from watch.links import link_key

OVERLAP = timedelta(hours=24)
"""How long the secret before the newest still signs as well, so that a receiver has time to change it."""


def create(house: House, company_key: str, url: str, *, by: str) -> str:
    """Post every approved digest of a company to this address from now on; returns the secret that signs them.

    Raises NotFound, SettingMissing where the address is no https address, ValueError without a name.
    """
    company, now = find_company(house, company_key), house.clock()
    checked_url(url, allowed_hosts(house))
    _refuse_nobody(by)
    with house.ledger.write() as connection:
        before = webhooks.read_webhook(connection, company.id)
        generation = before.generation + 1 if before else 1
        webhooks.save_webhook(connection, Webhook(company_key=company.id, url=url, generation=generation), at=now)
        webhooks.stop_posts(connection, "the webhook has another address now", at=now, company_key=company.id)
        audit.append_audit(connection, by, "created webhook", {"company": company.id, "url": url}, at=now)
    return secret_of(link_key(house), company.id, generation)


def rotate(house: House, company_key: str, *, by: str) -> str:
    """A new secret; the one before signs beside it for a day. A suspended webhook starts again. Raises NotFound."""
    _refuse_nobody(by)
    now = house.clock()
    with house.ledger.write() as connection:
        before = _standing(webhooks.read_webhook(connection, company_key), company_key)
        fresh = {"generation": before.generation + 1, "rotated_at": now, "state": "active", "failures": 0}
        webhooks.save_webhook(connection, before.model_copy(update=fresh), at=now)
        audit.append_audit(connection, by, "rotated webhook secret", {"company": company_key}, at=now)
    return secret_of(link_key(house), company_key, before.generation + 1)


def revoke(house: House, company_key: str, *, by: str) -> None:
    """Nothing is posted any more, also not what waits. Raises NotFound."""
    _refuse_nobody(by)
    now = house.clock()
    with house.ledger.write() as connection:
        before = _standing(webhooks.read_webhook(connection, company_key), company_key)
        webhooks.save_webhook(connection, before.model_copy(update={"state": "revoked"}), at=now)
        webhooks.stop_posts(connection, "the webhook was revoked", at=now, company_key=company_key)
        audit.append_audit(connection, by, "revoked webhook", {"company": company_key}, at=now)


def try_out(house: House, company_key: str) -> Answered:
    """Post something that tells nothing, once, and say what the receiver answered. Raises NotFound, Blocked."""
    with house.ledger.read() as connection:
        webhook = _standing(webhooks.read_webhook(connection, company_key), company_key)
    now = house.clock()
    body = trial_body(find_company(house, company_key), now)
    headers = signed_headers(f"trial_{now:%Y%m%dT%H%M%S}", now, body, secrets_of(house, webhook))
    return post(webhook.url, body, headers, allowed=allowed_hosts(house))


def webhooks_table(house: House) -> list[dict[str, str]]:
    """One row a webhook, with its posts by state."""
    with house.ledger.read() as connection:
        found, counts = webhooks.read_webhooks(connection), webhooks.count_posts(connection)
    return [
        {
            "company": one.company_key,
            "url": one.url,
            "state": one.state,
            "secret": f"no. {one.generation}" + (f", since {one.rotated_at:%Y-%m-%d}" if one.rotated_at else ""),
            "posts": ", ".join(f"{n} {state}" for (key, state), n in sorted(counts.items()) if key == one.company_key),
        }
        for one in found
    ]


def posts_table(house: House, company_key: str | None = None) -> list[dict[str, str]]:
    """One row a post: its state, how often it was tried, when again, and what the receiver said last."""
    with house.ledger.read() as connection:
        found = webhooks.read_posts(connection, company_key)
    return [
        {
            "digest": one.digest_key,
            "state": one.state,
            "tries": str(one.attempts),
            "next": f"{one.next_at:%Y-%m-%d %H:%M}",
            "said": one.detail,
            "id": one.post_key,
        }
        for one in found
    ]


def secrets_of(house: House, webhook: Webhook) -> list[str]:
    """The secrets that hold, the newest first."""
    key = link_key(house)
    holds = [webhook.generation]
    if webhook.rotated_at is not None and house.clock() < webhook.rotated_at + OVERLAP:
        holds.append(webhook.generation - 1)
    return [secret_of(key, webhook.company_key, generation) for generation in holds]


def allowed_hosts(house: House) -> list[str]:
    """`host:port` on this machine that may be posted to, for trying out."""
    return [part.strip() for part in house.settings.webhook_hosts.split(",") if part.strip()]


def _standing(webhook: Webhook | None, company_key: str) -> Webhook:
    if webhook is None or webhook.state == "revoked":
        raise NotFound(f"{company_key} has no webhook; `varde webhook create {company_key} https://…` makes one")
    return webhook


def _refuse_nobody(by: str) -> None:
    if not by.strip():
        raise ValueError("a webhook is changed by somebody (--broker, or VARDE_BROKER)")
