"""Decisions and answers in; learned fits, flags and what learning is worth out (P25, P26).

All of it is worked out anew each time from the decisions that stand, so an undone decision leaves no trace.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from ledger import answers, companies, decisions
from ledger.decisions import Standing
from nlp.columns_reasons import Prepared
from nlp.flags import Flag, Scored, above, flags
from nlp.learn_lessons import Lesson, answer_lesson, is_good
from nlp.learn_need import Learnt, learn, without_space
from nlp.learn_recipe import LEARNING
from nlp.learn_rows import Space
from terms.answer import Answer
from terms.company import NeedVersion
from terms.match import EXPLORED, LEARNED, Document
from warehouse import items, learned, matches
from warehouse.learned import Kept, Taught
from warehouse.reasons import Untold, store_reasons
from watch.house import House
from watch.quiet import quiet_queues
from watch.telling import tell

_BACKGROUND = 1000  # documents that word frequencies and topics are taken from, beside those decided and undecided


@dataclass(frozen=True)
class Learning:
    """What decisions teach now: what it is worth per need key, rows for the warehouse.

    untold: what is flagged and has no reasons yet.
    """

    needs: Mapping[str, Learnt]
    taught: Sequence[Taught]
    untold: Sequence[Untold]


@dataclass(frozen=True)
class _Known:
    """What is read before anything is learned. stands: company -> cluster of today -> decision.

    versions, kept: of companies that have decided or answered. quiet: what is kept for the others. silent: their needs.
    """

    versions: Mapping[str, NeedVersion]
    kept: Mapping[str, Sequence[Kept]]
    lessons: Mapping[str, Sequence[Lesson]]
    stands: Mapping[str, Mapping[str, Standing]]
    documents: Mapping[str, Document]
    background: Sequence[Document]
    quiet: pa.Table
    silent: Sequence[str]


def learn_and_flag(house: House, prepared: Sequence[Prepared] = ()) -> Learning:
    """Work out the learned fits and the queue's flags, lay them over the stored matches, and say why for each flagged.

    prepared: needs that a matching has at hand.
    """
    worked = work_out(house)
    told = tell(house, worked.untold, prepared)
    with house.warehouse.read() as connection:
        stored = learned.read_taught(connection)
    if told or sorted(worked.taught) != stored:
        with house.warehouse.write() as connection:
            learned.store_taught(connection, worked.taught, at=house.clock())
            store_reasons(connection, told)
    return worked


def work_out(house: House) -> Learning:
    """The same without storing anything: a pure function of what the stores hold."""
    known = _read(house)
    learners = [key for key in known.versions if _may_learn(known.lessons.get(key, ()))]
    space = Space([*known.documents.values(), *known.background]) if learners and known.documents else None
    needs = {key: _learnt(key, known, space if key in learners else None) for key in sorted(known.versions)}
    owned = _by_owner(needs)
    queue = {company: _flags(company, known, own) for company, own in owned.items()}
    taught = [row for company, own in owned.items() for row in _taught(company, queue[company], known, own)]
    quiet, nothing = quiet_queues(known.quiet), without_space(())
    every = {key: needs.get(key, nothing) for key in sorted({*needs, *known.silent})}
    return Learning(every, [*taught, *quiet.taught], [*_untold(known, taught), *quiet.untold])


def _untold(known: _Known, taught: Sequence[Taught]) -> list[Untold]:
    """What is flagged, by the matcher or by the overlay, and has no reasons yet."""
    laid = {(row.need_key, row.cluster_key): row.is_flagged for row in taught}
    return [
        Untold(k.need_key, k.need_version, k.matched_key, k.item_key, k.model_version)
        for kept in known.kept.values()
        for k in kept
        if not k.is_told and laid.get((k.need_key, k.matched_key), k.is_flagged)
    ]


def _by_owner(needs: Mapping[str, Learnt]) -> dict[str, dict[str, Learnt]]:
    """Company -> its needs. Looking through every need for every company would take seconds for thousands."""
    owned = defaultdict[str, dict[str, Learnt]](dict)
    for key, learnt in sorted(needs.items(), key=lambda pair: (_company(pair[0]), pair[0])):
        owned[_company(key)][key] = learnt
    return dict(owned)


def _may_learn(lessons: Sequence[Lesson]) -> bool:
    return len(lessons) >= LEARNING.fewest_decisions


def _read(house: House) -> _Known:
    with house.ledger.read() as connection:
        every = {v.need_key: v for v in companies.read_watched_needs(connection)}
        stands = decisions.standing(decisions.read_decisions(connection)).values()
        said = answers.read_standing_answers(connection)
    with house.warehouse.read() as connection:
        homes = items.read_clusters_of(connection, [*_clusters(stands), *(a.cluster_key for a in said)])
        lessons = _lessons(stands, said, homes)
        busy = {_company(key) for key in lessons} | {stand.decision.company_key for stand in stands}
        versions = {key: version for key, version in every.items() if _company(key) in busy}
        quiet = learned.read_kept_columns(connection, every.keys() - versions.keys())
        kept = defaultdict[str, list[Kept]](list)
        for row in learned.read_kept(connection, versions):
            kept[row.need_key].append(row)
        wanted = {k.cluster_key for key in versions if _may_learn(lessons.get(key, ())) for k in kept[key]}
        wanted |= {x.cluster_key for key in versions if _may_learn(lessons.get(key, ())) for x in lessons[key]}
        documents = {d.cluster_key: d for d in matches.read_documents(connection, sorted(wanted))} if wanted else {}
        newest = matches.last_absorb(connection)
        background = matches.sample_documents(connection, newest, _BACKGROUND) if wanted else []
    others = [d for d in background if d.cluster_key not in documents]
    silent = sorted(every.keys() - versions.keys())
    return _Known(versions, kept, lessons, _by_company(stands, homes), documents, others, quiet, silent)


def _clusters(stands: Iterable[Standing]) -> list[str]:
    return [s.decision.cluster_key for s in stands]


def _lessons(stands: Iterable[Standing], said: Iterable[Answer], homes: Mapping[str, str]) -> dict[str, list[Lesson]]:
    """Need key -> lessons, on the clusters of today."""
    found = defaultdict[str, list[Lesson]](list)
    for stand in stands:
        made = stand.decision
        if (good := is_good(made)) is not None:
            cluster, explored = homes.get(made.cluster_key, made.cluster_key), made.model_version.endswith(EXPLORED)
            found[made.need_key].append(Lesson(cluster, good, f"broker:{made.broker}", is_explored=explored))
    for answer in said:
        lesson = answer_lesson(homes.get(answer.cluster_key, answer.cluster_key), answer.verb, answer.reader_key)
        if lesson is not None:
            found[answer.need_key].append(lesson)
    return dict(found)


def _by_company(stands: Iterable[Standing], homes: Mapping[str, str]) -> dict[str, dict[str, Standing]]:
    placed = defaultdict[str, dict[str, Standing]](dict)
    for stand in sorted(stands, key=lambda s: s.decision_no):
        cluster = stand.decision.cluster_key
        placed[stand.decision.company_key][homes.get(cluster, cluster)] = stand
    return dict(placed)


def _company(need_key: str) -> str:
    return need_key.partition("/")[0]


def _learnt(key: str, known: _Known, space: Space | None) -> Learnt:
    lessons = known.lessons.get(key, ())
    if space is None:
        return without_space(lessons)
    fits = {k.cluster_key: k.fit for k in known.kept.get(key, ())}
    undecided = [k.cluster_key for k in _undecided(key, known) if k.cluster_key in known.documents]
    return learn(known.versions[key].need, lessons, known.documents, fits, undecided, space)


def _undecided(key: str, known: _Known) -> list[Kept]:
    """A need's kept matches on clusters that its company has not decided, and that it is not told to leave out."""
    decided = known.stands.get(_company(key), {})
    return [k for k in known.kept.get(key, ()) if k.cluster_key not in decided]


def _flags(company: str, known: _Known, needs: Mapping[str, Learnt]) -> list[Flag]:
    scored = [one for key in needs for one in _scored(_undecided(key, known), needs[key])]
    return flags(scored, seed=company)


def _scored(undecided: Sequence[Kept], learnt: Learnt) -> list[Scored]:
    """A need's undecided matches by learned fit where there is one, else by the matcher's."""
    flagged = {kept.cluster_key for kept in undecided if kept.is_flagged}
    high = above(learnt.fits, flagged & learnt.fits.keys()) if learnt.fits else flagged
    return [
        Scored(k.need_key, k.cluster_key, learnt.fits.get(k.cluster_key, k.fit), k.cluster_key in high, k.is_wanted)
        for k in undecided
    ]


def _taught(company: str, flagged: Sequence[Flag], known: _Known, needs: Mapping[str, Learnt]) -> list[Taught]:
    """What differs from the matches as made; decided clusters stay as they were shown."""
    flag_of = {(f.need_key, f.cluster_key): f for f in flagged}
    rows = list[Taught]()
    for key in needs:
        for kept in known.kept.get(key, ()):
            stand = known.stands.get(company, {}).get(kept.cluster_key)
            row = _shown(kept, stand) if stand else _judged(kept, flag_of.get((key, kept.cluster_key)), needs[key])
            if row[3:] != (kept.fit, kept.is_flagged, kept.model_version):
                rows.append(row)
    return rows


def _shown(kept: Kept, stand: Standing) -> Taught:
    """A decided cluster: in view, by the model it was decided on; on other needs as the matcher left it."""
    if stand.decision.need_key != kept.need_key:
        return Taught(*kept[:2], kept.matched_key, kept.fit, kept.is_flagged, kept.model_version)
    return Taught(*kept[:2], kept.matched_key, kept.fit, True, stand.decision.model_version)


def _judged(kept: Kept, flag: Flag | None, learnt: Learnt) -> Taught:
    fit, version = learnt.fits.get(kept.cluster_key), kept.model_version
    version = version if fit is None else f"{version}{LEARNED}-{learnt.version}"
    version = f"{version}{EXPLORED}" if flag and flag.is_explored else version
    return Taught(*kept[:2], kept.matched_key, kept.fit if fit is None else fit, flag is not None, version)


def learning_table(worked: Learning) -> list[dict[str, str]]:
    """One row a need: decisions, precision learned and unlearned, whether learning is on, what was missed."""
    return [
        {
            "need": key,
            "decisions": str(learnt.decisions),
            "learned": _share(learnt.learned),
            "unlearned": _share(learnt.unlearned),
            "state": learnt.state,
            "explored": str(learnt.misses.looked),
            "missed": _share(learnt.misses.rate if learnt.misses.looked else None),
            "95 % interval": f"{learnt.misses.low:.2f}-{learnt.misses.high:.2f}",
            "lessons": learnt.version,
        }
        for key, learnt in worked.needs.items()
    ]


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
