"""Settings of the desk's server."""

from urllib.parse import urlsplit

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from terms.errors import SettingMissing

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class DeskSettings(BaseSettings):
    """From the environment, prefix VARDE_DESK_; built at the door and passed down."""

    model_config = SettingsConfigDict(env_prefix="VARDE_DESK_", extra="ignore", env_ignore_empty=True)

    host: str = Field(default="127.0.0.1", description="address the desk listens on")
    port: int = Field(default=8400, ge=0, le=65535, description="port the desk listens on")
    url: str | None = Field(
        default=None, description="https address under which people reach the desk, behind your TLS proxy"
    )
    proxies: str | None = Field(
        default=None, description="addresses of proxies whose X-Forwarded-For is believed, separated by commas"
    )


def base_url(settings: DeskSettings) -> str:
    """The address people use. Raises SettingMissing for plain http that leaves this machine."""
    url = (settings.url or f"http://{settings.host}:{settings.port}").rstrip("/")
    parts = urlsplit(url)
    host = parts.netloc.rpartition(":")[0] if parts.port else parts.netloc
    if parts.scheme == "https" and host and not parts.path:
        return url
    if parts.scheme == "http" and host in _LOOPBACK:
        return url
    raise SettingMissing(
        f"VARDE_DESK_URL: {url} would send passwords in clear text; set the https address of your TLS proxy, "
        "or listen on 127.0.0.1"
    )
