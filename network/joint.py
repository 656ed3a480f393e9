"""Joint opportunities (P42): which companies could answer one call together, and which calls come first."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from terms.joint import Applicant, Joint

_FAR = datetime.max.replace(tzinfo=UTC)


def together(fitting: Iterable[tuple[str, Applicant]]) -> dict[str, tuple[Applicant, ...]]:
    """Cluster key -> the companies that may apply, best fit first, each once; fitting: (cluster key, applicant).

    Who is `not eligible` stands in no set, so a call that nobody may apply to is not there at all.
    """
    best: dict[str, dict[str, Applicant]] = {}
    for cluster_key, one in fitting:
        if one.gate != "not eligible":
            held = best.setdefault(cluster_key, {})
            if one.company_key not in held or _first(one) < _first(held[one.company_key]):
                held[one.company_key] = one
    return {key: tuple(sorted(held.values(), key=_first)) for key, held in best.items()}


def in_order(found: Iterable[Joint]) -> tuple[Joint, ...]:
    """Flagged ones first; then what lacks nothing, then the nearest deadline, then more companies; ties by key."""
    return tuple(
        sorted(
            found,
            key=lambda one: (
                not one.is_flagged,
                bool(one.lacks),
                one.deadline_at or _FAR,
                -len(one.applicants),
                one.cluster_key,
            ),
        )
    )


def count_by_company(found: Sequence[Joint]) -> Mapping[str, int]:
    """Company key -> how many flagged calls it could answer together with others."""
    counted: dict[str, int] = {}
    for one in found:
        for applicant in one.applicants if one.is_flagged else ():
            counted[applicant.company_key] = counted.get(applicant.company_key, 0) + 1
    return counted


def _first(one: Applicant) -> tuple[float, str, str]:
    return -one.fit, one.company_key, one.need_key
