"""Items against needs: what the matcher reads and what it says (P20, P21, P22)."""

from typing import Literal

from terms.base import Term
from terms.source import ItemKind

LEARNED, EXPLORED = "+learned", "~explored"  # in a model version: by which way a match came before a broker


class Document(Term):
    """What the matcher reads of a cluster: its first member's text, and the codes of all members."""

    cluster_key: str
    item_key: str
    kind: ItemKind
    title: str
    text: str
    language: str = "und"
    codes: tuple[str, ...] = ()


class Passage(Term):
    """A piece of the stored item, verbatim: field[start:end] == text, in characters."""

    field: Literal["title", "text"]
    start: int
    end: int
    text: str


class Reasons(Term):
    """Why a match was made. terms: words and codes that counted, strongest first.

    rule: `include: WORD` or `exclude: WORD` where a need's own word overrode the model.
    """

    terms: tuple[str, ...]
    passages: tuple[Passage, ...]
    rule: str | None = None


class Match(Term):
    """(need version, cluster). fit: 0..1, how well it suits. confidence: 0..1, how much the engine had to go on."""

    need_key: str
    need_version: int
    cluster_key: str
    item_key: str
    fit: float
    confidence: float
    reasons: Reasons
    is_flagged: bool
    model_version: str

    @property
    def is_exploration(self) -> bool:
        """Whether it comes from below the threshold, by chance (P26)."""
        return self.model_version.endswith(EXPLORED)

    @property
    def is_learned(self) -> bool:
        """Whether fit is the learned probability of acceptance (P25)."""
        return LEARNED in self.model_version
