"""Webhooks and their posts. A post: pending > sending > sent | unknown (posted again) | failed | stopped."""

from datetime import datetime

from sqlalchemy import Connection, Row, func, select

from ledger.store import insert_new
from ledger.tables_webhooks import posts, webhooks
from terms.mail import OutboxState
from terms.webhook import Post, Webhook, WebhookState

_OPEN = ("pending", "unknown")


def read_webhook(connection: Connection, company_key: str) -> Webhook | None:
    """A company's webhook, also one that is revoked; None where there never was one."""
    row = connection.execute(select(webhooks).where(webhooks.c.company_key == company_key)).one_or_none()
    return _webhook(row) if row else None


def read_webhooks(connection: Connection) -> list[Webhook]:
    """Every webhook, by company."""
    return [_webhook(row) for row in connection.execute(select(webhooks).order_by(webhooks.c.company_key))]


def save_webhook(connection: Connection, webhook: Webhook, *, at: datetime) -> None:
    """Store or replace a company's webhook."""
    row = {**webhook.model_dump(), "changed_at": at}
    if not insert_new(connection, webhooks, row, on=["company_key"]):
        connection.execute(webhooks.update().where(webhooks.c.company_key == webhook.company_key).values(**row))


def count_failures(connection: Connection, company_key: str, failures: int, state: WebhookState) -> None:
    """How many digests in a row were not taken, and what the webhook is by that."""
    of_company = (webhooks.c.company_key == company_key) & (webhooks.c.state == "active")
    connection.execute(webhooks.update().where(of_company).values(failures=failures, state=state))


def add_post(connection: Connection, post: Post, *, at: datetime) -> bool:
    """One post for each digest of a company; False where it is there already."""
    row = {**post.model_dump(exclude={"body"}), "body": post.body.decode("utf-8"), "changed_at": at}
    return insert_new(connection, posts, row, on=["company_key", "digest_key"])


def read_posts(connection: Connection, company_key: str | None = None, *states: OutboxState) -> list[Post]:
    """Posts of one company or of all, in these states or in any, by digest."""
    rows = select(posts).order_by(posts.c.digest_key)
    if company_key is not None:
        rows = rows.where(posts.c.company_key == company_key)
    if states:
        rows = rows.where(posts.c.state.in_(states))
    return [_post(row) for row in connection.execute(rows)]


def read_due_posts(connection: Connection, now: datetime) -> list[Post]:
    """Posts whose time has come, those that wait longest first."""
    due = posts.c.state.in_(_OPEN) & (posts.c.next_at <= now)
    return [_post(row) for row in connection.execute(select(posts).where(due).order_by(posts.c.next_at))]


def claim_post(connection: Connection, post: Post, *, at: datetime) -> bool:
    """pending or unknown > sending for one try, if nobody else tried since `post` was read."""
    as_read = (posts.c.post_key == post.post_key) & (posts.c.attempts == post.attempts) & posts.c.state.in_(_OPEN)
    values = {"state": "sending", "attempts": post.attempts + 1, "changed_at": at}
    return connection.execute(posts.update().where(as_read).values(**values)).rowcount == 1


def reopen_posts(connection: Connection, *, at: datetime) -> int:
    """Posts that a killed process left in `sending` are `unknown`, and due at once; returns how many."""
    values = {"state": "unknown", "detail": "stopped while it was posted", "next_at": at, "changed_at": at}
    return connection.execute(posts.update().where(posts.c.state == "sending").values(**values)).rowcount


def mark_post(
    connection: Connection, post_key: str, state: OutboxState, detail: str, *, at: datetime, next_at: datetime | None
) -> None:
    """What became of a post. One that is `sent` never changes again."""
    values = {"state": state, "detail": detail, "changed_at": at, **({"next_at": next_at} if next_at else {})}
    unsent = (posts.c.post_key == post_key) & (posts.c.state != "sent")
    connection.execute(posts.update().where(unsent).values(**values))


def stop_posts(connection: Connection, why: str, *, at: datetime, company_key: str = "", digest_key: str = "") -> int:
    """Posts of a company, or of a digest, that have not left become `stopped`; returns how many."""
    of = posts.c.digest_key == digest_key if digest_key else posts.c.company_key == company_key
    values = {"state": "stopped", "detail": why, "changed_at": at}
    return connection.execute(posts.update().where(of & posts.c.state.in_(_OPEN)).values(**values)).rowcount


def count_posts(connection: Connection) -> dict[tuple[str, str], int]:
    """(company, state) -> posts."""
    rows = select(posts.c.company_key, posts.c.state, func.count()).group_by(posts.c.company_key, posts.c.state)
    return {(row[0], row[1]): int(row[2]) for row in connection.execute(rows)}


def _webhook(row: Row[tuple[object, ...]]) -> Webhook:
    return Webhook.model_validate({name: row._mapping[name] for name in Webhook.model_fields})


def _post(row: Row[tuple[object, ...]]) -> Post:
    values = {name: row._mapping[name] for name in Post.model_fields}
    return Post.model_validate({**values, "body": str(values["body"]).encode("utf-8")})
