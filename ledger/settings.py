"""Settings of the ledger."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class LedgerSettings(BaseSettings):
    """From the environment, prefix VARDE_LEDGER_; built at the door and passed down."""

    model_config = SettingsConfigDict(env_prefix="VARDE_LEDGER_", extra="ignore", env_ignore_empty=True)

    url: SecretStr | None = Field(
        default=None, description="sqlite:///path or postgresql://user@host/name; unset: ledger.sqlite in VARDE_HOME"
    )
