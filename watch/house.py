"""The house as a use case finds it: two stores, settings, a clock. Opened once at the door."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from digests.settings import MailSettings
from ledger.settings import LedgerSettings
from ledger.store import Ledger
from spiders.settings import CrawlSettings
from terms.errors import SettingMissing
from warehouse.settings import WarehouseSettings
from warehouse.store import Warehouse
from watch.environment import read_settings, refuse_unknown
from watch.settings import HouseSettings


@dataclass(frozen=True)
class House:
    """What every use case needs. clock: the present moment, aware; fixed in replays."""

    settings: HouseSettings
    crawl: CrawlSettings
    warehouse: Warehouse
    ledger: Ledger
    clock: Callable[[], datetime]
    mail_from: Callable[[], MailSettings]

    @property
    def mail(self) -> MailSettings:
        """The mail server; asked for only when a mail is made. Raises SettingMissing naming what is not set."""
        return self.mail_from()

    @property
    def captures(self) -> Path:
        """Where the bytes lie as fetched."""
        return self.settings.home / "captures"

    @property
    def hauls(self) -> Path:
        """Where crawls leave what they brought back."""
        return self.settings.home / "hauls"

    @property
    def journal(self) -> Path:
        """The send journal; it is no part of a backup, so that a restored ledger re-sends nothing (RELIABILITY P15)."""
        return self.settings.home / "sends.jsonl"


def open_house(env_file: Path | None = Path(".env"), **changes: Any) -> House:
    """Read the settings, open both stores. `changes` override the house's settings by name.

    Raises SettingMissing naming every setting that cannot be used, LedgerBusy or WarehouseBusy.
    """
    refuse_unknown(env_file)
    settings = read_settings(HouseSettings, env_file, **{k: v for k, v in changes.items() if v is not None})
    home, fixed = settings.home.absolute(), settings.now
    house = House(
        settings=settings.model_copy(update={"home": home}),
        crawl=read_settings(CrawlSettings, env_file),
        warehouse=_warehouse(home, env_file),
        ledger=_ledger(home, env_file),
        clock=(lambda: fixed) if fixed else (lambda: datetime.now(UTC)),
        mail_from=lambda: read_settings(MailSettings, env_file),
    )
    house.ledger.prepare()
    house.warehouse.recover()
    return house


def _warehouse(home: Path, env_file: Path | None) -> Warehouse:
    stored = read_settings(WarehouseSettings, env_file)
    return Warehouse(home / "warehouse.duckdb", wait_s=stored.wait_s, memory=stored.memory, threads=stored.threads)


def _ledger(home: Path, env_file: Path | None) -> Ledger:
    url = read_settings(LedgerSettings, env_file).url
    try:
        return Ledger(url.get_secret_value() if url else f"sqlite:///{home / 'ledger.sqlite'}")
    except ValueError:  # a port that is no number; the address is not repeated, since it may hold a password
        raise SettingMissing("VARDE_LEDGER_URL is not a database address; try sqlite:///var/ledger.sqlite") from None
