"""Verbs on mails: digest draft|show|approve|list|check|export, outbox, deliver, resend, stop."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

from varde.collecting import Json
from varde.door import house_of
from varde.show import say, show, table
from watch import bounces as judging
from watch import checking, report
from watch import deliver as delivery
from watch import digest as digests
from watch.archive import write_sent
from watch.companies import find_company
from watch.reminders import tell_closing
from watch.urgent import draft_urgent, find_closing

digest = typer.Typer(no_args_is_help=True, help="Digests: draft, show, approve, list, check, export.")
outbox = typer.Typer(invoke_without_command=True, help="Every mail with its state; settle what is unknown; bounces.")
Week = Annotated[str | None, typer.Option(help="ISO week such as 2026-W48; this week if not given.")]
Company = Annotated[str, typer.Argument(metavar="COMPANY")]


class Word(StrEnum):
    """What a reader said of a mail that may not have come."""

    received = "received"
    resend = "resend"


class Format(StrEnum):
    """What to show of a digest."""

    text = "text"
    html = "html"


def add_to(app: typer.Typer) -> None:
    """Register these verbs."""
    app.add_typer(digest, name="digest")
    app.add_typer(outbox, name="outbox")
    for verb in (deliver, resend, stop):
        app.command()(verb)


@digest.command("draft")
def draft(
    context: typer.Context,
    company: Annotated[str | None, typer.Argument(metavar="[COMPANY]", help="All companies if none is named.")] = None,
) -> None:
    """Compose this week's drafts anew from what is accepted; approved digests stay as they are."""
    house = house_of(context)
    drafts = [digests.draft(house, find_company(house, company))] if company else digests.draft_all(house)
    table(report.drafts_table(drafts), "Drafts", empty="no company is watched")


@digest.command("urgent")
def urgent(
    context: typer.Context,
    company: Annotated[str | None, typer.Argument(metavar="[COMPANY]", help="All companies if none is named.")] = None,
    is_list: Annotated[bool, typer.Option("--list", help="Only say what closes too soon; draft nothing.")] = False,
    json_wanted: Json = False,
) -> None:
    """Draft one extra mail with calls that close before the next digest; at most one a week, and only once approved.

    Without COMPANY, as every `varde week` does: drafts where one is needed, and tells brokers of each call once.
    """
    house = house_of(context)
    if company is not None and not is_list:
        drafted = [draft_urgent(house, find_company(house, company))]
        show(report.drafts_table(drafted), "Urgent", json_wanted=json_wanted)
        return
    found = find_closing(house, [find_company(house, company)] if company else None) if is_list else tell_closing(house)
    empty = "no call that anybody flagged"
    show(report.closing_table(found), "Closes before the next digest", json_wanted=json_wanted, empty=empty)


@digest.command("show")
def show_digest(
    context: typer.Context,
    company: Company,
    week: Week = None,
    form: Annotated[Format, typer.Option("--format", help="text or html.")] = Format.text,
    language: Annotated[str | None, typer.Option(help="en or nb; the first contact's if not given.")] = None,
) -> None:
    """A digest as its reader would see it."""
    rendered = digests.preview(house_of(context), company, week, language)
    typer.echo(rendered.html if form is Format.html else f"{rendered.subject}\n\n{rendered.text}")


@digest.command("approve")
def approve(
    context: typer.Context,
    company: Company,
    broker: Annotated[str, typer.Option(envvar="VARDE_BROKER", help="Who approves [VARDE_BROKER].")],
    week: Week = None,
    is_urgent: Annotated[bool, typer.Option("--urgent", help="The extra mail of `varde digest urgent`.")] = False,
) -> None:
    """Freeze the mails of a draft and put them into the outbox; nothing unapproved is ever sent."""
    kind: Literal["digest", "urgent"] = "urgent" if is_urgent else "digest"
    count = digests.approve(house_of(context), company, by=broker, week=week, kind=kind)
    say(f"{company}: approved by {broker}; {count} mails wait in the outbox")


@digest.command("list")
def list_digests(context: typer.Context, week: Week = None, json_wanted: Json = False) -> None:
    """Digests with their state."""
    kept = digests.list_digests(house_of(context), week)
    rows = [
        {"digest": k.digest_key, "state": k.state, "lines": str(len(k.digest.lines)), "by": k.approved_by or ""}
        for k in kept
    ]
    show(rows, "Digests", json_wanted=json_wanted, empty="none yet")


@digest.command("check")
def check(
    mail: Annotated[Path, typer.Argument(metavar="FILE.eml", help="A mail as it was sent.")],
    json_wanted: Json = False,
) -> None:
    """Check a mail as mail readers and their servers would, one line a check; fails where one does."""
    rows = checking.check_mail(mail)
    show(rows, str(mail), json_wanted=json_wanted)
    if any(row["found"] == "wrong" for row in rows):
        raise typer.Exit(1)


@digest.command("export")
def export(context: typer.Context, folder: Annotated[Path, typer.Argument(help="Where to write to.")]) -> None:
    """Write every mail that was sent, exactly as sent, as .eml, .html and .txt (P59)."""
    for path in write_sent(house_of(context), folder):
        say(f"wrote {path}")


def deliver(context: typer.Context) -> None:
    """Settle what a kill left open, then send what is due; each mail leaves once or is marked unknown."""
    delivered = delivery.deliver(house_of(context))
    table(report.delivered_table(delivered), "Outbox")
    if delivered.trouble:
        say(f"{delivered.trouble} mails are unknown or failed; `varde outbox` lists them", "red")
    if delivered.is_useless:
        say(f"the server took none of {delivered.put_off} mails; they wait, and `varde outbox` says why", "red")
    if delivered.trouble or delivered.is_useless:
        raise typer.Exit(1)


@outbox.callback()
def show_outbox(context: typer.Context, json_wanted: Json = False) -> None:
    """Every mail with its state."""
    if context.invoked_subcommand is not None:
        return
    rows = [
        {
            "mail": waiting.outgoing.outbox_key,
            "state": waiting.state,
            "tries": str(waiting.attempts),
            "next": f"{waiting.next_at:%Y-%m-%d %H:%M}",
            "said": waiting.detail or "",
        }
        for waiting in delivery.read_outbox(house_of(context))
    ]
    show(rows, "Outbox", json_wanted=json_wanted, empty="no mail yet")


@outbox.command("settle")
def settle(
    context: typer.Context,
    mail: Annotated[str, typer.Argument(help="As `varde outbox` names it.")],
    word: Annotated[Word, typer.Argument(help="received: the reader has it. resend: the reader has not.")],
    broker: Annotated[str, typer.Option(envvar="VARDE_BROKER", help="Whose word it is [VARDE_BROKER].")],
) -> None:
    """Close a mail whose delivery is unknown, or that failed, by what its reader said; kept in the audit log."""
    delivery.settle(house_of(context), mail, word.value, by=broker)
    say(f"{mail}: received" if word is Word.received else f"{mail} waits for delivery; `varde deliver` sends it")


@outbox.command("bounces")
def bounces(
    context: typer.Context,
    mailbox: Annotated[Path | None, typer.Option(help="Maildir, folder of mails, or mbox with bounces.")] = None,
    audit: Annotated[Path | None, typer.Option(help="Folder of bounces to judge only; nothing is kept.")] = None,
    truth: Annotated[
        Path | None, typer.Option(help="With --audit: CSV with the columns file and kind (hard, soft, other).")
    ] = None,
    json_wanted: Json = False,
) -> None:
    """Read bounces: hard ones stop their address and tell the broker. With --audit, the share judged right is last."""
    if (mailbox is None) == (audit is None):
        raise typer.BadParameter("give either --mailbox or --audit")
    if audit is not None:
        found = judging.audit(audit, truth)
        show(found.rows, "Bounces", json_wanted=json_wanted, empty="no mail there")
        if not json_wanted:
            say(found.last_line)
        return
    if mailbox is not None:
        rows = judging.take_bounces(house_of(context), mailbox)
        show(rows, "Bounces", json_wanted=json_wanted, empty="no bounce there")


def resend(context: typer.Context, mail: Annotated[str, typer.Argument(help="As `varde outbox` names it.")]) -> None:
    """Your word that an unknown or failed mail was not received: it will be sent again."""
    delivery.resend(house_of(context), mail)
    say(f"{mail} waits for delivery; `varde deliver` sends it")


def stop(
    context: typer.Context,
    address: Annotated[str, typer.Argument(help="The reader's address.")],
    why: Annotated[str, typer.Option(help="Kept beside it.")] = "asked by mail",
) -> None:
    """No more mails to this address, also not those that wait."""
    added = delivery.stop(house_of(context), address, why)
    say(f"{address} gets no more mails" if added else f"{address} was stopped before")
