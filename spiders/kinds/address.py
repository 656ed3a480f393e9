"""Addresses from outside: only absolute http(s), and one form of each for comparing (RELIABILITY A-11, C-03, C-15)."""

import re
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

ADDRESS_LIMIT = 2_000
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029\ud800-\udfff]")
_HOST = re.compile(r"[a-z0-9_.-]+|\[[0-9a-f:.]+\]")
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#;]*", re.I)
_TRACKING = re.compile(
    r"utm_.*|(?:fb|gc|dc|msc|yc|tw|tt)lid|[gw]braid|mc_[ce]id|_hsenc|_hsmi|hsctatracking|mkt_tok|igshid|dgcid|xtor|"
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
_DOI = re.compile(r"\b(10\.\d{4,9}/[^\s\"'<>?#&]{1,200})")


def _split(address: str) -> SplitResult | None:
    address = address.strip()
    if not address or len(address) > ADDRESS_LIMIT or _UNSAFE.search(address):
        return None
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
        ascii_host = (host or "").encode("idna").decode("ascii") if host and not host.isascii() else (host or "")
    except ValueError:
        return None
    usable = parts.scheme.lower() in ("http", "https") and "@" not in parts.netloc and "." in ascii_host
    return parts if usable and _HOST.fullmatch(ascii_host if ":" not in ascii_host else f"[{ascii_host}]") else None


def web_address(address: str) -> str:
    """The address if it is absolute http(s) without user name, backslash, blank or control character; else ''."""
    return address.strip() if _split(address) else ""


def _unwrapped(parts: SplitResult) -> SplitResult:
    path, names = _REDIRECTORS.get(parts.netloc.lower(), ("", ()))
    wrapped = dict(parse_qsl(parts.query)) if path and parts.path == path else {}
    inner = next((_split(wrapped[name]) for name in names if name in wrapped), None)
    return inner or parts


def canonical_address(address: str) -> str:
    """One form of an address: https, no tracking or session parts, no AMP, no redirector; '' where it is unusable."""
    parts = _split(address)
    if parts is None:
        return ""
    parts = _unwrapped(parts)
    host = parts.netloc.lower().removesuffix(":80").removesuffix(":443").removeprefix("amp.")
    local = _TRACKING_AT.get(host, set())
    query = [
        (k, v)
        for k, v in parse_qsl(parts.query, keep_blank_values=True)
        if k not in local and not _TRACKING.fullmatch(k)
    ]
    path = _SESSION.sub("", parts.path).removesuffix("/amp/").removesuffix("/amp") or "/"
    fragment = "" if _TRACKING.match(parts.fragment.split("=")[0]) else parts.fragment
    return urlunsplit(("https", host, path, urlencode(query), fragment))


def doi_in(text: str) -> str | None:
    """The first DOI in a text, in lower case (DOIs ignore case), without what a sentence or a path puts behind it."""
    found = _DOI.search(text[:ADDRESS_LIMIT].replace("%2F", "/").replace("%2f", "/"))
    if not found:
        return None
    doi = re.sub(r"/(?:full|abstract|pdf|meta|fulltext|html|epdf)$", "", found[1].lower().rstrip(".,;:"))
    while doi.endswith((")", "]")) and doi.count("(") + doi.count("[") < doi.count(")") + doi.count("]"):
        doi = doi[:-1]
    return doi.rstrip(".,;:")
