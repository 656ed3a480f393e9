"""Where and how mails are handed over; read from the environment when built, never on import."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from terms.company import Address
from terms.errors import SettingMissing

Security = Literal["starttls", "tls", "none"]


class MailSettings(BaseSettings):
    """The mail server and our name towards it. Log-in happens over TLS only, whatever is set here."""

    model_config = SettingsConfigDict(env_prefix="VARDE_SMTP_", frozen=True, extra="ignore", env_ignore_empty=True)

    host: str = Field(min_length=1, description="Name or address of the mail server; a relay on this machine is best.")
    port: int = Field(default=25, ge=1, le=65535, description="Its port: 25, 587 (starttls) or 465 (tls).")
    security: Security = Field(
        default="starttls", description="starttls, tls, or none (only for a relay on this machine); never falls back."
    )
    ca_file: Path | None = Field(
        default=None, description="PEM file of the authority to trust instead of the system's."
    )
    user: str | None = Field(default=None, description="Log-in name, where the server asks for one.")
    password: SecretStr | None = Field(default=None, description="Log-in password; better in the file below.")
    password_file: Path | None = Field(default=None, description="File that holds the password on its first line.")
    sender_name: str = Field(default="Varde", description="Name that readers see as the sender.")
    sender_address: Address = Field(description="Address that mails come from, and bounces go to.")
    helo: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9.:\[\]-]{1,255}$",
        description="Our name towards the server; the sender's domain where this is not set.",
    )
    connect_seconds: float = Field(default=30, gt=0, description="Longest wait for a connection and its greeting.")
    command_seconds: float = Field(default=300, gt=0, description="Longest wait for the answer to a command.")
    final_seconds: float = Field(default=600, gt=0, description="Longest wait for the answer to a whole mail.")
    relay_log: Path | None = Field(
        default=None, description="Postfix log of the relay, asked what became of a mail whose delivery is unknown."
    )
    settle_seconds: float = Field(
        default=60, ge=0, description="How long after an unknown delivery the relay's log is asked."
    )
    relay_api: str | None = Field(
        default=None,
        description="https address of the provider's API, asked by Message-ID where there is no log to read.",
    )
    relay_api_key_file: Path | None = Field(
        default=None, description="File that holds the API's token on its first line."
    )
    bounce_address: Address | None = Field(
        default=None,
        description="Mailbox that bounces go to; each mail gets a signed address of its own there (name+mark@domain).",
    )
    dkim_key_file: Path | None = Field(
        default=None, description="File with the private RSA key (PEM) that signs mails with DKIM."
    )
    dkim_selector: str = Field(
        default="varde",
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$",
        description="Selector under which DNS has the public half of that key.",
    )
    dkim_domain: str | None = Field(
        default=None, pattern=r"^[A-Za-z0-9.-]+$", description="Domain that signs; the sender's where this is not set."
    )

    @model_validator(mode="after")
    def _password_from_file(self) -> Self:
        """The password of `password_file`, where no password is set."""
        if self.password is None and self.password_file is not None:
            try:
                first = self.password_file.read_text(encoding="utf-8").partition("\n")[0].strip("\r")
            except (OSError, UnicodeDecodeError) as trouble:
                raise SettingMissing(
                    f"VARDE_SMTP_PASSWORD_FILE names {self.password_file}, unreadable: {type(trouble).__name__}"
                ) from None
            object.__setattr__(self, "password", SecretStr(first))
        return self

    @property
    def name(self) -> str:
        """What we call ourselves in EHLO."""
        return self.helo or self.domain

    @property
    def domain(self) -> str:
        """The sender's domain."""
        return self.sender_address.rpartition("@")[2]

    @property
    def signing_domain(self) -> str:
        """The domain that signs with DKIM."""
        return self.dkim_domain or self.domain
