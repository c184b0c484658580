"""PDF files of the folder of ``documents.py``, set by ReportLab as newspapers are."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

__all__ = ["pdfs"]

Story = tuple[str, list[str]]
Printed = tuple[str, bytes, Sequence[Story], str, str]
"""Name, bytes, stories, more of the text, what else stands on the pages."""


def pdfs(stories: Sequence[Story], table: Sequence[Sequence[str]]) -> Iterator[Printed]:
    """Write them."""
    flood, stars, crash, zoo, strike, port, german = stories
    for number, story in enumerate((flood, stars, zoo, german)):
        yield f"one-column-{number}.pdf", _set(_flow([story])), [story], "", ""
    for columns, pair in ((2, [strike, port]), (3, [flood, strike])):
        yield f"columns-{columns}.pdf", _set(_flow(pair, small=True), columns), pair, "", ""
    for columns in (1, 2):
        data = _set(_flow([crash, strike, port], small=True), columns, low=True, running=True)
        around = " ".join(f"Harbour Post Wednesday, 1 May 2024 {page}" for page in range(1, 9))
        yield f"running-{columns}.pdf", data, [crash, strike, port], "", around
    yield "justified.pdf", _set(_flow([zoo], justified=True), 3), [zoo], "", ""
    rows = "".join("\n" + " ".join(row) for row in table)
    yield "table.pdf", _set([*_flow([port]), _table(table)]), [port], rows, ""
    yield "hyphens.pdf", _set(_flow([strike], hyphens=True), 3), [strike], "", ""


def _flow(stories: Sequence[Story], **look: bool) -> list[Any]:
    from reportlab.lib.enums import TA_JUSTIFY, TA_LEFT
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph

    size = 9 if look.get("small") else 11
    body = ParagraphStyle(
        "body", fontName=_font(), fontSize=size, leading=size * 1.25, spaceAfter=6,
        alignment=TA_JUSTIFY if look.get("justified") else TA_LEFT,
        hyphenationLang="", embeddedHyphenation=int(look.get("hyphens", False)),
    )  # fmt: skip
    head = ParagraphStyle(
        "head", body, fontSize=size + 6, leading=size + 9, alignment=TA_LEFT, embeddedHyphenation=0
    )
    flow = []
    for title, lines in stories:
        flow.append(Paragraph(title, head))
        for line in lines:
            marked = line.replace("<sup>", "<super>").replace("</sup>", "</super>")
            marked = marked.replace("del>", "strike>")
            if look.get("hyphens"):
                marked = re.sub(r"\b([a-z]{4})([a-z]{4,})\b", "\\1\u00ad\\2", marked)
            flow.append(Paragraph(marked, body))
    return flow


def _table(rows: Sequence[Sequence[str]]) -> Any:
    from reportlab.platypus import Table

    return Table([list(row) for row in rows], style=[("FONT", (0, 0), (-1, -1), _font(), 10)])


def _font() -> str:
    """Register the font that ReportLab brings along, which has the letters of all stories."""
    from reportlab.lib.fonts import addMapping
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    if "Vera" not in pdfmetrics.getRegisteredFontNames():
        faces = {(0, 0): "Vera", (1, 0): "VeraBd", (0, 1): "VeraIt", (1, 1): "VeraBI"}
        for (bold, italic), face in faces.items():
            pdfmetrics.registerFont(TTFont(face, f"{face}.ttf"))
            addMapping("Vera", bold, italic, face)
    return "Vera"


def _set(flow: list[Any], columns: int = 1, *, low: bool = False, running: bool = False) -> bytes:
    """Set it on pages; ``low`` ones end in the midst of paragraphs."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

    width, height = A4
    top = height * 0.55 if low else height
    gutter, margin = 16, 56
    each = (width - 2 * margin - gutter * (columns - 1)) / columns
    frames = [
        Frame(margin + at * (each + gutter), height - top + 70, each, top - 150,
              leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
        for at in range(columns)
    ]  # fmt: skip

    def furnish(canvas: Any, made: Any) -> None:
        canvas.setFont(_font(), 8)
        canvas.drawString(margin, height - 40, "Harbour Post")
        canvas.drawRightString(width - margin, height - 40, "Wednesday, 1 May 2024")
        canvas.drawCentredString(width / 2, 30, str(made.page))

    file = io.BytesIO()
    made = BaseDocTemplate(file, pagesize=A4, title="", author="", invariant=1)
    template = PageTemplate(frames=frames, onPage=furnish if running else lambda *_: None)
    made.addPageTemplates([template])
    made.build(flow)
    return file.getvalue()
