"""Countries as authors write them, to ISO 3166-1 alpha-2."""

import re
from functools import lru_cache

_NAMES = {
    "AE": "united arab emirates|uae", "AR": "argentina", "AT": "austria|österreich", "AU": "australia",
    "BD": "bangladesh", "BE": "belgium|belgique|belgië", "BG": "bulgaria", "BR": "brazil|brasil", "CA": "canada",
    "CH": "switzerland|schweiz|suisse", "CL": "chile", "CN": "china|p r china|pr china|people s republic of china",
    "CO": "colombia", "CY": "cyprus", "CZ": "czech republic|czechia", "DE": "germany|deutschland",
    "DK": "denmark|danmark", "EE": "estonia", "EG": "egypt", "ES": "spain|españa", "ET": "ethiopia",
    "FI": "finland|suomi", "FO": "faroe islands", "FR": "france", "GB": "united kingdom|uk|u k|england|scotland|"
    "wales|northern ireland|great britain", "GL": "greenland", "GR": "greece", "HK": "hong kong", "HR": "croatia",
    "HU": "hungary", "ID": "indonesia", "IE": "ireland", "IL": "israel", "IN": "india", "IQ": "iraq", "IR": "iran",
    "IS": "iceland|ísland", "IT": "italy|italia", "JP": "japan", "KE": "kenya",
    "KR": "south korea|republic of korea|korea", "KZ": "kazakhstan", "LT": "lithuania", "LU": "luxembourg",
    "LV": "latvia", "MA": "morocco", "MT": "malta", "MX": "mexico|méxico", "MY": "malaysia", "NG": "nigeria",
    "NL": "netherlands|the netherlands|nederland", "NO": "norway|norge|noreg", "NP": "nepal", "NZ": "new zealand",
    "PE": "peru", "PH": "philippines", "PK": "pakistan", "PL": "poland|polska", "PT": "portugal", "QA": "qatar",
    "RO": "romania", "RS": "serbia", "RU": "russia|russian federation", "SA": "saudi arabia",
    "SE": "sweden|sverige", "SG": "singapore", "SI": "slovenia", "SK": "slovakia", "TH": "thailand",
    "TN": "tunisia", "TR": "turkey|türkiye", "TW": "taiwan|taiwan roc", "UA": "ukraine",
    "US": "united states|united states of america|usa|u s a", "VN": "vietnam|viet nam", "ZA": "south africa",
}  # fmt: skip
_CODES = {name: code for code, names in _NAMES.items() for name in names.split("|")}
_GAPS = re.compile(r"[^\w]+")


@lru_cache(8_192)
def country_named(text: str) -> str | None:
    """The code of a country written in full, such as `Norway` or `P. R. China`; None for anything else."""
    return _CODES.get(_GAPS.sub(" ", text.casefold()).strip())


@lru_cache(8_192)
def country_at_end(text: str) -> str | None:
    """The code of a country that the last one to four words name, where no comma stands before it."""
    written = _GAPS.sub(" ", text.casefold()).strip().split(" ")[-4:]
    return next((code for at in range(len(written)) if (code := _CODES.get(" ".join(written[at:])))), None)
