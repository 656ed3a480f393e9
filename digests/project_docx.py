"""A project page as an editable DOCX (ECMA-376), by python-docx; hostile text is only ever text."""

import io
import re
from datetime import datetime

from docx import Document
from docx.document import Document as Written
from docx.shared import Cm, Pt, RGBColor

from digests.project import Block, Entry, Sheet

# XML 1.0, 2.2: what may not stand in a document at all.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_QUIET, _ACCENT = RGBColor(0x5A, 0x64, 0x6E), RGBColor(0x0B, 0x5C, 0x6B)
_SMALL = Pt(9)
_WIDTHS = {2: (Cm(4.5), Cm(12.5)), 3: (Cm(3.5), Cm(2.2), Cm(11.3))}  # of the 17 cm between the margins


def project_docx(sheet: Sheet, at: datetime) -> bytes:
    """The document's bytes. at: what stands in its properties as made, so that the same page gives the same facts."""
    written = Document()
    _set_up(written, sheet, at)
    _quiet(written, sheet.kicker.upper())
    written.add_heading(_clean(sheet.title), level=1)
    _quiet(written, sheet.subtitle)
    _table(written, sheet.facts)
    for block in sheet.blocks:
        _block(written, block)
    _quiet(written, sheet.foot)
    bytes_out = io.BytesIO()
    written.save(bytes_out)
    return bytes_out.getvalue()


def _set_up(written: Written, sheet: Sheet, at: datetime) -> None:
    """Narrow margins and small type, so that it stays one page where it can."""
    for section in written.sections:
        section.left_margin = section.right_margin = Cm(2)
        section.top_margin = section.bottom_margin = Cm(1.6)
    normal = written.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(10)
    normal.paragraph_format.space_after = Pt(3)
    for level in (1, 2):
        style = written.styles[f"Heading {level}"]
        style.font.color.rgb, style.font.size = _ACCENT, Pt(18 if level == 1 else 12)
        style.paragraph_format.space_before = Pt(8)
    facts = written.core_properties
    facts.title, facts.subject, facts.author = _clean(sheet.title)[:200], _clean(sheet.subtitle)[:200], "Varde"
    facts.language, facts.created, facts.modified = sheet.language, at, at


def _block(written: Written, block: Block) -> None:
    written.add_heading(_clean(block.heading), level=2)
    if block.rows:
        _table(written, block.rows, block.columns)
    for entry in block.entries:
        _entry(written, entry)
    if block.sentence:
        written.add_paragraph(_clean(block.sentence))


def _entry(written: Written, entry: Entry) -> None:
    """Bold words, what is behind them, then the quotation and the address."""
    line = written.add_paragraph(style="List Bullet")
    line.add_run(_clean(entry.head)).bold = True
    if entry.tail:
        line.add_run(f"  {_clean(entry.tail)}")
    for text in filter(None, (entry.quote, entry.link)):
        more = line.add_run(f"\n{_clean(text)}")
        more.font.size, more.font.color.rgb, more.italic = _SMALL, _QUIET, text == entry.quote


def _table(written: Written, rows: tuple[tuple[str, ...], ...], columns: tuple[str, ...] = ()) -> None:
    if not rows:
        return
    drawn = written.add_table(rows=0, cols=len(rows[0]))
    drawn.style, drawn.autofit = "Table Grid", False
    for column, width in zip(drawn.columns, _WIDTHS[len(rows[0])], strict=True):
        column.width = width
    for number, row in enumerate((columns, *rows) if columns else rows):
        for place, (cell, text) in enumerate(zip(drawn.add_row().cells, row, strict=True)):
            run = cell.paragraphs[0].add_run(_clean(text))
            run.font.size = _SMALL
            run.bold = place == 0 or (bool(columns) and number == 0)
            cell.width = _WIDTHS[len(row)][place]


def _quiet(written: Written, text: str) -> None:
    run = written.add_paragraph().add_run(_clean(text))
    run.font.size, run.font.color.rgb = _SMALL, _QUIET


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
