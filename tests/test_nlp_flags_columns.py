"""The queues of many companies at once are those made one by one."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.flags import Scored, flags
from nlp.flags_columns import EXPLORED, FLAGGED, Undecided, flags_of
from nlp.learn_recipe import LEARNING

FEW = LEARNING.model_copy(update={"flags_per_company": 4, "least_per_need": 1, "explored_share": 0.3})
ROW = st.tuples(
    st.integers(0, 2), st.integers(0, 2), st.integers(0, 9),
    st.sampled_from([0.2, 0.3, 0.5, 0.5, 0.9, float("nan")]), st.booleans(), st.sampled_from([False, False, True]),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(ROW, max_size=60))
def test_all_at_once_is_one_by_one(drawn: list[tuple[int, int, int, float, bool, bool]]) -> None:
    rows = sorted(drawn, key=lambda row: row[:3])
    keys, seeds = [f"cluster {n}" for n in range(10)], [f"company {n}" for n in range(3)]
    company, need, cluster, fit, above, wanted = (np.array([r[i] for r in rows]) for i in range(6))
    columns = Undecided(
        company.astype(np.int64), (company * 3 + need).astype(np.int64), cluster.astype(np.int64),
        fit.astype(np.float64), above.astype(np.bool_), wanted.astype(np.bool_),
    )  # fmt: skip
    found = flags_of(columns, keys, seeds, FEW)
    plain = dict[tuple[int, str, str], int]()
    for owner, seed in enumerate(seeds):
        scored = [Scored(f"n{r[1]}", keys[r[2]], r[3], r[4], r[5]) for r in rows if r[0] == owner]
        for flag in flags(scored, seed=seed, recipe=FEW):
            plain[owner, flag.need_key, flag.cluster_key] = EXPLORED if flag.is_explored else FLAGGED
    assert found.tolist() == [plain.get((r[0], f"n{r[1]}", keys[r[2]]), 0) for r in rows]
