"""What every verb needs of the door: the chosen settings, and the house opened with them."""

from typing import Any

import typer

from terms.errors import SettingMissing
from watch.house import House, open_house


class Choices:
    """Options given before the verb."""

    def __init__(self, changes: dict[str, Any]) -> None:
        self.changes = changes


def house_of(context: typer.Context, **more: Any) -> House:
    """The house this verb works on. Raises SettingMissing, also where a feed list is named that is not there."""
    choices: Choices = context.find_object(Choices) or Choices({})
    house = open_house(**{**choices.changes, **more})
    chosen = house.settings
    if "feeds" in chosen.model_fields_set and not chosen.feeds.exists():
        raise SettingMissing(f"VARDE_FEEDS: {chosen.feeds} is not there; mend the path, or leave it unset for no feeds")
    return house
