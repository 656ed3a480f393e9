"""Which companies stand together on a call, and in which order calls are shown (P42)."""

from datetime import timedelta
from itertools import permutations
from typing import Any

from network.joint import count_by_company, in_order, together
from terms.consortium import Rule
from terms.joint import Applicant, Joint
from tests.make import NOW


def applicant(company_key: str, **facts: Any) -> Applicant:
    """One that fits and may apply."""
    usual: dict[str, Any] = {
        "name": company_key.title(), "country": "NO", "need_key": f"{company_key}/a", "ref": "ABC123", "fit": 0.5,
        "gate": "eligible",
    }  # fmt: skip
    return Applicant.model_validate({**usual, "company_key": company_key, **facts})


def joint(key: str, companies: int = 2, days: int | None = 30, lacks: str = "") -> Joint:
    """A call with so many companies."""
    rule = Rule(asks="partners", standing="lacking" if lacks else "met", lacks=lacks)
    return Joint(
        cluster_key=key, item_key=key, title=key, url="https://calls.example", source="calls", status="open",
        deadline_at=NOW + timedelta(days=days) if days else None,
        applicants=tuple(applicant(f"c{n}") for n in range(companies)), rules=(rule,),
    )  # fmt: skip


def test_each_company_once_by_its_best_need() -> None:
    """In whatever order the matches come."""
    fitting = [
        ("call", applicant("tind", need_key="tind/a", fit=0.4)),
        ("call", applicant("tind", need_key="tind/b", fit=0.9)),
        ("call", applicant("fjord", fit=0.7)),
    ]
    for order in permutations(fitting):
        (held,) = together(order).values()
        assert [(one.company_key, one.need_key) for one in held] == [("tind", "tind/b"), ("fjord", "fjord/a")]


def test_who_may_not_apply_stands_in_no_set() -> None:
    """Unknown stays in: a broker asks. A call that nobody may apply to is not there."""
    fitting = [
        ("one", applicant("tind", gate="unknown")),
        ("one", applicant("fjord", gate="not eligible")),
        ("two", applicant("fjord", gate="not eligible")),
    ]
    assert {key: [one.company_key for one in held] for key, held in together(fitting).items()} == {"one": ["tind"]}


def test_what_can_be_done_now_comes_first() -> None:
    """Two companies, nothing lacking, soon, many."""
    late, soon, lacking, single = joint("late", days=60), joint("soon"), joint("gap", lacks="1 more"), joint("one", 1)
    endless, crowd = joint("endless", days=None), joint("crowd", companies=3)
    expected = (crowd, soon, late, endless, lacking, single)
    assert in_order((single, lacking, endless, late, soon, crowd)) == expected
    assert in_order(reversed(expected)) == expected


def test_counted_are_flagged_calls_only() -> None:
    """Per company."""
    assert count_by_company([joint("a"), joint("b", companies=3), joint("c", companies=1)]) == {
        "c0": 2,
        "c1": 2,
        "c2": 1,
    }
