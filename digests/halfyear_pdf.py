"""A half-year report as PDF, by typst: bars are drawn from figures, text is never evaluated, nothing is fetched."""

import json
from pathlib import Path

import typst

from digests.halfyear import Report

_TEMPLATE = Path(__file__).parent / "templates" / "halfyear.typ"


def halfyear_pdf(report: Report) -> bytes:
    """The PDF's bytes; the same report gives the same pages."""
    drawn = typst.compile(_TEMPLATE.read_bytes(), format="pdf", sys_inputs={"report": json.dumps(report.plain())})
    return bytes(drawn) if isinstance(drawn, bytes) else b"".join(drawn or [])
