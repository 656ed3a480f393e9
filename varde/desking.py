"""The brokers' desk: desk, people."""

import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from terms.person import EVERY_COMPANY, Role
from varde.demo.people import demo_house, demo_people
from varde.door import house_of
from varde.show import say, show
from watch import people as desk_people
from watch import people_changes
from watch.desk_settings import DeskSettings, base_url
from watch.environment import read_settings
from watch.house import House
from watch.passwords import make_password

people = typer.Typer(no_args_is_help=True, help="People of the desk: add, list, passwd, serve, role, off, on, log-out.")
_DEMO = Path("var/demo")
_BY = "command line"
Json = Annotated[bool, typer.Option("--json", help="For scripts.")]


def add_to(app: typer.Typer) -> None:
    """Register these verbs."""
    app.command("desk")(desk)
    app.add_typer(people, name="people")


def desk(
    context: typer.Context,
    demo: Annotated[bool, typer.Option("--demo", help="The demo's desk, with people made for it (make demo).")] = False,
    folder: Annotated[Path, typer.Option(help="Where the demo lives.")] = _DEMO,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on [VARDE_DESK_PORT].")] = None,
) -> None:
    """Serve the brokers' pages until Ctrl-C; the first start makes an operator and prints the password once."""
    house = _demo_house(folder) if demo else house_of(context)
    env_file = None if demo else Path(".env")
    settings = read_settings(DeskSettings, env_file, **({} if port is None else {"port": port}))
    address = base_url(settings)
    for line in _demo_logins(house) if demo else _first_operator(house):
        say(line, "bold")
    application = import_module("desk.app").build(house, address)  # by name: doors do not import each other
    say(f"The desk is at {address} (Ctrl-C ends it)", "bold")
    uvicorn.run(
        application,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        server_header=False,
        proxy_headers=settings.proxies is not None,
        forwarded_allow_ips=settings.proxies,
    )


@people.command("add")
def add(
    context: typer.Context,
    login: Annotated[str, typer.Argument(help="Log-in name, such as an address.")],
    name: Annotated[str, typer.Option(help="As colleagues and decisions show it.")],
    role: Annotated[Role, typer.Option(help="broker, mentor or operator.")] = "broker",
    serves: Annotated[list[str] | None, typer.Option(help="A company they serve; once per company, * for all.")] = None,
    ask: Annotated[bool, typer.Option("--ask", help="Ask for the password instead of making one.")] = False,
) -> None:
    """Somebody who may log in to the desk; the password is printed once."""
    password = _asked() if ask else make_password()
    made = desk_people.add_person(house_of(context), login, name, role, password, serves=serves or (), by=_BY)
    say(f"{made.login}: {made.name}, {made.role}" + ("" if ask else f", password {password}"))


@people.command("list")
def list_people(context: typer.Context, json_wanted: Json = False) -> None:
    """Everybody who may log in, and the companies they serve."""
    rows = [
        {"login": p.login, "name": p.name, "role": p.role, "language": p.language, "serves": " ".join(serves) or "-"}
        for p, serves in desk_people.list_people(house_of(context))
    ]
    show(rows, "People", json_wanted=json_wanted, empty="nobody yet; `varde desk` makes an operator")


@people.command("passwd")
def passwd(
    context: typer.Context,
    login: Annotated[str, typer.Argument()],
    ask: Annotated[bool, typer.Option("--ask", help="Ask for the password instead of making one.")] = False,
) -> None:
    """A new password; every session of that person ends."""
    password = _asked() if ask else make_password()
    desk_people.set_password(house_of(context), login, password, by=_BY)
    say(f"{login}: " + ("changed" if ask else f"password {password}"))


@people.command("serve")
def serve(
    context: typer.Context,
    login: Annotated[str, typer.Argument()],
    companies: Annotated[list[str] | None, typer.Argument(help="Keys of companies; * for all, none for none.")] = None,
) -> None:
    """Which companies somebody serves from now on; they see nothing of the others."""
    desk_people.set_serves(house_of(context), login, companies or (), by=_BY)
    say(f"{login}: serves {' '.join(companies or ()) or 'nobody'}")


@people.command("role")
def role(
    context: typer.Context,
    login: Annotated[str, typer.Argument()],
    to: Annotated[Role, typer.Argument(help="broker, mentor or operator.")],
) -> None:
    """Another role, from their next page on; the last operator stays one."""
    people_changes.set_role(house_of(context), login, to, by=_BY)
    say(f"{login}: {to}")


@people.command("off")
def off(context: typer.Context, login: Annotated[str, typer.Argument()]) -> None:
    """They may log in no more; what they decided keeps their name."""
    people_changes.set_active(house_of(context), login, is_active=False, by=_BY)
    say(f"{login}: switched off, every session ended")


@people.command("on")
def on(context: typer.Context, login: Annotated[str, typer.Argument()]) -> None:
    """They may log in again."""
    people_changes.set_active(house_of(context), login, is_active=True, by=_BY)
    say(f"{login}: may log in again")


@people.command("log-out")
def log_out(context: typer.Context, login: Annotated[str, typer.Argument()]) -> None:
    """End every session they have."""
    say(f"{login}: {people_changes.end_sessions(house_of(context), login, by=_BY)} sessions ended")


def _asked() -> str:
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


def _first_operator(house: House) -> Iterator[str]:
    """Nobody can log in to a new desk: an operator who serves every company, with a password of their own."""
    if desk_people.list_people(house):
        return
    password = make_password()
    desk_people.add_person(house, "operator", "Operator", "operator", password, serves=[EVERY_COMPANY], by=_BY)
    yield f"First start. Log in as operator with the password {password} and change it; it is not shown again."


def _demo_house(folder: Path) -> House:
    """The demo never touches a real house: no setting of yours reaches it."""
    for name in [name for name in os.environ if name.startswith("VARDE_")]:
        del os.environ[name]
    return demo_house(folder)


def _demo_logins(house: House) -> Iterator[str]:
    yield "Log in as one of these; the passwords are new at each start:"
    for one in demo_people(house):
        yield f"  {one.login:<10} {one.password}   {one.name}, {one.role} of {', '.join(one.serves)}"
