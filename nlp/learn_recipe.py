"""Thresholds and weights of learning: named, dated, each with where its value comes from."""

import hashlib
from typing import Annotated

from pydantic import Field

from terms.base import Term

# Compared on six labelled sets, each time leaving the reported set out: docs/decisions/2026-11-23-learning.md.
COMPARED = "docs/decisions/2026-11-23-learning.md"
CALIBRATED = "benchmarks/bench_learn.py --calibration --draws 12"
PEER = "ASReview 3.0 ELAS u4"

Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=1)]


class Learning(Term):
    """One frozen set. A field's description is its provenance: the page that compared it, a peer, or `guess`."""

    name: str = Field("learned", description="name")
    dated: str = Field("2026-11-24", description="name")

    topics: Count = Field(200, description="PERFORMANCE.md: 200-256 dimensions")
    topics_weight: Weight = Field(0.15, description=f"{COMPARED}: topics beside words at 1")
    codes_weight: Weight = Field(0.5, description=f"{COMPARED}: classification codes beside words at 1")
    cost: Weight = Field(0.11, description=f"{PEER}: how far one decision may pull")
    opinion: Weight = Field(0.3, description=f"{COMPARED}: a second opinion from topics alone, beside the first at 1")
    opinion_cost: Weight = Field(0.5, description=f"{COMPARED}: of the second opinion, as cost")
    balance: Weight = Field(9.8, description=f"{PEER}: good decisions together against bad ones together")
    strangers: Count = Field(200, description=f"{COMPARED}: undecided documents that stand for bad ones")
    stranger_weight: Weight = Field(0.1, description=f"{COMPARED}: of one of those, beside a decision at 1")
    need_fade: Weight = Field(5.0, description="guess: good decisions at which the need's own words count half")
    sweeps: Count = Field(30, description="guess: passes of the solver; it mostly ends before")
    tolerance: Weight = Field(1e-3, description="scikit-learn's LinearSVC allows 1e-4")
    folds: Count = Field(5, description="guess: parts of the decisions left out in turn to calibrate")
    usual_slope: Weight = Field(5.0, description=f"{CALIBRATED}: 2 to 12 are alike; log odds of a score of 1")
    slope_trust: Weight = Field(0.05, description=f"{CALIBRATED}: pull towards usual_slope; .5 was too flat")
    usual_yield: Share = Field(0.4, description=f"{CALIBRATED}: of hits x root of what scores let expect below")
    yield_trust: Weight = Field(80.0, description=f"{CALIBRATED}: explored decisions that usual_yield is worth")

    fewest_decisions: Count = Field(10, description="guess: decisions on a need before its learned scores are used")
    learned_floor: Share = Field(0.3, description="guess: probability from which more are flagged than unlearned")
    flags_per_company: Count = Field(40, description="guess: opportunities waiting for one company")
    least_per_need: Count = Field(3, description="guess: flagged of every need that has so many above the threshold")
    explored_share: Annotated[float, Field(ge=0, lt=1)] = Field(0.1, description="P26: share of the queue from below")
    weight_per_broker: Share = Field(0.5, description="guess: share of the weight that one of several brokers may have")
    worse_by: Weight = Field(0.0, description="P25: switched off where learned is worse than unlearned by more")
    compared_fewest: Count = Field(10, description="guess: decisions compared before learning may be switched off")

    ramp: Count = Field(20, description=f"{COMPARED}: a simulated batch is at most 1/20 of what was shown")

    @property
    def model_version(self) -> str:
        """Name, date and a short hash of all values."""
        return f"{self.name}-{self.dated}-{hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:8]}"


LEARNING = Learning()
