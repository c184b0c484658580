"""The words that a file prints, read without newsbot and without knowing what is an article.

Too much is no fault here: menus, hidden text and metadata are among them. What counts is where a
word begins and ends, so that "24" and a raised "1" after it are two.
"""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import lxml.etree

__all__ = ["printed_words"]

# Elements that do not end a word; those that change what it means, as sup and del, do.
_INLINE = {"a", "abbr", "b", "bdi", "cite", "code", "em", "font", "i", "mark", "q", "small", "span",
           "strong", "time", "u", "wbr"}  # fmt: skip
_TAG = re.compile(r"</?(\w+)[^>]*>")


def printed_words(file: Path) -> str:
    """Return the words of a file as a text."""
    data = file.read_bytes()
    if file.suffix == ".pdf":
        return f"{_print(data)}\n{file.stem}"
    if file.suffix == ".docx":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [name for name in archive.namelist() if name.endswith(".xml")]
            return "\n".join(_runs(archive.read(name)) for name in parts)
    text = data.decode("utf-8", "replace")
    if file.suffix in (".json", ".jsonl"):
        lines = [text] if file.suffix == ".json" else text.splitlines()
        text = "\n".join(json.dumps(json.loads(line), ensure_ascii=False) for line in lines)
        text = text.replace("\\n", "\n").replace('\\"', '"')
    text = re.sub(r"~~[^~\n]*~~", "", text)
    text = f"{text}\n{_joined(text)}\n{file.stem}"
    for _ in range(2):  # feeds and dumps have markup as text
        text = html.unescape(_TAG.sub(_gap, text))
    return text


def _gap(tag: re.Match[str]) -> str:
    return "" if tag[1].lower() in _INLINE else " "


def _print(data: bytes) -> str:
    """The text of a PDF; what is of another size is apart, and line ends may cut any word."""
    import pypdf

    texts = []
    for page in pypdf.PdfReader(io.BytesIO(data)).pages:
        chunks: list[str] = []
        size = 0.0

        def visit(text: str, _: Any, __: Any, ___: Any, now: float, chunks: Any = chunks) -> None:
            nonlocal size
            chunks.append(text if now == size else f" {text}")
            size = now

        page.extract_text(visitor_text=visit)
        text = "".join(chunks)
        ends = set(re.findall(r"(\w+)[-\u00ad\x02]\s*\n", text))
        begins = set(re.findall(r"^\s*(\w+)", text, re.MULTILINE))
        texts += [text, *(f"{end}{begin}" for end in ends for begin in begins)]
    return "\n".join(texts)


def _joined(text: str) -> str:
    """The text with the words that line ends have cut made whole."""
    return re.sub(r"(\w)[-\u00ad\x02]\s*\n\s*(\w)", r"\1\2", text)


def _runs(xml: bytes) -> str:
    """The text of an Office document; a run that is raised, lowered or struck is apart."""
    tree = lxml.etree.fromstring(xml)
    parts: list[str] = []
    notes = 0
    for run in tree.iter("{*}r", "{*}p"):
        if run.tag.endswith("}p"):
            parts.append("\n")
            continue
        text = "".join(part.text or "" for part in run.iter("{*}t"))
        if any(True for _ in run.iter("{*}footnoteReference", "{*}endnoteReference")):
            notes += 1  # Word prints their numbers, and stores none
            text = f" {notes} {text}"
        special = any(True for _ in run.iter("{*}vertAlign", "{*}strike", "{*}vanish", "{*}sym"))
        parts.append(f" {text} " if special else text)
    return "".join(parts)
