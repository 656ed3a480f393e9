"""A half-year report as facts, charts and tables in the reader's language; text and PDF are drawn from them (P44)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass

from babel.dates import format_date

from digests.headers import one_line, shortened
from digests.texts import texts_for
from digests.texts.halfyear import halfyear_words
from digests.wording import Wording, wording_for
from terms.halfyear import CHAIN, FIGURES, Chain, CompanyHalf, FigureName, Month, NetworkHalf

_TITLE = 110  # characters


@dataclass(frozen=True)
class Bar:
    """One bar. share: 0..1 of the longest; shown: the figure in words."""

    label: str
    shown: str
    share: float


@dataclass(frozen=True)
class Chart:
    """Bars under a heading."""

    heading: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Grid:
    """A table under a heading; columns may be empty. sentence: said where there are no rows, or below them."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sentence: str = ""


@dataclass(frozen=True)
class Report:
    """The whole report."""

    language: str
    kicker: str
    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    charts: tuple[Chart, ...]
    grids: tuple[Grid, ...]
    foot: str

    def plain(self) -> dict[str, object]:
        """As JSON holds it."""
        return asdict(self)


def company_report(half: CompanyHalf, language: str, timezone: str) -> Report:
    """One company's report. Raises MapNotUnderstood for an unknown zone."""
    words, write = halfyear_words(language), wording_for(texts_for(language), timezone, half.made_at)
    month = words["month of"].format(no=half.month_no, planned=half.months_planned)
    needs = tuple(
        (_line(need.title or words["closed need"]), *map(str, (need.told, need.accepted, need.conversations)))
        for need in half.needs
    )
    columns = (words["need"], words["told"], words["accepted"], words["conversation"])
    chains = tuple(_chain(chain, words, write) for chain in half.chains)
    return Report(
        language=write.texts.tag,
        kicker=words["kicker"],
        title=_line(half.company_name),
        subtitle=_period(half.half, words),
        facts=((words["phase"], words[half.phase]), (words["month"], month)),
        charts=(_funnel(half.figures, words), *_monthly(half.months, words, write)),
        grids=(
            _figures(half.figures, words, write),
            Grid(words["needs"], columns, needs),
            Grid(words["what became"], (words["item"], words["steps"]), chains, "" if chains else words["nothing"]),
        ),
        foot=words["made"].format(day=write.day(half.made_at.date())),
    )


def network_report(half: NetworkHalf, language: str) -> Report:
    """The network's report; a hidden figure has no bar and says that it is hidden."""
    words, write = halfyear_words(language), wording_for(texts_for(language), "UTC", half.made_at)
    companies = words["hidden"] if half.companies is None else write.number(half.companies)
    phases = {words[phase]: count for phase, count in half.phases.items()}
    charts = [_funnel(half.figures, words), *_monthly(half.months, words, write)]
    if phases:
        charts.append(_chart(words["phases"], phases.items(), words))
    return Report(
        language=write.texts.tag,
        kicker=words["kicker"],
        title=words["network"],
        subtitle=_period(half.half, words),
        facts=((words["companies"], companies),),
        charts=tuple(charts),
        grids=(_figures(half.figures, words, write),),
        foot=words["made"].format(day=write.day(half.made_at.date())),
    )


def _funnel(figures: Mapping[FigureName, int] | Mapping[FigureName, int | None], words: Mapping[str, str]) -> Chart:
    return _chart(words["chain"], ((words[name], figures[name]) for name in CHAIN), words)


def _monthly(months: Iterable[Month], words: Mapping[str, str], write: Wording) -> Iterator[Chart]:
    held = [(format_date(month.first, "LLLL", locale=write.texts.locale), month) for month in months]
    if held:
        yield _chart(words["by month"], ((name, month.told) for name, month in held), words)
        yield _chart(words["by month accepted"], ((name, month.accepted) for name, month in held), words)


def _chart(heading: str, values: Iterable[tuple[str, int | None]], words: Mapping[str, str]) -> Chart:
    """Bars against the longest; one that is hidden has no length."""
    held = list(values)
    longest = max((value or 0 for _, value in held), default=0) or 1
    bars = (Bar(name, words["hidden"] if n is None else str(n), (n or 0) / longest) for name, n in held)
    return Chart(heading, tuple(bars))


def _figures(
    figures: Mapping[FigureName, int] | Mapping[FigureName, int | None], words: Mapping[str, str], write: Wording
) -> Grid:
    rows = tuple((words[name], _figure(name, figures[name], words, write)) for name in FIGURES)
    hidden = any(figures[name] is None for name in FIGURES)
    return Grid(words["figures"], (), rows, words["why hidden"] if hidden else "")


def _figure(name: FigureName, value: int | None, words: Mapping[str, str], write: Wording) -> str:
    if value is None:
        return words["hidden"]
    return write.money(value) if name == "won_eur" else write.number(value)


def _chain(chain: Chain, words: Mapping[str, str], write: Wording) -> tuple[str, str]:
    told = [f"{words[f'one {step}']} {write.day(on)}" for step, on in chain.steps]
    if chain.ending:
        ending = words["one won"] if chain.ending == "won" else words[chain.ending]
        told.append(ending + (f" {write.money(chain.amount_eur)}" if chain.amount_eur else ""))
    return f"{_line(chain.title)} ({chain.ref})", ", ".join(told)


def _period(half: str, words: Mapping[str, str]) -> str:
    return words["first half" if half.endswith("1") else "second half"].format(year=half[:4])


def _line(text: str) -> str:
    return shortened(one_line(text), _TITLE)
