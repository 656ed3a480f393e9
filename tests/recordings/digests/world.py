"""An invented company and its week, written by us for the tests of the digest; nothing here was published by anyone."""

from datetime import UTC, date, datetime, timedelta

from digests.compose import compose
from terms.company import Company, Contact, Engagement, Need
from terms.digest import Change, Digest, Line, Participant, Suggestion
from terms.gate import Gate, Quote

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
WEEK = "2026-W48"
CLOSED_TITLE = "Zylinderfrei pressure hull joint"
CLOSED_TEXT = "A hull joint for 6000 metres that nobody may know of"
CLOSED_TERM = "syntactic xylofoam"

OPEN_NEED = Need(
    id="wet-gripper",
    title="Gripper for wet fish",
    description="A soft gripper that lifts whole salmon from a belt without marks.",
    include=("soft gripper", "salmon"),
    priority=1,
)
CLOSED_NEED = Need(
    id="hull-joint",
    title=CLOSED_TITLE,
    description=CLOSED_TEXT,
    include=(CLOSED_TERM,),
    confidentiality="closed",
)
COMPANY = Company(
    id="nordlys-robotics",
    name="Nordlys Robotics AS",
    country="NO",
    size="small",
    languages=("nb", "en"),
    contacts=(Contact(name="Ola Nordmann", address="ola@nordlys.example", language="nb"),),
    engagement=Engagement(
        broker="Kari Megler",
        broker_address="kari@cluster.example",
        mentors=("Dr. Ingrid Forsker",),
        start=date(2026, 3, 2),
        planned_end=date(2027, 9, 2),
    ),
    needs=(OPEN_NEED, CLOSED_NEED),
)


def call(ref: str, days: int | None, title: str = "Soft robotics for the food industry", **fields: object) -> Line:
    """An open call that closes in `days`; None for no deadline."""
    known: dict[str, object] = {
        "ref": ref,
        "cluster_key": f"cluster-{ref}",
        "item_key": f"sedia:{ref}",
        "need_key": "nordlys-robotics/wet-gripper",
        "kind": "call",
        "title": title,
        "url": f"https://calls.example/topic/{ref}",
        "source_title": "EU Funding & Tenders",
        "deadline_at": NOW + timedelta(days=days, hours=10) if days is not None else None,
        "budget_eur": 2_500_000,
        "programme": "HORIZON-CL4-2027-DIGITAL-EMERGING-01",
        "because": ("soft gripper", "food", "handling"),
        "passage": "Proposals should demonstrate soft grippers that handle wet, delicate food at line speed "
        "and without visible marks on the product.",
    }
    return Line.model_validate(known | fields)


def paper(
    ref: str, title: str = "Suction-free gripping of wet fish by shape-adaptive fingers", **fields: object
) -> Line:
    """A publication."""
    known: dict[str, object] = {
        "ref": ref,
        "cluster_key": f"cluster-{ref}",
        "item_key": f"arxiv:{ref}",
        "need_key": "nordlys-robotics/wet-gripper",
        "kind": "publication",
        "title": title,
        "url": f"https://papers.example/abs/{ref}?a=1&b=2",
        "source_title": "arXiv",
        "published_on": date(2026, 11, 3),
        "people": ("A. Hansen", "B. Lee"),
        "organisations": ("NTNU", "SINTEF Ocean"),
        "because": ("soft gripper", "fish"),
        "passage": "The fingers lift whole salmon at 1.2 kg without leaving marks in 98 % of the trials.",
    }
    return Line.model_validate(known | fields)


def patent(ref: str, title: str = "Gripping device for slippery bodies", **fields: object) -> Line:
    """A patent document."""
    known: dict[str, object] = {
        "kind": "patent",
        "source_title": "European Publication Server",
        "people": ("Private Inventor",),
        "organisations": ("Gripwell GmbH",),
        "published_on": date(2026, 11, 18),
    }
    return paper(ref, title, **(known | fields))


def project(
    line: Line, *evidence: Line, need_title: str | None = "Gripper for wet fish", **known: object
) -> Suggestion:
    """A project of the open need, unless told otherwise."""
    fields = {"kind": "project", "need_key": line.need_key, "need_title": need_title}
    return Suggestion.model_validate(fields | {"call": line, "evidence": evidence} | known)


def gate(country: str = "eligible", size: str = "unknown") -> Gate:
    """The word of the gate: two answers and a question."""
    quote = Quote(field="conditions", start=0, end=41, text="Any company in Norway may apply by itself.")
    said = (("country", country, quote), ("beneficiary", "eligible", quote), ("size", size, None))
    return Gate.model_validate(
        {"verdicts": [{"criterion": c, "outcome": o, "because": "said", "quote": q} for c, o, q in said]}
    )


def moved() -> Change:
    """A deadline that moved after it was told."""
    return Change(
        ref="C-0",
        title="Cold chain pilots",
        url="https://calls.example/topic/C-0",
        kind="deadline",
        before="2027-01-12 16:00 UTC",
        after="2027-02-09 16:00 UTC",
        told_week="2026-W46",
    )


def partner(name: str, *evidence: Line) -> Suggestion:
    """A partner in Norway."""
    return Suggestion(
        kind="partner",
        need_key="nordlys-robotics/wet-gripper",
        need_title="Gripper for wet fish",
        partner=name,
        partner_country="NO",
        evidence=evidence,
    )


def full_digest(language: str = "en") -> Digest:
    """Two projects (one urgent), a partner, three items (one for a closed need), and a deadline that moved."""
    closed = paper(
        "P-7",
        "Welding titanium at depth",
        need_key="nordlys-robotics/hull-joint",
        because=(CLOSED_TERM,),
        organisations=(),
    )
    return compose(
        COMPANY,
        [
            project(
                call("C-2", 50),
                paper("P-3"),
                patent("T-1"),
                decide_on=date(2026, 12, 22),
                gate=gate(),
                participants=(
                    Participant(name="SINTEF Ocean", country="NO", known_for="Marks on salmon: a benchmark"),
                ),
            ),
            partner(
                "SINTEF Ocean", paper("P-4", "Marks on salmon: a benchmark"), paper("P-5", "Cold fingers, warm belts")
            ),
            project(call("C-1", 9, "Robotarm til sjømat: forprosjekt", programme=None, budget_eur=None)),
        ],
        [paper("P-6", "مقبض ناعم للأسماك الرطبة"), patent("T-2", "Belt with vision"), closed],
        now=NOW,
        changes=(moved(),),
        iso_week=WEEK,
        language=language,
        cap=9,
        examined={"arXiv": 800, "EU Funding & Tenders": 214, "European Publication Server": 200},
        new=37,
        degraded=("Journal of Field Robotics",),
    )
