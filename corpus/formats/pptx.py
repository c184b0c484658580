"""PowerPoint slides (.pptx): one article a file, each slide a page of it."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from corpus.errors import UnreadableArticle
from corpus.formats.draft import Draft
from corpus.formats.properties import sensible_author, sensible_title
from corpus.formats.table_rows import TableRows
from corpus.formats.text import title_from_name
from corpus.formats.typography import lowered, raised
from corpus.formats.zipped import check_archive, xml_in
from corpus.text import normalise

__all__ = ["parse"]

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def parse(data: bytes, name: str) -> Iterator[Draft]:
    """Read the slides of a presentation.

    Args:
        data: the whole file.
        name: the file's name; the title where the presentation has none.

    Yields:
        One Draft, with the places where its slides begin. Hidden slides, text that is struck out
        and the speaker's notes are left out.

    Raises:
        UnreadableArticle: the file is no presentation, is too large unpacked, or has no text.
    """
    check_archive(data, "presentation", ".pptx")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        slides = [_slide(tree) for tree in _slides(archive)]
        core = xml_in(archive, "docProps/core.xml")
    first = next(filter(None, slides), [""])
    title = sensible_title(_named(core, "title")) or first[0].partition("\n")[0]
    if first[0] == title and sum(map(len, slides)) > 1:
        del first[0]
    texts = [normalise("\n\n".join(blocks)).strip() for blocks in slides]
    shown = [text for text in texts if text]
    if not shown:
        raise UnreadableArticle("no text in it")
    starts = accumulate((len(text) + 2 if text else 0 for text in texts[:-1]), initial=0)
    yield Draft(
        title=title or title_from_name(name),
        text="\n\n".join(shown),
        author=sensible_author(_named(core, "creator")),
        pages=tuple(starts),
    )


def _slides(archive: zipfile.ZipFile) -> Iterator[Any]:
    """The slides that are shown, in their order."""
    presentation = xml_in(archive, "ppt/presentation.xml")
    links = xml_in(archive, "ppt/_rels/presentation.xml.rels")
    if presentation is None or links is None:
        raise UnreadableArticle("not a presentation")
    targets = {link.get("Id"): link.get("Target") or "" for link in links.iter("{*}Relationship")}
    for slide in presentation.iter(f"{_P}sldId"):
        target = targets.get(slide.get(f"{_R}id"), "")
        tree = xml_in(archive, posixpath.normpath(posixpath.join("ppt", target)).lstrip("/"))
        if tree is not None and tree.get("show") not in ("0", "false"):
            yield tree


def _slide(tree: Any) -> list[str]:
    """The paragraphs of a slide, and its tables row by row."""
    blocks: list[str] = []
    for table in list(tree.iter(f"{_A}tbl")):
        rows, lines = TableRows(), []
        for row in table.iter(f"{_A}tr"):
            cells = [
                " ".join(" ".join(map(_words, cell.iter(f"{_A}p"))).split())
                for cell in row.iter(f"{_A}tc")
            ]
            if any(cells):
                lines.append(rows.line(cells))
        table.clear()
        table.tag, table.text = f"{_A}p", "\n".join(lines)
    for paragraph in tree.iter(f"{_A}p"):
        if words := (paragraph.text or "").strip() or _words(paragraph).strip():
            blocks.append(words)
    return blocks


def _words(paragraph: Any) -> str:
    words = ""
    for part in paragraph:
        if part.tag == f"{_A}br":
            words += "\n"
        elif part.tag in (f"{_A}r", f"{_A}fld"):
            text = "".join(found.text or "" for found in part.iter(f"{_A}t"))
            properties = part.find(f"{_A}rPr")
            look = {} if properties is None else properties.attrib
            shift = str(look.get("baseline", "0"))
            if look.get("strike", "noStrike") != "noStrike":
                continue
            if shift.startswith("-"):
                text = lowered(text, words)
            elif shift.strip("0%"):
                text = raised(text, words)
            words += text
    return re.sub(" {2,}", " ", words)


def _named(core: Any, name: str) -> str:
    found = None if core is None else next(core.iter(f"{{*}}{name}"), None)
    return "" if found is None else found.text or ""
