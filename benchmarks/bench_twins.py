"""Measures nlp.twins: records that are one thing, found without comparing all pairs.

    bench_twins.py [--records N]   N synthetic records (1 000 000), a sixth of them twins with slips: seconds, peak GB,
                                   precision and recall of pairs, and the same beside all pairs of a sample (ratio)
    bench_twins.py --quality       twins made of the titles of scifact, cranfield, se_wahono and sr_bannach, which are
                                   the sets that the rules were checked on; dedup_dblp_acm is only ever reported

Titles of the speed run are drawn from invented words with Zipf's frequencies between real technical ones. Everything
is seeded: the same numbers come again, but for seconds.
"""

import argparse
import gzip
import json
import random
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

from nlp.alike import Record, likeness
from nlp.twins import clustered

EVAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "eval"
QUALITY_SETS = ("scifact", "cranfield", "se_wahono", "sr_bannach")
SAMPLE = 1500
SEED = 20261123
_COMMON = (
    "of the for and in with on a using analysis system systems model models method learning based study control "
    "detection design flow measurement neural network networks optimization simulation dynamic adaptive hydrogen "
    "welding robot ocean salmon energy storage turbine blade surface thermal stress fatigue marine battery cell water"
)
_PARTS = "ka lo mi ter ran sto vel dra phi ne ous tic gen hy po lar ben con tri ax ol me si du ra fe no qui sta"
_SYLLABLES = _PARTS.split()
Pair = tuple[str, str]


def main() -> None:
    """Print one line a measure."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--records", type=int, default=1_000_000)
    asked.add_argument("--quality", action="store_true")
    chosen = asked.parse_args()
    if chosen.quality:
        for name in QUALITY_SETS:
            print(name, _scores(*_twinned(_read(name), random.Random(SEED), share=0.5)))
    else:
        _speed(chosen.records)


def _speed(count: int) -> None:
    dice = random.Random(SEED)
    records, truth = _twinned(list(_invented(count * 5 // 6, dice)), dice, share=0.2)
    print(f"{len(records)} records made, {_peak():.2f} GB", flush=True)
    began, cpu = time.perf_counter(), time.process_time()
    groups = clustered(records)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    print(f"clustered in {seconds:.1f} s ({cpu:.1f} s of CPU), peak {_peak():.2f} GB")
    print(f"pairs {_compare(_pairs(groups), truth)}")
    sample = records[:SAMPLE]
    began = time.perf_counter()
    every = sum(likeness(a, b) > 0 for a, b in combinations(sample, 2))
    plain_s = time.perf_counter() - began
    whole = plain_s * (len(records) / SAMPLE) ** 2
    print(f"all pairs of {SAMPLE}: {plain_s:.1f} s ({every} found), for all {whole / 3600:.0f} h", end="; ")
    print(f"all pairs take {whole / seconds:.0f} times as long")


def _scores(records: Sequence[Record], truth: set[Pair]) -> str:
    return f"{len(records)} records, {_compare(_pairs(clustered(records)), truth)}"


def _compare(said: set[Pair], truth: set[Pair]) -> str:
    right = len(said & truth)
    precision, recall = right / max(1, len(said)), right / max(1, len(truth))
    return f"precision {precision:.4f} recall {recall:.4f} of {len(truth)}"


def _pairs(groups: Sequence[tuple[str, ...]]) -> set[Pair]:
    return {pair for group in groups for pair in combinations(group, 2)}


def _twinned(records: Sequence[Record], dice: random.Random, share: float) -> tuple[list[Record], set[Pair]]:
    """The records with a twin of some of them in another source, in random order, and the true pairs."""
    chosen = dice.sample(range(len(records)), int(len(records) * share))
    twins = [_slipped(records[i], dice) for i in chosen]
    truth = {tuple(sorted((records[i].key, twin.key))) for i, twin in zip(chosen, twins, strict=True)}
    mixed = [*records, *twins]
    dice.shuffle(mixed)
    return mixed, {(a, b) for a, b in truth}


def _slipped(record: Record, dice: random.Random) -> Record:
    """What another publisher makes of a record: case, marks, a slip of the hand, a lost subtitle, initials, ISO 4."""
    title = record.title
    for slip in dice.sample((_shout, _typo, _unmarked, _tagged, _kept, _kept), 2):
        title = slip(title, dice)
    people = tuple(f"{name.split()[0][0]}. {name.split()[-1]}" for name in record.people)
    return record._replace(key=f"b:{record.key[2:]}", source="b", title=title, people=people, text="")


def _shout(title: str, dice: random.Random) -> str:
    return title.upper()


def _kept(title: str, dice: random.Random) -> str:
    return title


def _unmarked(title: str, dice: random.Random) -> str:
    return title.replace("-", " ").replace(":", "").replace(",", "").rstrip(" .")


def _tagged(title: str, dice: random.Random) -> str:
    return title.rstrip(" .") + dice.choice((" (extended abstract)", ".", " [Demo]", ": a first report"))


def _typo(title: str, dice: random.Random) -> str:
    spots = [i for i in range(2, len(title) - 2) if title[i - 2 : i + 2].isalpha()]
    if not spots:
        return title
    at = dice.choice(spots)
    return title[:at] + dice.choice(("", title[at] * 2, dice.choice("aeinrst"))) + title[at + 1 :]


def _read(name: str) -> list[Record]:
    dice = random.Random(name)
    with gzip.open(EVAL / name / "documents.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [_record(f"a:{row['id']}", row["title"], dice) for row in rows if row["title"].strip()]


def _record(key: str, title: str, dice: random.Random) -> Record:
    # few family names and years, so that they alone keep few records apart
    people = tuple(f"{dice.choice(_NAMES[:40])} {dice.choice(_NAMES)}" for _ in range(dice.randint(1, 4)))
    return Record(key, "a", "publication", title, people=people, year=dice.randint(2015, 2020))


def _invented(count: int, dice: random.Random) -> Iterator[Record]:
    rare = ["".join(dice.choices(_SYLLABLES, k=dice.randint(2, 4))) for _ in range(30_000)]
    words = [*_COMMON.split(), *rare]
    weights, total = [], 0.0
    for place in range(len(words)):
        total += 1 / (place + 3)
        weights.append(total)
    for number in range(count):
        title = " ".join(dice.choices(words, cum_weights=weights, k=dice.randint(6, 13))).capitalize()
        yield _record(f"a:{number}", title, dice)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform != "darwin" else 1024**3)


_NAMES = [
    f"{a}{b}".capitalize() for a in _SYLLABLES for b in ("sen", "berg", "mann", "ova", "ini", "stad", "ley", "ski")
]

if __name__ == "__main__":
    main()
