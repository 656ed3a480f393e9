"""Twins: what is one thing, what is not, in bounded time, whatever the order; measured on labels nobody here wrote."""

import importlib.util
import random
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nlp.alike import Record, head_of, likeness, plain
from nlp.sketch import agreement, candidates, sketch
from nlp.twins import Link, claims, clustered, sketches_of, unite
from watch.pairs import write_pairs

SHARED = Path(__file__).resolve().parents[2] / "shared"
PEOPLE = ("Kari Nordmann", "Ola Berg")
TITLE = "Lice counting with stereo cameras in salmon cages"
TEXT = " ".join(f"word{number} measured in cage {number % 7}" for number in range(60))


def record(key: str, title: str = TITLE, **facts: Any) -> Record:
    usual: dict[str, Any] = {"kind": "publication", "people": PEOPLE, "year": 2024}
    return Record(key=key, source=key.partition(":")[0], title=title, **{**usual, **facts})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (record("a:1"), record("b:1", TITLE.upper() + ".")),
        (record("a:1"), record("b:1", "Lice counting with stereo camers in salmon cages")),
        (record("a:1"), record("b:1", "Lice counting with stereo-cameras in salmoncages", people=("K. Nordmann",))),
        (record("a:1"), record("b:1", TITLE + " (extended abstract)")),
        (record("a:1"), record("b:1", people=("Nordmann, K.", "Berg, O."))),
        (record("a:1", venue="Aquac. Eng."), record("b:1", venue="", year=2022)),
        (record("a:1", "Måling av lus på laks i merd"), record("b:1", "Maling av lus pa laks i merd")),
        (record("a:1", people=()), record("b:1")),
        (record("a:1", "A wholly new name for the work", text=TEXT), record("b:1", text=TEXT[:700])),
        (
            record("a:1", "Seabed call", kind="call", days=("2027-01-12",)),
            record("b:1", "Seabed call", kind="call", days=("2027-01-12",)),
        ),
    ],
)
def test_one_thing(one: Record, other: Record) -> None:
    """P17, RELIABILITY C-05: case, marks, a slip, a subtitle, initials, a preprint, a retitled paper."""
    assert likeness(one, other) == likeness(other, one) > 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (record("a:1", TITLE + ", part I"), record("b:1", TITLE + ", part II")),
        (record("a:1", TITLE + " 2023"), record("b:1", TITLE + " 2024")),
        (record("a:1", "On symmetric networks of sensors"), record("b:1", "On asymmetric networks of sensors")),
        (record("a:1", "Effects of copper on young salmon"), record("b:1", "Effects of zinc on young salmon")),
        (record("a:1", "Lice decreases with depth"), record("b:1", "Lice increases with depth")),
        (record("a:1"), record("b:1", people=("Per Strand", "Eva Lund"))),
        (record("a:1", doi="10.1/x"), record("b:1", doi="10.1/y")),
        (record("a:1", venue="Marine Conference"), record("b:1", venue="Marine Journal")),
        (record("a:1", "Editorial", people=()), record("b:1", "Editorial", people=())),
        (record("a:1", venue="Marine Letters", year=2020), record("b:1", venue="Marine Letters", year=2024)),
        (record("a:1", kind="patent"), record("b:1")),
        (
            record("a:1", "Seabed call", kind="call", days=("2027-01-12",), text=TEXT),
            record("b:1", "Seabed call", kind="call", days=("2028-01-12",), text=TEXT),
        ),
        (
            record("a:1", kind="patent", text=TEXT, days=("2020-01-01",)),
            record("b:1", kind="patent", text=TEXT, days=("2021-01-01",)),
        ),
    ],
)
def test_two_things(one: Record, other: Record) -> None:
    """A wrong merge hides an item, so a number, a word, other people or another day keep two apart."""
    assert likeness(one, other) == likeness(other, one) == 0


def test_the_estimate_is_near_the_true_likeness() -> None:
    """MinHash's promise, on texts of every likeness: off by less than four standard errors of 64 bins."""
    words = [f"w{number:03}" for number in range(40)]
    texts = [" ".join(words[:kept] + [f"x{kept}{n}" for n in range(40 - kept)]) for kept in range(0, 41, 4)]
    marks, _ = sketch(texts, 4, 4)
    for a, b in combinations(range(len(texts)), 2):
        one, other = ({t[i : i + 4] for i in range(len(t) - 3)} for t in (texts[a], texts[b]))
        true = len(one & other) / len(one | other)
        assert abs(agreement(marks, np.array([[a, b]]))[0] - true) < 4 * (0.25 / 64) ** 0.5 + 0.01


def test_fingerprints_are_the_same_on_every_machine() -> None:
    """They are stored; another value would part old items from new ones."""
    signed = sketches_of([record("a:1"), record("a:2", "ab", text="")])
    assert signed.bands[0, :3].tolist() == FIRST_BANDS
    assert signed.marks[0, :4].tolist() == FIRST_MARKS
    assert not signed.bands[1].any()


FIRST_BANDS = [1352045489, 2476969141, 3793805961]
FIRST_MARKS = [58, 106, 40, 182]


def test_pairs_looked_at_are_bounded_whatever_the_titles() -> None:
    """No all-pairs: a thousand equal titles make at most rows x bands x width pairs, not half a million a band."""
    signed = sketches_of([record(f"s{n}:1", "The very same words") for n in range(1000)])
    pairs = sum(len(p) for p in candidates(signed.bands, 12))
    assert pairs <= 1000 * 25 * 12
    assert signed.bands[0].any()


def test_order_does_not_matter() -> None:
    """Deterministic: any order of the records gives the same groups."""
    records = [record(f"{s}:{n}", f"{TITLE} number {n} of the series") for n in range(30) for s in "abc"]
    groups = clustered(records)
    assert len(groups) == 30
    assert {len(group) for group in groups} == {3}
    for seed in range(3):
        mixed = random.Random(seed).sample(records, len(records))
        assert clustered(mixed) == groups


def test_one_source_does_not_tell_one_thing_twice() -> None:
    """Two columns of one heading, and their two twins elsewhere: the surest links count, no group takes a rival."""
    june, july = (record(f"a:{n}", venue=v) for n, v in (("1", "Marine Record"), ("2", "Ocean Letters")))
    twins = [record("b:1", venue="Marine Rec"), record("b:2", venue="Ocean Lett")]
    assert clustered([june, july, *twins]) == [("a:1", "b:1"), ("a:2", "b:2")]


def test_links_over_rival_claims_are_left() -> None:
    """A record without DOI joins the surer of two papers, and not both."""
    one, other, third = record("a:1", doi="10.1/x"), record("b:2", doi="10.1/y"), record("c:3")
    links = [Link("a:1", "c:3", 0.9), Link("b:2", "c:3", 0.8)]
    assert unite(links, {r.key: claims(r) for r in (one, other, third)}) == links[:1]


def test_heads_and_plain_words() -> None:
    """Where a subtitle begins, and what is left of a title for comparing."""
    assert head_of("WebView: a way to cache") == "WebView"
    assert head_of("A plain-worded title") == "A plain-worded title"
    assert plain("  <Ærlig> Måling: n° 3 — «Ö»") == "ærlig maling n 3 o"


def test_hostile_and_empty_records() -> None:
    """Surrogates, nothing, a flood of combining marks: no exception, no twin."""
    titles = ["", " ", "\ud800\udfff lone", "a" + "\u0301" * 5000, "…", "\x00" * 50, "語" * 40]
    assert clustered([record(f"s{n}:1", title, people=()) for n, title in enumerate(titles)]) == []


def test_twins_of_a_file(tmp_path: Path) -> None:
    """`varde twins --records --output`: a line a pair, and a bad line is named."""
    records, output = tmp_path / "records.jsonl", tmp_path / "pairs.tsv"
    row = '{"id": "%s", "title": "' + TITLE + '", "authors": "%s", "date": "2024-05-01"}\n'
    records.write_text(row % ("a:1", "Kari Nordmann, Ola Berg") + row % ("b:7", "K. Nordmann and O. Berg"), "utf-8")
    assert tuple(write_pairs(records, output)) == (2, 1, 1)
    assert output.read_text("utf-8") == "a:1\tb:7\n"
    records.write_text(row % ("a:1", "") + '{"id": 3}\n', "utf-8")
    with pytest.raises(Exception, match="line 2: no record"):
        write_pairs(records, output)


@pytest.mark.skipif(not (SHARED / "data" / "eval" / "dedup_dblp_acm").exists(), reason="no labelled sets beside us")
def test_labelled_pairs(tmp_path: Path) -> None:
    """dedup_dblp_acm, scored by the script that comes with it: F1 of at least 0.97."""
    labelled = SHARED / "data" / "eval" / "dedup_dblp_acm"
    spec = importlib.util.spec_from_file_location("score", SHARED / "tools" / "score.py")
    assert spec is not None
    assert spec.loader is not None
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    write_pairs(labelled / "documents.jsonl.gz", tmp_path / "pairs.tsv")
    assert score.score_pairs(str(labelled), tmp_path / "pairs.tsv")["pairs"]["F1"] >= 0.97
