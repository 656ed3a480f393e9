"""Hints for a broker: valid needs that will hardly work."""

from datetime import date

import pytest

from needs.check import hints
from needs.dates import planned_end
from needs.example import example_map
from needs.maps import understand
from terms.company import Company

TODAY = date(2026, 11, 23)


def company_with(**fields: object) -> Company:
    """The example company with its first need alone, changed."""
    company = understand(example_map(), "example")
    return company.model_copy(update={"needs": (company.needs[0].model_copy(update=fields),)})


def test_a_good_map_gives_no_hint() -> None:
    assert hints(understand(example_map(), "example"), TODAY) == ()


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"description": "Better seals"}, "fewer than 8"),
        ({"description": "🐟"}, "fewer than 8"),
        ({"title": "Vi trenger", "description": "Vi trenger det og det er for det"}, "nothing about"),
        ({"title": "We need", "description": "We want more of the better and have it with our new"}, "nothing about"),
        ({"include": ("Robot",), "exclude": ("robot",)}, "both include and exclude"),
        ({"include": (), "cpc": (), "arxiv": ()}, "no include terms"),
        ({"include": ("AI",)}, "one or two characters"),
        ({"review_on": date(2026, 11, 22)}, "review was due"),
        ({"trl_now": 7, "trl_target": 4}, "TRL target"),
    ],
)
def test_each_weakness_has_its_hint(fields: dict[str, object], word: str) -> None:
    [hint] = hints(company_with(**fields), TODAY)
    assert word in hint
    assert hint.startswith("bearing-wear: ")


def test_a_company_without_needs_contacts_or_time_is_told() -> None:
    """RELIABILITY H-01."""
    company = understand(example_map(), "example").model_copy(update={"needs": (), "contacts": ()})
    assert len(hints(company, date(2030, 1, 1))) == 3


def test_review_date_of_today_is_not_overdue() -> None:
    assert hints(company_with(review_on=TODAY), TODAY) == ()


def test_hints_never_quote_a_need() -> None:
    """P04: a hint may be logged."""
    secret = company_with(include=("zq",), exclude=("ZQ",), description="Hemmelig", title="Gåtefull")
    told = hints(secret, TODAY)
    assert len(told) == 3
    assert not any(word in hint for hint in told for word in ("zq", "ZQ", "Hemmelig", "Gåtefull"))


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2026, 8, 31), date(2028, 2, 29)),
        (date(2025, 8, 31), date(2027, 2, 28)),
        (date(2026, 6, 1), date(2027, 12, 1)),
        (date(2026, 7, 15), date(2028, 1, 15)),
    ],
)
def test_an_engagement_lasts_eighteen_months(start: date, end: date) -> None:
    assert planned_end(start) == end
