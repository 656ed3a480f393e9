"""Classes of a need against the codes of an item: CPC and IPC by prefix, arXiv by category."""

from collections.abc import Iterable, Iterator

from terms.company import Need

WITHIN_GROUP, WITHIN_SUBCLASS, SAME_SUBCLASS, CATEGORY = 1.0, 0.7, 0.4, 0.5  # guesses: finer classes say more
_SUBCLASS = 4  # characters of a subclass such as B25J
_OFFICE_SCHEMES = ("cpc", "ipc")


def agreements(need: Need, codes: Iterable[str]) -> list[tuple[str, float]]:
    """The item's codes that agree with the need, each 0..1, strongest first, as written in the item."""
    found = {code: max(_agreements(need, code), default=0.0) for code in codes}
    return sorted(((code, much) for code, much in found.items() if much > 0), key=lambda pair: (-pair[1], pair[0]))


def _agreements(need: Need, code: str) -> Iterator[float]:
    scheme, _, value = code.partition(":")
    if scheme.lower() in _OFFICE_SCHEMES:
        yield from (_office(wanted, value) for wanted in need.cpc)
    if scheme.lower() == "arxiv":
        yield from (CATEGORY * _within(wanted.lower(), value.lower()) for wanted in need.arxiv)


def _within(wanted: str, value: str) -> bool:
    """`cs` holds `cs.RO`; `cs.R` holds nothing but itself."""
    return value == wanted or value.startswith(f"{wanted}.")


def _office(wanted: str, value: str) -> float:
    """Agreement of two CPC or IPC symbols; a main group (`9/00`) holds all its subgroups."""
    wanted, value = ("".join(symbol.upper().split()) for symbol in (wanted, value))
    if wanted[:_SUBCLASS] != value[:_SUBCLASS] or len(value) < _SUBCLASS:
        return 0.0
    if len(wanted) == _SUBCLASS:
        return WITHIN_SUBCLASS
    group, _, subgroup = wanted.partition("/")
    prefix = f"{group}/" + ("" if not subgroup.strip("0") else subgroup)
    return WITHIN_GROUP if value.startswith(prefix) else SAME_SUBCLASS
