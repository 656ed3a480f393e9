"""The base of every noun: frozen, strict about unknown fields, to and from JSON."""

from pydantic import BaseModel, ConfigDict


class Term(BaseModel):
    """A frozen value. Unknown fields are refused, so that nothing is dropped silently."""

    model_config = ConfigDict(frozen=True, extra="forbid")
