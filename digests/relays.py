"""Whom to ask what became of a mail: the relay's own log, or a provider's API by Message-ID (RELIABILITY 7)."""

import logging
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, urlsplit

import httpx

from digests import relaylog
from digests.settings import MailSettings
from terms.errors import SettingMissing

_log = logging.getLogger(__name__)
_SECONDS = 30.0
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_TOOK = ("accepted", "queued", "sent", "delivered", "deferred", "bounced")


class Relay(Protocol):
    """Somebody who knows whether a mail was taken."""

    named: str

    def accepted(self, message_id: str, *, since: datetime) -> bool | None:
        """True or False; None where it cannot tell."""


class LogRelay:
    """A Postfix relay whose log we may read."""

    named = "the relay's log"

    def __init__(self, log: Path) -> None:
        self._log = log

    def accepted(self, message_id: str, *, since: datetime) -> bool | None:
        """As digests.relaylog reads it."""
        return relaylog.accepted(self._log, message_id, since=since)


class ApiRelay:
    """A provider that answers `GET {base}/messages/{Message-ID}`: 200 with `{"state": …}`, or 404 where it has none.

    Anything else, and an answer that never comes, tells nothing. Raises SettingMissing for an address without TLS.
    """

    named = "the relay's API"

    def __init__(self, base: str, key_file: Path | None) -> None:
        parts = urlsplit(base)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise SettingMissing("VARDE_SMTP_RELAY_API is no https address; its token would travel in clear text")
        self._base = base.rstrip("/")
        self._key_file = key_file

    def accepted(self, message_id: str, *, since: datetime) -> bool | None:
        """By the state that the provider names."""
        where = f"{self._base}/messages/{quote(message_id, safe='')}"
        try:
            answer = httpx.get(where, headers=self._headers(), timeout=_SECONDS, follow_redirects=False)
            if answer.status_code == 404:
                return False
            state = answer.json().get("state") if answer.status_code == 200 else None
        except (httpx.HTTPError, ValueError, AttributeError) as trouble:
            _log.warning("the relay's API does not answer", extra={"why": type(trouble).__name__})
            return None
        return True if state in _TOOK else False if state == "rejected" else None

    def _headers(self) -> dict[str, str]:
        if self._key_file is None:
            return {}
        try:
            key = self._key_file.read_text("utf-8").partition("\n")[0].strip()
        except (OSError, UnicodeDecodeError) as trouble:
            raise SettingMissing(
                f"VARDE_SMTP_RELAY_API_KEY_FILE names {self._key_file}, unreadable: {type(trouble).__name__}"
            ) from None
        return {"authorization": f"Bearer {key}"}


def relay_of(settings: MailSettings) -> Relay | None:
    """The log where one is set, else the API, else nobody."""
    if settings.relay_log is not None:
        return LogRelay(settings.relay_log)
    return ApiRelay(settings.relay_api, settings.relay_api_key_file) if settings.relay_api else None
