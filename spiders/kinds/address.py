"""Addresses from outside: only absolute http(s), and one form of each for comparing (RELIABILITY A-11, C-03, C-15)."""

import re
import unicodedata
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

ADDRESS_LIMIT = 2_000
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029\ud800-\udfff]")
_HOST = re.compile(r"[a-z0-9_.-]+")
_NUMBER = re.compile(r"(?:^|\.)(?:\d+|0x[0-9a-f]*)\.?$")
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#;]*", re.I)
_TRACKING = re.compile(
    r"utm_.*|(?:fb|g|d|y|tw|tt)clid|msclkid|[gw]braid|mc_[ce]id|_hsenc|_hsmi|hsctatracking|mkt_tok|igshid|dgcid|xtor|"
    r"jsessionid|phpsessid|sessionid|session_id|sid|cmpid|ns_campaign|ns_mchannel|rss|outputtype|amp|spm|ref_src|"
    r"feature_rss|wt_mc|wt\.mc_id|s_cid|ito|ncid|cmp|trk|vero_id|oly_enc_id|oly_anon_id|ck_subscriber_id",
    re.I,
)
# Parameters that are harmless elsewhere but change with every fetch of these publishers' feeds.
_TRACKING_AT = {
    "pubmed.ncbi.nlm.nih.gov": {"fc", "ff", "v"},
    "www.tandfonline.com": {"af"},
    "onlinelibrary.wiley.com": {"af"},
}
_REDIRECTORS = {
    "www.google.com": ("/url", ("url", "q")),
    "l.facebook.com": ("/l.php", ("u",)),
    "t.umblr.com": ("/redirect", ("z",)),
}
_OPAQUE = re.compile(r"(?=[^&]*[a-z])(?=[^&]*[A-Z])(?=[^&]*\d)[A-Za-z0-9_-]{40,}")
_DOI = re.compile(r"\b(10\.\d{4,9}/[^\s\"'<>?#&]{1,200})")


def _split(address: str) -> SplitResult | None:
    address = address.strip()
    if not address or len(address) > ADDRESS_LIMIT or _UNSAFE.search(address):
        return None
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return None
    is_web = parts.scheme.lower() in ("http", "https") and "@" not in parts.netloc
    return parts if is_web and _is_host(host) else None


def _is_host(host: str) -> bool:
    """A name with a dot, or an address in its usual form; not the forms of numbers that only browsers understand."""
    if host[-1:].isdigit() or ":" in host or _NUMBER.search(host):
        try:
            return "%" not in host and str(ip_address(host)) == host
        except ValueError:
            return False
    if not host.isascii():
        is_plain = unicodedata.normalize("NFKC", host) == host and host.replace("-", "").replace(".", "").isalnum()
        return is_plain and "." in host
    return "." in host.strip(".") and bool(_HOST.fullmatch(host))


def web_address(address: str) -> str:
    """The address if it is absolute http(s) without user name, backslash, blank or control character; else ''."""
    return address.strip() if _split(address) else ""


def _unwrapped(parts: SplitResult) -> SplitResult:
    path, names = _REDIRECTORS.get(parts.netloc.lower(), ("", ()))
    wrapped = dict(parse_qsl(parts.query)) if path and parts.path == path else {}
    inner = next((_split(wrapped[name]) for name in names if name in wrapped), None)
    return inner or parts


def clean_address(address: str) -> str:
    """The address without tracking or session parts, AMP or redirector; '' where it is unusable."""
    parts = _split(address)
    if parts is None:
        return ""
    parts = _unwrapped(parts)
    host = parts.netloc.lower().removesuffix(":80").removesuffix(":443").removeprefix("amp.")
    local = _TRACKING_AT.get(host, set())
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if name not in local and not _TRACKING.fullmatch(name)]
    query = parts.query if len(kept) == len(pairs) else urlencode(kept)
    path = _SESSION.sub("", parts.path).removesuffix("/amp/").removesuffix("/amp") or "/"
    fragment = "" if _TRACKING.fullmatch(parts.fragment.split("=")[0]) else parts.fragment
    return urlunsplit((parts.scheme.lower(), host, path, query, fragment))


def canonical_address(address: str) -> str:
    """One form of an address for comparing: clean, and https even where http is written (C-08)."""
    clean = clean_address(address)
    return "https://" + clean.partition("://")[2] if clean else ""


def is_lasting(address: str) -> bool:
    """Whether an address can name a thing; one with a long random token is another at every fetch (C-03)."""
    pairs = parse_qsl(urlsplit(canonical_address(address)).query)
    return not any(_OPAQUE.fullmatch(value) for _, value in pairs)


def doi_in(text: str) -> str | None:
    """The first DOI in a text, in lower case (DOIs ignore case), without what a sentence or a path puts behind it."""
    found = _DOI.search(text[:ADDRESS_LIMIT].replace("%2F", "/").replace("%2f", "/"))
    if not found:
        return None
    doi = re.sub(r"/(?:full|abstract|pdf|meta|fulltext|html|epdf)$", "", found[1].lower().rstrip(".,;:"))
    while doi.endswith((")", "]")) and doi.count("(") + doi.count("[") < doi.count(")") + doi.count("]"):
        doi = doi[:-1]
    return doi.rstrip(".,;:")
