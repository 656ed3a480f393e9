"""A project page as PDF, by typst: fonts come with it, nothing is fetched, and text is never evaluated."""

import json
from pathlib import Path

import typst

from digests.project import Sheet

_TEMPLATE = Path(__file__).parent / "templates" / "project.typ"


def project_pdf(sheet: Sheet) -> bytes:
    """The PDF's bytes; the same sheet gives the same pages."""
    drawn = typst.compile(_TEMPLATE.read_bytes(), format="pdf", sys_inputs={"sheet": json.dumps(sheet.plain())})
    return bytes(drawn) if isinstance(drawn, bytes) else b"".join(drawn or [])
