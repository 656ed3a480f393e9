"""What every verb needs of the door: the chosen settings, and the house opened with them."""

from typing import Any

import typer

from watch.house import House, open_house


class Choices:
    """Options given before the verb."""

    def __init__(self, changes: dict[str, Any]) -> None:
        self.changes = changes


def house_of(context: typer.Context, **more: Any) -> House:
    """The house this verb works on. Raises SettingMissing."""
    choices: Choices = context.find_object(Choices) or Choices({})
    return open_house(**{**choices.changes, **more})
