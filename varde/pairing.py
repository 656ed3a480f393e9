"""Verbs on partners inside: pairs, consent."""

from typing import Annotated

import typer

from terms.consent import Profile
from varde.collecting import Json
from varde.door import house_of
from varde.show import as_json, say, show
from watch import inside, inside_consent
from watch.joint import broker_scope

pairs = typer.Typer(no_args_is_help=True, help="Needs of one company against competences of another, step by step.")
consent = typer.Typer(no_args_is_help=True, help="Who may be named to whom: give, revoke, list.")
Login = Annotated[
    str | None, typer.Option("--as", metavar="LOGIN", help="See what this broker may see [the whole house].")
]
Broker = Annotated[str, typer.Option(envvar="VARDE_BROKER", help="Who puts it on record [VARDE_BROKER].")]
PairKey = Annotated[str, typer.Argument(metavar="PAIR", help="The pair, as `varde pairs list` shows it.")]
Company = Annotated[str, typer.Argument(metavar="COMPANY")]
Reader = Annotated[str, typer.Option("--for", metavar="COMPANY", help="The company of the pair that reads it.")]
SaidBy = Annotated[str, typer.Option("--said-by", help="Who of the company said so.")]


def add_to(app: typer.Typer) -> None:
    """Register these verbs."""
    app.add_typer(pairs, name="pairs")
    app.add_typer(consent, name="consent")


@pairs.command("list")
def list_pairs(context: typer.Context, login: Login = None, json_wanted: Json = False) -> None:
    """Pairs for the broker of both companies; nothing of this goes to a company."""
    house = house_of(context)
    found = inside.inside_pairs(house, broker_scope(house, login))
    if json_wanted:
        as_json([{**one.pair.model_dump(mode="json"), "stage": one.stage} for one in found])
        return
    rows = [
        {
            "pair": one.pair.pair_key,
            "fit": f"{one.pair.fit:.2f}",
            "stage": one.stage,
            "need": f"{one.pair.need_key}: {one.pair.need_title}",
            "competence": f"{one.pair.owner_key}: {one.pair.competence}",
            "because": ", ".join(one.pair.because),
        }
        for one in found
    ]
    show(rows, "Pairs", json_wanted=False, empty="no open need meets a competence (`competences:` in need maps)")


@pairs.command()
def profiles(
    context: typer.Context, pair: PairKey, broker: Broker, login: Login = None, json_wanted: Json = False
) -> None:
    """Release both profiles without names, and print them: first for the one that seeks, then for the one that can."""
    house = house_of(context)
    both = inside_consent.show_profiles(house, broker_scope(house, login), pair, broker)
    if json_wanted:
        as_json([one.model_dump(mode="json") for one in both])
        return
    show([_profile(one) for one in both], "Profiles", json_wanted=False)


@pairs.command()
def profile(
    context: typer.Context, pair: PairKey, reader: Reader, login: Login = None, json_wanted: Json = False
) -> None:
    """What one company may know of the other: sector, size, country, shared words; to hand over."""
    house = house_of(context)
    found = inside_consent.profile_for(house, broker_scope(house, login), pair, reader)
    if json_wanted:
        as_json(found.model_dump(mode="json"))
        return
    show([_profile(found)], "Profile", json_wanted=False)


@pairs.command()
def names(
    context: typer.Context,
    pair: PairKey,
    reader: Reader,
    broker: Broker,
    login: Login = None,
    json_wanted: Json = False,
) -> None:
    """The other company by name; only while the consent of both stands. Each time is put on record."""
    house = house_of(context)
    found = inside_consent.names_for(house, broker_scope(house, login), pair, reader, broker)
    if json_wanted:
        as_json(found.model_dump(mode="json"))
        return
    say(f"{found.name} ({found.country}): {found.words}", "bold")
    say(f"Its broker: {found.broker} <{found.broker_address}>")


@consent.command()
def give(
    context: typer.Context, pair: PairKey, company: Company, said_by: SaidBy, broker: Broker, login: Login = None
) -> None:
    """Put on record that a company agrees to be named to the other one of this pair."""
    house = house_of(context)
    inside_consent.give_consent(house, broker_scope(house, login), pair, company, said_by=said_by, who=broker)
    say(f"{pair.upper()}: the consent of {company} is on record")


@consent.command()
def revoke(
    context: typer.Context, pair: PairKey, company: Company, said_by: SaidBy, broker: Broker, login: Login = None
) -> None:
    """Take a company's consent back; no name is told from now on."""
    house = house_of(context)
    inside_consent.revoke_consent(house, broker_scope(house, login), pair, company, said_by=said_by, who=broker)
    say(f"{pair.upper()}: the consent of {company} is taken back; what was told before cannot be untold", "yellow")


@consent.command("list")
def list_steps(context: typer.Context, login: Login = None, json_wanted: Json = False) -> None:
    """Every step on record: what was shown to whom, who consented, on which texts, who wrote it down."""
    house = house_of(context)
    found = inside_consent.list_steps(house, broker_scope(house, login))
    rows = [
        {
            "at": f"{step.at:%Y-%m-%d %H:%M}",
            "pair": step.pair_key,
            "step": step.verb,
            "company": step.company_key,
            "said by": step.said_by,
            "texts": step.text_version,
            "broker": step.who,
        }
        for step in found
    ]
    show(rows, "Disclosures", json_wanted=json_wanted, empty="nothing was shown to anybody")


def _profile(one: Profile) -> dict[str, str]:
    return {
        "pair": one.pair_key,
        "brings": "a competence" if one.side == "competence" else "a need",
        "sector": one.sector or "not stated",
        "size": one.size,
        "country": one.country,
        "shared words": ", ".join(one.topics),
    }
