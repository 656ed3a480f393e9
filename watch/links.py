"""The links of one mail to one reader, and the key that signs them; their base comes from the settings alone (F-20)."""

import os
import secrets
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from digests import tokens
from digests.links import MailLinks, safe_link
from terms.answer import Preferences, Purpose, Scope
from terms.errors import SettingMissing
from watch.house import House

_PATHS: dict[Purpose, str] = {
    "answer": "r/answer",
    "stop": "r/stop",
    "settings": "r/settings",
    "calendar": "r/calendar",
    "feed": "r/feed",
}
_LEAST_KEY = 16  # bytes
_SINCE = date(2026, 1, 1)  # a calendar is subscribed to once: its address does not change with the days
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def public_url(house: House) -> str | None:
    """The base of every link, without a slash at its end; None where no public address is set.

    Raises SettingMissing unless it is https, or http on this machine.
    """
    base = house.settings.public_url
    if base is None:
        return None
    parts = urlsplit(base) if safe_link(base) else None
    is_fit = parts and not parts.query and not parts.fragment and base.isascii() and "," not in base
    if not is_fit or parts is None or (parts.scheme != "https" and parts.hostname not in _LOOPBACK):
        raise SettingMissing(f"VARDE_PUBLIC_URL: {base!r} is no https address such as https://varde.example")
    return base.rstrip("/")


def link_key(house: House) -> bytes:
    """The secret that signs links: set, in a file, or made on first use and kept in the house (mode 0600).

    Raises SettingMissing where it cannot be read or is too short.
    """
    settings = house.settings
    if settings.link_key is not None:
        return _long_enough(settings.link_key.get_secret_value().encode("utf-8"), "VARDE_LINK_KEY")
    if settings.link_key_file is not None:
        return _from_file(settings.link_key_file, "VARDE_LINK_KEY_FILE")
    path = settings.home / "links.key"
    if not path.exists():
        _make(path)
    return _from_file(path, str(path))


def mail_links(
    house: House, company_key: str, reader: Preferences, digest_key: str, refs: Iterable[str], calendar: int, on: date
) -> MailLinks | None:
    """Every address of one mail; None where no public address is set. calendar: the generation that holds."""
    base = public_url(house)
    if base is None:
        return None
    key = link_key(house)
    who = {"company_key": company_key, "reader_key": reader.reader_key, "generation": reader.generation}

    def address(purpose: Purpose, **more: str) -> str:
        scope = Scope.model_validate({**who, "purpose": purpose, "issued_on": on, **more})
        return f"{base}/{_PATHS[purpose]}/{tokens.sign(scope, key)}"

    return MailLinks(
        stop=address("stop"),
        settings=address("settings"),
        calendar=calendar_link(house, company_key, calendar) or "",
        answers={ref: address("answer", digest_key=digest_key, ref=ref) for ref in refs},
    )


def calendar_link(house: House, company_key: str, generation: int) -> str | None:
    """The secret address of a company's calendar: always the same until it is revoked (P56)."""
    return _company_link(house, "calendar", company_key, generation, "ics")


def feed_link(house: House, company_key: str, generation: int, form: str) -> str | None:
    """The secret address of a company's feed, `atom` or `json`; revoked together with its calendar."""
    return _company_link(house, "feed", company_key, generation, form)


def _company_link(house: House, purpose: Purpose, company_key: str, generation: int, ending: str) -> str | None:
    base = public_url(house)
    if base is None:
        return None
    scope = Scope(purpose=purpose, company_key=company_key, generation=generation, issued_on=_SINCE)
    return f"{base}/{_PATHS[purpose]}/{tokens.sign(scope, link_key(house))}.{ending}"


def read_link(house: House, token: str, purpose: Purpose) -> Scope:
    """What a link that somebody followed may do. Raises NotFound."""
    return tokens.read(token, purpose, link_key(house), today=house.clock().date())


def _make(path: Path) -> None:
    """A new secret, unless another process is faster."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _from_file(path: Path, named: str) -> bytes:
    try:
        return _long_enough(path.read_bytes().strip(), named)
    except OSError as trouble:
        raise SettingMissing(f"{named}: {path} cannot be read ({type(trouble).__name__})") from None


def _long_enough(key: bytes, named: str) -> bytes:
    if len(key) < _LEAST_KEY:
        raise SettingMissing(f"{named} is shorter than {_LEAST_KEY} bytes; `openssl rand -hex 32` makes a good one")
    return key
