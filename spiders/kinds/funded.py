"""What the tables of funded projects share: countries, kinds of participants, money, dates."""

import re
from datetime import date, datetime

from spiders.kinds.address import web_address
from spiders.kinds.dates import day
from spiders.kinds.trouble import Unreadable
from spiders.text import line
from terms.organisation import OrganisationType, Role

_COUNTRIES = {"EL": "GR", "UK": "GB"}
_CODE = re.compile(r"[A-Z]{2}")
_ACTIVITIES: dict[str, OrganisationType] = {
    "HES": "university", "REC": "institute", "PRC": "company", "PUB": "public", "OTH": "other",
}  # fmt: skip
_ROLES: dict[str, Role] = {
    "coordinator": "coordinator", "participant": "participant", "partner": "participant",
    "beneficiary": "participant", "associatedpartner": "associated", "thirdparty": "associated",
    "internationalpartner": "associated", "subcontractor": "subcontractor", "hostinstitution": "coordinator",
}  # fmt: skip


def country_of(written: str) -> str | None:
    """ISO 3166-1 alpha-2; the EU writes EL for Greece and UK for the United Kingdom (SOURCES O1)."""
    code = written.strip().upper()
    return _COUNTRIES.get(code, code) if _CODE.fullmatch(code) else None


def activity_type(activity: str, is_small: str) -> OrganisationType:
    """From CORDIS' activity type and its SME flag."""
    if is_small.strip().lower() in ("true", "yes", "1"):
        return "sme"
    return _ACTIVITIES.get(activity.strip().upper(), "unknown")


def role_of(written: str) -> Role:
    """The role; what nobody knows is taking part."""
    return _ROLES.get(re.sub(r"[^a-z]", "", written.lower()), "participant")


def euros_of(written: str, name: str) -> int | None:
    """Whole euro of `1.234,50`, `1234,5` or `1234.5`; None where nothing is written. Raises Unreadable."""
    text = written.strip().replace(" ", "").replace("\xa0", "")
    if not text:
        return None
    if "," in text:
        text = text.replace(".", "").replace(",", ".")
    try:
        amount = float(text)
    except ValueError as trouble:
        raise Unreadable(f"{name}: expected an amount, found {line(written, 40)!r}") from trouble
    return round(amount) if 0 <= amount < 1e12 else None


def date_of(written: str, name: str) -> date | None:
    """A date as `2020-06-01`, `01/06/2020` or `01.06.2020 00:00`; None where nothing is written. Raises Unreadable."""
    text = written.strip()
    if not text:
        return None
    if found := day(text):
        return found
    for shape in ("%d/%m/%Y", "%d.%m.%Y", "%d.%m.%Y %H:%M", "%Y-%m-%d %H:%M:%S"):
        try:
            return datetime.strptime(text, shape).date()  # noqa: DTZ007  a date has no zone
        except ValueError:
            continue
    raise Unreadable(f"{name}: expected a date, found {line(written, 40)!r}")


def web_page(written: str) -> str | None:
    """An absolute address; `www.x.no` becomes https. Never a mail address."""
    text = written.strip()
    if text.lower().startswith("www."):
        text = f"https://{text}"
    return web_address(text) or None
