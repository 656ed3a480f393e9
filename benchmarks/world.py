"""An invented week of the world for benchmarks/week.py: hauls on disk and companies with needs, the same every time.

Texts are sentences of the labelled sets beside the project (../shared/data/eval) shuffled together, or, where these
are missing, of our own templates; every item carries some invented rare words: its vocabulary grows as real ones do.
"""

import gzip
import itertools
import json
import random
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from terms.company import Company, Contact, Engagement, Need
from terms.haul import Haul

EVAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "eval"
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
_SETS = ("scifact", "patent_ipc_open", "cranfield", "nrc_calls_open", "se_wahono")
_WORDS = 190
_PIECES = "ka lo mi ter ran sto vel dra phi ne ous tic gen hy po lar ben con tri ax ol me si du ra fe no qui"
_RARE = ["".join(parts) for parts in itertools.product(_PIECES.split(), repeat=3)]
_CLASSES = [f"{a}{n:02}{b}" for a in "ABCDEFGH" for n in (1, 5, 21, 33, 61) for b in "BCDFGHJKLMNPQR"]
_TEMPLATE = (
    "the {0} of {1} {2} is measured with a {3} {4}; results on {5} show that {6} {7} lowers the {8} by a third",
    "we present a {3} method for {1} {2} in {5} and compare it with {6} on {7} of {8}",
    "a device for {0} comprises a {4} and a {1} unit which controls the {2} of the {5}",
)
_TOPICS = (
    "pump valve sensor salmon welding robot blade turbine hydrogen battery membrane corrosion coating fibre concrete "
    "ship hull camera image signal network model map heat ice soil seed drug protein cell tissue laser steel alloy "
    "flow pressure noise vibration wear friction energy storage grid wind wave tide paper wood textile food milk"
)


def sentences() -> list[str]:
    """Sentences of four words and more."""
    if not EVAL.is_dir():
        dice = random.Random(5)
        return [dice.choice(_TEMPLATE).format(*dice.sample(_TOPICS.split(), 9)) for _ in range(50_000)]
    found = []
    for name in _SETS:
        with gzip.open(EVAL / name / "documents.jsonl.gz", "rt", encoding="utf-8") as lines:
            texts = (json.loads(line)["text"] for line in lines)
            found += [s for text in texts for s in re.split(r"(?<=[.!?])\s+", text) if 4 <= len(s.split()) <= 60]
    return found


def lines(count: int, said: Sequence[str], first: int = 0) -> Iterator[str]:
    """Items as a haul's lines, numbers from `first`."""
    for number in range(first, first + count):
        dice = random.Random(number)
        chosen, words = list[str](), 0
        while words < _WORDS - 12:
            chosen.append(said[int(dice.random() * len(said))])
            words += chosen[-1].count(" ") + 1
        rare = f"{dice.choice(_RARE)}{dice.choice(_RARE)} {dice.choice(_RARE)}"
        title = " ".join(said[int(dice.random() * len(said))].split()[:9]).rstrip(".,;")
        yield json.dumps(
            {
                "source": "bench", "source_id": str(number), "kind": "publication", "url": f"https://x.example/{number}",
                "title": f"{title}: {rare} {number}", "text": f"{' '.join(chosen)} {rare}", "language": "en",
                "codes": [f"cpc:{dice.choice(_CLASSES)} {dice.randint(1, 90)}/{dice.randint(10, 99)}" for _ in "ab"],
                "capture_sha256": "0" * 64, "published_on": "2026-11-20",
                "organisations": [{"name": "Fjordheim University", "country": "NO"}],
                "publication": {"doi": f"10.5555/bench.{number}", "venue": "Journal"},
            }
        )  # fmt: skip


def leave_haul(hauls: Path, count: int, said: Sequence[str], first: int = 0, key: str = "20261123T060000Z") -> int:
    """A finished haul of so many items; its octets."""
    folder = hauls / "bench" / key
    folder.mkdir(parents=True)
    with (folder / "items.jsonl").open("w", encoding="utf-8") as stream:
        stream.writelines(f"{line}\n" for line in lines(count, said, first))
    told = Haul(source="bench", run_key=key, state="complete", started_at=NOW, finished_at=NOW, counts={"items": count})
    (folder / "haul.json").write_text(told.model_dump_json(), "utf-8")
    return (folder / "items.jsonl").stat().st_size


def companies(count: int, said: Sequence[str], each: int = 5) -> Iterator[Company]:
    """Companies with `each` needs of about 60 words; a tenth have an include term, a tenth an exclude term."""
    for number in range(count):
        dice = random.Random(f"company {number}")
        yield Company(
            id=f"company-{number}", name=f"Company {number}", country="NO", size="small",
            contacts=(Contact(name="A", address=f"a{number}@x.example"),),
            engagement=Engagement(
                broker="B", broker_address="b@x.example", start=date(2026, 1, 1), planned_end=date(2027, 7, 1)
            ),
            needs=tuple(_need(f"need-{n}", said, dice) for n in range(each)),
        )  # fmt: skip


def _need(key: str, said: Sequence[str], dice: random.Random) -> Need:
    chosen = [said[int(dice.random() * len(said))] for _ in range(3)]
    pair = " ".join(re.findall(r"[A-Za-z]{6,}", chosen[0])[:2]) or "sea lice"
    return Need(
        id=key,
        title=" ".join(chosen[0].split()[:8])[:150],
        description=" ".join(chosen),
        include=(pair,) if dice.random() < 0.1 else (),
        exclude=(pair,) if dice.random() < 0.1 else (),
        cpc=(dice.choice(_CLASSES),) if dice.random() < 0.5 else (),
    )
