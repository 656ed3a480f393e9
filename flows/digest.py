"""Digest: draft what is accepted, deliver what is approved."""

from prefect import flow, task

from flows.shared import house, keep_table
from watch import report
from watch.deliver import deliver
from watch.digest import draft_all
from watch.reminders import tell_closing


@task(timeout_seconds=1800)
def draft_digests() -> list[dict[str, str]]:
    """This week's drafts, from what brokers accepted."""
    return report.drafts_table(draft_all(house()))


@task(timeout_seconds=1800)
def tell_brokers() -> list[dict[str, str]]:
    """Calls that close before their company's next digest: an extra mail is drafted, its broker told."""
    return report.closing_table(tell_closing(house()))


@task(timeout_seconds=3600)
def deliver_mails() -> list[dict[str, str]]:
    """What is approved and due; the outbox itself retries, so this task does not."""
    return report.delivered_table(deliver(house()))


@flow(name="digest", timeout_seconds=2 * 3600)
def digest() -> None:
    """Draft every company's digest, tell of what closes too soon, deliver the approved; nothing unapproved is sent."""
    keep_table("drafts", draft_digests(), "Drafts by company")
    keep_table("closing", tell_brokers(), "Calls that close before the next digest")
    keep_table("delivered", deliver_mails(), "Mails by state")
