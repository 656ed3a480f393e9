"""Measures partners from outside and joint opportunities over the real path: haul, absorb, field, ranking; calls, gate.

    bench_partners.py                                      partners for 5 000 needs over 200 000 projects of 50 000
                                                           organisations, and joint opportunities for 2 000 open calls
                                                           x 1 000 companies
    bench_partners.py --projects 20000 --organisations 5000 --companies 100 --calls 200      the same, smaller

Every project and call is made up of sentences of the labelled sets beside the project, or of our own; seeded. Beside it
stands a plain way over the same texts: BM25 of bm25s, the best 100 projects of each need, summed by organisation.
"""

import argparse
import random
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import bm25s

from benchmarks.machine import machine
from benchmarks.world import NOW, companies, sentences
from ledger import companies as kept
from terms.company import Company, NeedVersion
from terms.haul import Haul
from terms.item import Call, Item
from terms.match import Match, Passage, Reasons
from terms.organisation import Participation, Project
from warehouse import clusters, items, matches
from watch import absorb, field, partners
from watch.house import House, open_house
from watch.joint import broker_scope, joint_opportunities
from watch.joint_partners import gap_partners

_COUNTRIES = ["NO", "SE", "DK", "FI", "DE", "FR", "NL", "IT", "ES", "AT", "BE", "PL", "PT", "IE", "EE"]
_FLAGGED = 50  # calls that stand flagged for one company: five needs, ten each (nlp.recipe.flags_per_need)
_RULES = (
    "At least three independent legal entities from three different Member States or Associated Countries.",
    "Small and medium-sized enterprises established in a Member State or Associated Country may apply.",
    "The consortium must include at least one research organisation.",
    "Only universities may apply.",
    "Proposals should bring methods from TRL 4 to TRL 7. The grant pays 70 percent of the eligible costs.",
    "Projects are expected to cut losses by a third and to show it in three places.",
)


def main() -> None:
    """Print one line a measure."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, usual in (("projects", 200_000), ("organisations", 50_000), ("companies", 1_000), ("calls", 2_000)):
        asked.add_argument(f"--{name}", type=int, default=usual)
    chosen, limits = asked.parse_args(), machine()
    print(f"{limits.cores} cores, load {limits.load:.1f}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        said = sentences()
        house = open_house(None, home=Path(folder), now=NOW.strftime("%Y-%m-%dT%H:%M:%SZ"))
        firms = list(companies(chosen.companies, said))
        with house.ledger.write() as connection:
            for company in firms:
                kept.save_company(connection, company, at=NOW)
        _partners(house, firms, chosen.projects, chosen.organisations, said)
        _joint(house, firms, chosen.calls, said)
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GB")


def _partners(house: House, firms: Sequence[Company], projects: int, organisations: int, said: Sequence[str]) -> None:
    made = _leave_haul(house, projects, organisations, said)
    with _timed(f"absorbed {projects} projects"):
        list(absorb.absorb(house))
    with house.ledger.read() as connection:
        needs = kept.current_needs(connection)
    by_key = {company.id: company for company in firms}
    partners.partners_of(house, by_key[needs[0].company_key], needs[0])  # compiled once a machine
    field._field.cache_clear()
    with _timed("field read, counted and laid out") as reading:
        held = field.read_field(house)
    wanted = [(by_key[need.company_key], need, None) for need in needs]
    with _timed(f"partners for {len(wanted)} needs over {len(held.deeds)} projects") as ranking:
        found = partners.partners_of_many(house, wanted)
    print(f"  {len(held.organisations)} organisations; {sum(map(bool, found))} needs have a partner")
    with _timed("plain way: bm25s, best 100 projects, summed by organisation") as plain:
        _plainly(made, needs)
    ours = reading[0] + ranking[0]
    print(f"  ours with the reading {ours:.1f} s, plain {plain[0]:.1f} s: {ours / plain[0]:.2f} of it", flush=True)


def _leave_haul(house: House, projects: int, organisations: int, said: Sequence[str]) -> list[tuple[str, list[int]]]:
    """A finished haul of CORDIS; the texts with the numbers of who took part, for the plain way."""
    folder, made = house.hauls / "cordis" / "20261123T060000Z", list[tuple[str, list[int]]]()
    folder.mkdir(parents=True)
    with (folder / "items.jsonl").open("w", encoding="utf-8") as stream:
        for number in range(projects):
            dice = random.Random(number)
            who = sorted({int(organisations * dice.random() ** 3) for _ in range(dice.randint(2, 5))})
            project = _project(number, dice, who, said)
            made.append((f"{project.title} {project.text}", who))
            stream.write(project.model_dump_json() + "\n")
    counts = {"items": projects}
    told = Haul(source="cordis", run_key=folder.name, state="complete", started_at=NOW, finished_at=NOW, counts=counts)
    (folder / "haul.json").write_text(told.model_dump_json(), "utf-8")
    return made


def _project(number: int, dice: random.Random, who: Sequence[int], said: Sequence[str]) -> Project:
    chosen = [said[int(dice.random() * len(said))] for _ in range(6)]
    started = date(2017, 1, 1) + timedelta(days=dice.randrange(3_500))
    return Project(
        source="cordis", source_id=str(number), title=f"{' '.join(chosen[0].split()[:9])} {number}",
        text=" ".join(chosen[1:]), url=f"https://x.example/{number}", started_on=started,
        ended_on=started + timedelta(days=1_200), capture_sha256="0" * 64,
        organisations=tuple(
            Participation(
                name=f"Organisation {one}", country=_COUNTRIES[one % len(_COUNTRIES)],
                type=("sme", "university", "institute")[one % 3], ids=(f"pic:{900_000_000 + one}",),
                role="coordinator" if place == 0 else "participant",
            )
            for place, one in enumerate(who)
        ),
    )  # fmt: skip


def _plainly(made: Sequence[tuple[str, list[int]]], needs: Sequence[NeedVersion]) -> list[list[int]]:
    index = bm25s.BM25()
    index.index(bm25s.tokenize([text for text, _ in made], show_progress=False), show_progress=False)
    asked = bm25s.tokenize([f"{v.need.title} {v.need.description}" for v in needs], show_progress=False)
    places, scores = index.retrieve(asked, k=min(100, len(made)), n_threads=2, show_progress=False)
    best = []
    for row, values in zip(places, scores, strict=True):
        by_organisation: dict[int, float] = defaultdict(float)
        for place, value in zip(row, values, strict=True):
            for one in made[place][1]:
                by_organisation[one] += float(value)
        best.append(sorted(by_organisation, key=lambda one: -by_organisation[one])[:10])
    return best


def _joint(house: House, firms: Sequence[Company], calls: int, said: Sequence[str]) -> None:
    _stock(house, firms, [_call(number, said) for number in range(calls)])
    scope = broker_scope(house, None)
    with _timed(f"joint opportunities, {calls} calls x {len(firms)} companies, nothing read before"):
        found = joint_opportunities(house, scope)
    with _timed("the same again"):
        joint_opportunities(house, scope)
    lacking = [one for one in found if one.lacks]
    with _timed(f"partners that fill the gaps of {len(lacking)} of {len(found)}"):
        gap_partners(house, found)


def _call(number: int, said: Sequence[str]) -> Item:
    dice = random.Random(f"call {number}")
    chosen = [said[int(dice.random() * len(said))] for _ in range(8)]
    rules = dice.sample(_RULES, 2)
    return Item(
        source="eu_funding", source_id=f"BENCH-{number}", kind="call", url=f"https://x.example/call/{number}",
        title=f"{' '.join(chosen[0].split()[:9])} {number}", text=" ".join(chosen), language="en",
        capture_sha256="0" * 64,
        call=Call(deadlines_at=(NOW + timedelta(days=dice.randint(10, 300)),), conditions=" ".join(rules)),
    )  # fmt: skip


def _stock(house: House, firms: Sequence[Company], calls: Sequence[Item]) -> None:
    """Calls in the warehouse, each company's share of them flagged."""
    flagged = list(_flagged(firms, calls))
    with house.warehouse.write() as connection:
        absorbed = items.absorb(connection, calls, absorb_no=99, seen_at=NOW)
        clusters.join(connection, absorbed.new)
        matches.store_matches(connection, flagged, (), at=NOW)


def _flagged(firms: Sequence[Company], calls: Sequence[Item]) -> Iterator[Match]:
    for company in firms:
        dice = random.Random(f"flagged {company.id}")
        for number, call in enumerate(dice.sample(list(calls), min(_FLAGGED, len(calls)))):
            need = company.needs[number % len(company.needs)]
            passage = Passage(field="title", start=0, end=len(call.title), text=call.title)
            yield Match(
                need_key=f"{company.id}/{need.id}", need_version=1, cluster_key=call.item_key, item_key=call.item_key,
                fit=dice.random(), confidence=0.5, is_flagged=True, model_version="bench",
                reasons=Reasons(terms=("x",), passages=(passage,)),
            )  # fmt: skip


@contextmanager
def _timed(what: str) -> Iterator[list[float]]:
    """Print seconds on the clock and of CPU; the list holds the first of them afterwards."""
    taken, began, cpu = list[float](), time.perf_counter(), time.process_time()
    yield taken
    taken.append(time.perf_counter() - began)
    print(f"{what}: {taken[0]:.1f} s, {time.process_time() - cpu:.1f} s of CPU", flush=True)


if __name__ == "__main__":
    main()
