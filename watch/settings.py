"""Settings of the house as a whole; each room that needs the environment has its own class beside it."""

from pathlib import Path

from pydantic import AwareDatetime, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class HouseSettings(BaseSettings):
    """From the environment, prefix VARDE_; built at the door and passed down."""

    model_config = SettingsConfigDict(env_prefix="VARDE_", extra="ignore", env_ignore_empty=True)

    home: Path = Field(default=Path("var"), description="folder of captures, hauls, warehouse, ledger and journals")
    maps: Path = Field(default=Path("companies"), description="folder of need maps, one YAML file per company")
    feeds: Path = Field(default=Path("feeds.yaml"), description="list of RSS/Atom feeds that need no code")
    now: AwareDatetime | None = Field(default=None, description="a fixed clock, for replays: 2026-11-23T05:30:00Z")
    replay: Path | None = Field(default=None, description="recorded answers to use instead of the network")
    mirror: str | None = Field(default=None, description="https address asked instead of every publisher's own")
    crawlers: int = Field(
        default=32,
        ge=1,
        le=64,
        description="how many sources start at once, and as many more while some wait, at about 20 MB each",
    )
    digest_cap: int = Field(default=12, ge=1, le=50, description="most lines in one digest; the rest waits (P53)")
    list_domain: str = Field(
        default="varde.localhost", pattern=r"^[a-z0-9.-]+$", description="domain of List-Id and Message-ID"
    )
    stop_address: str | None = Field(default=None, description="address that mails asking for no more digests go to")
    public_url: str | None = Field(
        default=None,
        description="https address of the pages that readers reach without log-in; unset: mails have no such links",
    )
    link_key: SecretStr | None = Field(
        default=None, description="secret that signs those links; better in the file below"
    )
    link_key_file: Path | None = Field(
        default=None, description="file that holds the secret; unset: links.key in VARDE_HOME, made when first needed"
    )
    remind_after_hours: float = Field(
        default=4, ge=0, description="hours after a digest was due when its broker is reminded to approve it"
    )
    approve_within_hours: float = Field(
        default=48, ge=1, description="hours after a digest was due when everybody is told that nobody approved it"
    )
    webhook_s: float = Field(default=15, gt=0, le=60, description="seconds one post to a company's webhook may take")
    webhook_hosts: str = Field(
        default="",
        description="host:port on this machine, separated by commas, that webhooks may use without https, to try out",
    )
