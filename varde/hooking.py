"""Verbs on webhooks: create, rotate, revoke, list, posts, try."""

from typing import Annotated

import typer

from varde.collecting import Json
from varde.door import house_of
from varde.show import say, show
from watch import webhook as hooks

webhook = typer.Typer(no_args_is_help=True, help="Webhooks: digests posted to a company's own machines, signed.")
Company = Annotated[str, typer.Argument(metavar="COMPANY")]
Broker = Annotated[str, typer.Option(envvar="VARDE_BROKER", help="Who says so [VARDE_BROKER].")]
_ONCE = "keep it where only the receiver reads it; it is not shown again (docs/webhook.md says how to check it)"


def add_to(app: typer.Typer) -> None:
    """Register these verbs."""
    app.add_typer(webhook, name="webhook")


@webhook.command("create")
def create(
    context: typer.Context, company: Company, url: Annotated[str, typer.Argument(metavar="URL")], broker: Broker
) -> None:
    """Post every digest that is approved from now on to this https address; prints the secret, once."""
    _tell(hooks.create(house_of(context), company, url, by=broker))


@webhook.command("rotate")
def rotate(context: typer.Context, company: Company, broker: Broker) -> None:
    """A new secret, printed once; the one before signs beside it for a day. Starts a suspended webhook again."""
    _tell(hooks.rotate(house_of(context), company, by=broker))


@webhook.command("revoke")
def revoke(context: typer.Context, company: Company, broker: Broker) -> None:
    """Post nothing any more, also not what waits."""
    hooks.revoke(house_of(context), company, by=broker)
    say(f"{company}: nothing is posted any more")


@webhook.command("list")
def list_webhooks(context: typer.Context, json_wanted: Json = False) -> None:
    """Every webhook: address, state, number of its secret, posts by state."""
    show(hooks.webhooks_table(house_of(context)), "Webhooks", json_wanted=json_wanted, empty="none yet")


@webhook.command("posts")
def posts(
    context: typer.Context,
    company: Annotated[str | None, typer.Argument(metavar="[COMPANY]", help="All if none is named.")] = None,
    json_wanted: Json = False,
) -> None:
    """Every post: its state, how often it was tried, when again, and what the receiver said."""
    show(hooks.posts_table(house_of(context), company), "Posts", json_wanted=json_wanted, empty="none yet")


@webhook.command("try")
def try_out(context: typer.Context, company: Company) -> None:
    """Post something that tells nothing, once; fails unless the receiver takes it."""
    answered = hooks.try_out(house_of(context), company)
    say(f"{answered.state}: {answered.detail}")
    if answered.state != "sent":
        raise typer.Exit(1)


def _tell(secret: str) -> None:
    typer.echo(secret)
    say(_ONCE, "yellow")
