"""Verbs on readers and on what mails need around them: answers, readers, links, calendar, sink, doctor."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from terms.errors import VardeError
from varde.collecting import Json
from varde.door import house_of
from varde.show import say, show
from watch import answers as answering
from watch import calendar as calendars
from watch import doctor as doctoring
from watch import preferences

links = typer.Typer(no_args_is_help=True, help="Links in mails: revoke those of a reader, or a calendar's.")
doctor = typer.Typer(no_args_is_help=True, help="Check what Varde needs around it.")
Company = Annotated[str, typer.Argument(metavar="COMPANY")]
Broker = Annotated[str, typer.Option(envvar="VARDE_BROKER", help="Who says so [VARDE_BROKER].")]


def add_to(app: typer.Typer) -> None:
    """Register these verbs."""
    app.add_typer(links, name="links")
    app.add_typer(doctor, name="doctor")
    for verb in (answers, readers, calendar, sink):
        app.command()(verb)


def answers(
    context: typer.Context,
    company: Annotated[str | None, typer.Argument(metavar="[COMPANY]", help="All if none is named.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only from this day on (UTC).")] = None,
    json_wanted: Json = False,
) -> None:
    """What readers answered to single lines, oldest first."""
    rows = answering.answers_table(house_of(context), company, since.astimezone() if since else None)
    show(rows, "Answers", json_wanted=json_wanted, empty="none yet")


def readers(context: typer.Context, json_wanted: Json = False) -> None:
    """Every reader: how often and in which language they want the mail, and which week they got last."""
    show(
        preferences.readers_table(house_of(context)), "Readers", json_wanted=json_wanted, empty="no company is watched"
    )


@links.command("revoke")
def revoke(
    context: typer.Context,
    company: Company,
    broker: Broker,
    address: Annotated[
        str | None, typer.Option(help="The reader's; without it the company's calendar is meant.")
    ] = None,
) -> None:
    """Every link a reader ever got, or the company's calendar address, stops working; the next mail has new ones."""
    house = house_of(context)
    if address is None:
        preferences.revoke_calendar(house, company, by=broker)
        say(f"{company}: the calendar's address is revoked")
    else:
        preferences.revoke_links(house, company, address, by=broker)
        say(f"{company}: every link that {address} got is revoked")


def calendar(
    context: typer.Context,
    company: Company,
    folder: Annotated[
        Path | None, typer.Option("--to", help="Write the file here instead of naming its address.")
    ] = None,
) -> None:
    """The secret address of a company's calendar of deadlines, or the file itself."""
    house = house_of(context)
    if folder is None:
        say(calendars.address_of(house, company) or "set VARDE_PUBLIC_URL, or write a file with --to FILE.ics")
    else:
        folder.write_bytes(calendars.file_of(house, company))
        say(f"wrote {folder}")


def sink(
    folder: Annotated[Path, typer.Argument(help="Where to keep the mails.")] = Path("mails"),
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")] = 2525,
) -> None:
    """A mail server to try things out: keeps every mail as a file and sends nothing on, until Ctrl-C."""
    from varde.demo.sink import mail_server  # noqa: PLC0415 - aiosmtpd is needed by nobody else

    try:
        with mail_server(folder, port):
            say(f"keeps every mail in {folder}/; for .env:")
            say(f"VARDE_SMTP_HOST=127.0.0.1\nVARDE_SMTP_PORT={port}\nVARDE_SMTP_SECURITY=none")
            say(f"VARDE_SMTP_RELAY_LOG={(folder / 'mail.log').absolute()}")
            with suppress(KeyboardInterrupt):
                Event().wait()
    except OSError as trouble:
        raise VardeError(f"port {port} cannot be listened on ({trouble.strerror}); --port names another") from trouble


@doctor.command("mail")
def doctor_mail(context: typer.Context, json_wanted: Json = False) -> None:
    """SPF, DKIM, DMARC, TLS, the clock and the base of links, one line each; fails where one is wrong."""
    rows = doctoring.examine_mail(house_of(context))
    show(rows, "Mail", json_wanted=json_wanted)
    if any(row["found"] == "wrong" for row in rows):
        raise typer.Exit(1)
