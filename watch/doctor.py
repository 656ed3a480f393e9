"""What a mail needs around it, examined one by one: DNS records, TLS, the clock, the base of its links (E-21)."""

import ipaddress
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from digests import journal, records, smtp, web
from digests.records import Lookup
from digests.settings import MailSettings
from digests.web import Seen
from terms.errors import MailRefused, SettingMissing
from watch.house import House
from watch.links import link_key, public_url

_DRIFT = timedelta(minutes=5)
Row = tuple[str, str, str]


@dataclass(frozen=True)
class Instruments:
    """How the doctor looks; tests pass their own. wall: the system's clock."""

    lookup: Lookup = records.look_up
    greet: Callable[[MailSettings], str] = smtp.greet
    visit: Callable[[str], Seen] = web.visit
    wall: Callable[[], datetime] = lambda: datetime.now(UTC)


def examine_mail(house: House, instruments: Instruments | None = None) -> list[dict[str, str]]:
    """One row a check: `fine`, `wrong`, or `unset` where there is nothing to check. Raises SettingMissing."""
    by, settings = instruments or Instruments(), house.mail
    rows = [
        _named("SPF", lambda: records.spf(settings.domain, by.lookup)),
        _dkim(settings, by),
        _named("DMARC", lambda: records.dmarc(settings.domain, by.lookup)),
        _named("TLS", lambda: _tls(settings, by)),
        *_links(house, by),
        _named("clock", lambda: _clock(house, by)),
        _bounces(settings),
    ]
    return [{"check": check, "found": found, "says": says} for check, found, says in rows]


def _named(check: str, look: Callable[[], tuple[bool, str]]) -> Row:
    try:
        is_fine, says = look()
    except (OSError, MailRefused, SettingMissing) as trouble:
        return check, "wrong", str(trouble)
    return check, "fine" if is_fine else "wrong", says


def _dkim(settings: MailSettings, by: Instruments) -> Row:
    if settings.dkim_key_file is None:
        return "DKIM", "unset", "VARDE_SMTP_DKIM_KEY_FILE is not set; sign here, or let your relay sign"
    if not settings.dkim_key_file.is_file():
        return "DKIM", "wrong", f"VARDE_SMTP_DKIM_KEY_FILE names {settings.dkim_key_file}, which is not there"
    return _named("DKIM", lambda: records.dkim(settings.signing_domain, settings.dkim_selector, by.lookup))


def _tls(settings: MailSettings, by: Instruments) -> tuple[bool, str]:
    says = by.greet(settings)
    if settings.security == "none" and not _is_here(settings.host):
        return False, f"{says}: without TLS only a relay on this machine is safe; set VARDE_SMTP_SECURITY"
    return True, says


def _links(house: House, by: Instruments) -> Iterator[Row]:
    if house.settings.public_url is None:
        yield "link base", "unset", "VARDE_PUBLIC_URL is not set; mails have no links for answers and stopping"
        return
    yield _named("link base", lambda: _base(house, by))
    yield _named("link key", lambda: (bool(link_key(house)), "links can be signed"))


def _base(house: House, by: Instruments) -> tuple[bool, str]:
    base = public_url(house) or ""
    seen = by.visit(f"{base}/r/stop/nobody")
    if seen.status != 404:
        return False, f"{base}/r/stop/nobody answers {seen.status}; the desk would answer 404: is it served there?"
    if not base.startswith("https://"):
        return False, f"{base} is not https: no mail offers stopping by one click (RFC 8058)"
    return True, f"{base} is served by the desk"


def _clock(house: House, by: Instruments) -> tuple[bool, str]:
    """Against the web server's clock, and against what the journal has seen: no send may lie in the future."""
    now = by.wall()
    newest = max((entry.at for entry in journal.read(house.journal)), default=now)
    if newest > now + _DRIFT:
        return False, f"the send journal knows {newest:%Y-%m-%d %H:%M} UTC, which is still to come; set the clock"
    base = public_url(house)
    there = by.visit(f"{base}/r/stop/nobody").at if base else None
    if there is not None and abs(there - now) > _DRIFT:
        return False, f"this machine is {abs(there - now)} away from {base}; run NTP"
    return True, f"{now:%Y-%m-%d %H:%M} UTC"


def _bounces(settings: MailSettings) -> Row:
    if settings.bounce_address is None:
        return "bounces", "unset", "VARDE_SMTP_BOUNCE_ADDRESS is not set; bounces are told, but stop no address"
    return "bounces", "fine", f"bounces go to {settings.bounce_address}, each to an address of its own"


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
