"""A project page as an editable DOCX (ECMA-376), by python-docx; hostile text is only ever text."""

import io
import re
from datetime import datetime
from typing import Any

from docx import Document
from docx.document import Document as Written
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from digests.project import Block, Entry, Sheet

# XML 1.0, 2.2: what may not stand in a document at all.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_QUIET, _ACCENT = RGBColor(0x5A, 0x64, 0x6E), RGBColor(0x0B, 0x5C, 0x6B)
_SMALL = Pt(8.5)
_ALL = 17.0  # cm between the margins
_WIDTHS = {3: (3.5, 2.2, 11.3), 4: (3.2, 5.3, 3.2, 5.3)}  # cm; others share alike


def project_docx(sheet: Sheet, at: datetime) -> bytes:
    """The document's bytes. at: what stands in its properties as made, so that the same page gives the same facts."""
    written = Document()
    _set_up(written, sheet, at)
    _quiet(written, sheet.kicker.upper())
    _linked(written.add_heading(level=1), sheet.title, sheet.link)
    _quiet(written, sheet.subtitle)
    _table(written, _two_abreast(sheet.facts), bold=(0, 2))
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
        section.top_margin = section.bottom_margin = Cm(1.3)
    normal = written.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(9)
    normal.paragraph_format.space_after = Pt(2)
    normal.paragraph_format.line_spacing = 1.0
    for level in (1, 2):
        style = written.styles[f"Heading {level}"]
        style.font.name = "Arial"
        style.font.color.rgb, style.font.size = _ACCENT, Pt(16 if level == 1 else 11)
        style.paragraph_format.space_before = Pt(6)
    facts = written.core_properties
    facts.title, facts.subject, facts.author = _clean(sheet.title)[:200], _clean(sheet.subtitle)[:200], "Varde"
    facts.language, facts.created, facts.modified = sheet.language, at, at


def _block(written: Written, block: Block) -> None:
    written.add_heading(_clean(block.heading), level=2)
    if block.rows and block.columns:
        _table(written, (block.columns, *block.rows), bold=(0,), has_head=True)
    elif block.rows:
        _table(written, tuple(zip(*block.rows, strict=True)), bold=(), has_head=True)
    for entry in block.entries:
        _entry(written, entry)
    if block.sentence:
        written.add_paragraph(_clean(block.sentence))


def _entry(written: Written, entry: Entry) -> None:
    """Bold words that lead to the address, what is behind them, then the quotation."""
    line = written.add_paragraph(style="List Bullet")
    _linked(line, entry.head, entry.link).bold = True
    if entry.tail:
        line.add_run(f"  {_clean(entry.tail)}")
    if entry.quote:
        more = line.add_run(f"\n{_clean(entry.quote)}")
        more.font.size, more.font.color.rgb, more.italic = _SMALL, _QUIET, True


def _linked(line: Paragraph, text: str, link: str) -> Run:
    """A run, inside a hyperlink where there is an address (ECMA-376, 17.16.22; python-docx writes none itself)."""
    run = line.add_run(_clean(text))
    if link:
        drawn: Any = OxmlElement("w:hyperlink")  # python-docx types no tree that it does not know
        drawn.set(qn("r:id"), line.part.relate_to(_clean(link), RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
        drawn.append(run._r)
        line._p.append(drawn)
        run.font.color.rgb = _ACCENT
    return run


def _two_abreast(facts: tuple[tuple[str, str], ...]) -> tuple[tuple[str, ...], ...]:
    """Pairs of name and value, two a row."""
    even = facts if len(facts) % 2 == 0 else (*facts, ("", ""))
    return tuple((*left, *right) for left, right in zip(even[::2], even[1::2], strict=True))


def _table(
    written: Written, rows: tuple[tuple[str, ...], ...], *, bold: tuple[int, ...], has_head: bool = False
) -> None:
    """bold: columns of names."""
    if not rows:
        return
    wide = len(rows[0])
    widths = [Cm(width) for width in _WIDTHS.get(wide, (_ALL / wide,) * wide)]
    drawn = written.add_table(rows=0, cols=wide)
    drawn.style, drawn.autofit = "Table Grid", False
    for column, width in zip(drawn.columns, widths, strict=True):
        column.width = width
    for number, row in enumerate(rows):
        for place, (cell, text) in enumerate(zip(drawn.add_row().cells, row, strict=True)):
            run = cell.paragraphs[0].add_run(_clean(text))
            run.font.size, run.bold = _SMALL, place in bold or (has_head and number == 0)
            cell.paragraphs[0].paragraph_format.space_after = Pt(0)
            cell.width = widths[place]


def _quiet(written: Written, text: str) -> None:
    run = written.add_paragraph().add_run(_clean(text))
    run.font.size, run.font.color.rgb = _SMALL, _QUIET


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
