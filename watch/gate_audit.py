"""How right the gate is: on sentences labelled by hand, and what it costs the known answers of a labelled set (P23)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, get_args

from needs.gate import gate
from nlp.eligibility import statements
from terms.company import Company, Need
from terms.errors import NotFound, VardeError
from terms.gate import Criterion, Field, Outcome, Verdict
from terms.item import Call
from watch.labelled import Row, read_labels, rows_by_id

_DEPTHS = (10, 100)
_NOW = datetime(2026, 11, 24, tzinfo=UTC)  # no sentence and no labelled set states a deadline


class Labelled(NamedTuple):
    """One sentence with the company, the criterion and what a person says of them."""

    language: str
    company: Company
    criterion: Criterion
    label: Outcome
    text: str


class Judged(NamedTuple):
    """The gate's verdict beside the label."""

    labelled: Labelled
    verdict: Verdict

    @property
    def is_right(self) -> bool:
        """Whether both say the same."""
        return self.verdict.outcome == self.labelled.label


class Figures(NamedTuple):
    """Of one outcome: how often it was said, how often rightly, how often it was the label; and known ones unquoted."""

    outcome: Outcome
    said: int
    right: int
    labelled: int
    unquoted: int

    @property
    def precision(self) -> float:
        """Share of what was said that is right; 1 where nothing was said."""
        return self.right / self.said if self.said else 1.0

    @property
    def recall(self) -> float:
        """Share of what is labelled so that was said."""
        return self.right / self.labelled if self.labelled else 1.0


class Kept(NamedTuple):
    """Recall of known answers among the first `depth`, without the gate and with it; dropped: answers it put out."""

    depth: int
    without: float
    gated: float
    dropped: int


def read_sentences(path: Path) -> list[Labelled]:
    """A file of tab-separated sentences; `@` lines are companies, `#` lines remarks. Raises NotFound, VardeError."""
    if not path.is_file():
        raise NotFound(f"{path} is not there; a file of labelled sentences has six columns between tabs")
    companies: dict[str, Company] = {}
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        cells = line.split("\t")
        try:
            if line.startswith("@"):
                companies[cells[0][1:]] = _company(cells)
            elif line.strip() and not line.startswith("#"):
                found.append(_labelled(cells, companies))
        except (ValueError, IndexError, KeyError) as trouble:
            asked = "style, language, company, criterion, label and sentence between tabs"
            raise VardeError(f"{path}, line {number}: not {asked} ({trouble})") from None
    return found


def _company(cells: Sequence[str]) -> Company:
    _, country, size, nace, now, target = cells
    need = Need(id="need", title="need", description="as the gate reads it", trl_now=int(now), trl_target=int(target))
    return applicant(country, size, (nace,), need)


def applicant(country: str, size: str, nace: Sequence[str] = (), need: Need | None = None) -> Company:
    """A company as far as the gate reads one; it is nobody's need map. Raises ValueError."""
    today, broker = _NOW.date(), {"broker": "nobody", "broker_address": "nobody@varde.example"}
    return Company.model_validate(
        {"id": "applicant", "name": "applicant", "country": country, "size": size, "nace": tuple(nace),
         "contacts": ({"name": "nobody", "address": "nobody@varde.example"},),
         "engagement": {**broker, "start": today, "planned_end": today}, "needs": (need,) if need else ()}
    )  # fmt: skip


def _labelled(cells: Sequence[str], companies: Mapping[str, Company]) -> Labelled:
    _, language, who, criterion, label, text = cells
    if criterion not in get_args(Criterion) or label not in get_args(Outcome):
        raise ValueError(f"no criterion or no outcome: {criterion}, {label}")
    return Labelled(language, companies[who], _CRITERIA[criterion], _OUTCOMES[label], text)


_CRITERIA: Mapping[str, Criterion] = {one: one for one in get_args(Criterion)}
_OUTCOMES: Mapping[str, Outcome] = {one: one for one in get_args(Outcome)}


def judge(sentences: Sequence[Labelled]) -> list[Judged]:
    """Each sentence as the text of a call that states nothing else."""
    return [Judged(one, _verdict(one)) for one in sentences]


def _verdict(one: Labelled) -> Verdict:
    need = one.company.needs[0] if one.company.needs else None
    found = gate(Call(), statements({"text": one.text}, one.language), one.company, need, _NOW)
    return next(verdict for verdict in found.verdicts if verdict.criterion == one.criterion)


def figures(judged: Sequence[Judged]) -> list[Figures]:
    """A line for each outcome."""
    return [_figures(outcome, judged) for outcome in ("not eligible", "eligible", "unknown")]


def _figures(outcome: Outcome, judged: Sequence[Judged]) -> Figures:
    said = [one for one in judged if one.verdict.outcome == outcome]
    unquoted = sum(one.verdict.quote is None for one in said) if outcome != "unknown" else 0
    labelled = sum(one.labelled.label == outcome for one in judged)
    return Figures(outcome, len(said), sum(one.is_right for one in said), labelled, unquoted)


def recall_kept(documents: Path, labels: Path, run: Path, who: Company) -> list[Kept]:
    """What a ranking loses when calls that `who` may not apply to are left out of it.

    run: as `varde rank --output` writes it. Raises NotFound, VardeError naming file and line.
    """
    rows, good = rows_by_id(documents), read_labels(labels)
    ranked = _ranking(run)
    shown = {key for order in ranked.values() for key in order} | {d for own in good.values() for d in own}
    refused = {key for key in sorted(shown) if key in rows and _refuses(rows[key], who)}
    return [_kept(depth, ranked, good, refused) for depth in _DEPTHS]


def _ranking(run: Path) -> dict[str, list[str]]:
    if not run.is_file():
        raise NotFound(f"{run} is not there; `varde rank --task call --output {run.name}` writes it")
    found: dict[str, list[str]] = {}
    for number, line in enumerate(run.read_text("utf-8").splitlines(), 1):
        cells = line.split("\t")
        if len(cells) != 6:
            raise VardeError(f"{run}, line {number}: a run has topic, Q0, document, rank, score and tag between tabs")
        found.setdefault(cells[0], []).append(cells[2])
    return found


def _refuses(row: Row, who: Company) -> bool:
    fields: dict[Field, str] = {"title": row.get("title") or "", "text": row.get("text") or ""}
    return gate(Call(), statements({k: v for k, v in fields.items() if v}), who, None, _NOW).outcome == "not eligible"


def _kept(
    depth: int, ranked: Mapping[str, Sequence[str]], good: Mapping[str, Mapping[str, bool]], refused: set[str]
) -> Kept:
    pairs = list(_pairs(ranked, good))
    without = sum(key in order[:depth] for order, key in pairs)
    gated = sum(key in [one for one in order if one not in refused][:depth] for order, key in pairs)
    every = max(1, len(pairs))
    return Kept(depth, without / every, gated / every, sum(key in refused for _, key in pairs))


def _pairs(
    ranked: Mapping[str, Sequence[str]], good: Mapping[str, Mapping[str, bool]]
) -> Iterator[tuple[Sequence[str], str]]:
    for topic, labels in good.items():
        for key, is_good in labels.items():
            if is_good:
                yield ranked.get(topic, ()), key
