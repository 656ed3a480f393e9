"""The ledger's schema as a whole: which files hold tables, its version, and the numbered steps between versions.

A new table is a new file `ledger/tables_<noun>.py` and its import here; it is created where it is missing. A change to
a table that exists is a step: the statements that lead from the version before to this one, on both engines.
"""

from collections.abc import Sequence

from ledger import (  # noqa: F401 - their tables belong to the schema
    tables_aid,
    tables_answers,
    tables_apart,
    tables_cares,
    tables_claims,
    tables_consent,
    tables_edits,
    tables_outcomes,
    tables_people,
    tables_urgent,
    tables_webhooks,
)
from ledger.tables import metadata, schema_versions

__all__ = ["STEPS", "VERSION", "metadata", "schema_versions"]

VERSION = 1
STEPS: dict[int, Sequence[str]] = {}
