"""All settings there are, read at the door; a name that is none of them is refused, with the nearest that is."""

import difflib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from dotenv import dotenv_values
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from digests.settings import MailSettings
from ledger.settings import LedgerSettings
from spiders.settings import CrawlSettings
from terms.errors import SettingMissing
from warehouse.settings import WarehouseSettings
from watch.desk_settings import DeskSettings
from watch.settings import HouseSettings

CLASSES: tuple[type[BaseSettings], ...] = (
    HouseSettings,
    CrawlSettings,
    WarehouseSettings,
    LedgerSettings,
    MailSettings,
    DeskSettings,
)
_AT_THE_DOOR = {
    "VARDE_BROKER": "who decides and approves on the command line",
    "VARDE_ROOT": "folder that deployed flows run in (prefect.yaml)",
}
Settings = TypeVar("Settings", bound=BaseSettings)


class Named(NamedTuple):
    """One setting: its variable and what stands in its class."""

    variable: str
    field: FieldInfo | None
    says: str


def every_setting() -> Iterator[Named]:
    """Each variable with its description, room by room; `.env.example` is checked against this."""
    for kind in CLASSES:
        for name, field in kind.model_fields.items():
            yield Named(f"{kind.model_config.get('env_prefix')}{name}".upper(), field, field.description or "")
    for variable, says in _AT_THE_DOOR.items():
        yield Named(variable, None, says)


def read_settings(kind: type[Settings], env_file: Path | None, **changes: Any) -> Settings:
    """One room's settings. Raises SettingMissing naming each variable that is missing or unusable."""
    try:
        return kind(_env_file=env_file, **changes)
    except ValidationError as error:
        prefix = str(kind.model_config.get("env_prefix", ""))
        lines = [f"{prefix}{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()]
        raise SettingMissing("settings that cannot be used:\n  " + "\n  ".join(lines)) from None


def refuse_unknown(env_file: Path | None) -> None:
    """Raises SettingMissing for a VARDE_ variable that is no setting: a typo must not be a default in disguise."""
    stated: Mapping[str, Any] = {**(dotenv_values(env_file) if env_file and env_file.exists() else {}), **os.environ}
    known = [setting.variable for setting in every_setting()]
    for name in sorted(stated):
        if name.startswith("VARDE_") and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise SettingMissing(f"{name} is no setting of Varde" + (f"; did you mean {near[0]}?" if near else ""))
