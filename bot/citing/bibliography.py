"""Citations as BibTeX and as RIS, an entry for each cited article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

__all__ = ["as_bibtex", "as_ris"]

# In braces, so that none of them can end a field: BibTeX counts a brace even after a backslash.
_LATEX = {
    "\\": r"{\textbackslash}",
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    **{character: f"\\{character}" for character in "#$%&_"},
}
_ESCAPED = str.maketrans(_LATEX)
_NOT_IN_ADDRESS = re.compile(r"[{}\\%](?![0-9A-Fa-f]{2})|[{}\\]")


def as_bibtex(items: Sequence[Mapping[str, Any]]) -> str:
    """Return items of ``csl_items`` as BibTeX in UTF-8, for BibTeX and biblatex."""
    return "\n".join(_bibtex(item) for item in items)


def as_ris(items: Sequence[Mapping[str, Any]]) -> str:
    """Return items of ``csl_items`` as RIS. Each value is one line: no text of others is a tag."""
    return "\n".join("".join(f"{tag}  - {value}\n" for tag, value in _ris(item)) for item in items)


def _bibtex(item: Mapping[str, Any]) -> str:
    fields = {
        # A second pair of braces: names are not taken apart, and capitals stay.
        "author": f"{{{_latex(_author(item))}}}" if _author(item) else "",
        "title": f"{{{_latex(item['title'])}}}" if "title" in item else "",
        "journal": _latex(item.get("container-title", "")),
        "date": _day(item.get("issued")),
        "year": _day(item.get("issued"))[:4],
        "pages": item.get("page", ""),
        "url": _address(item.get("URL", "")),
        "urldate": _day(item["accessed"]),
        "note": _latex(" ".join(item.get("note", "").split("\n"))),
    }
    kind = "article" if "container-title" in item else "misc"
    lines = "".join(f",\n  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@{kind}{{{item['id']}{lines}\n}}\n"


def _ris(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    issued = _day(item.get("issued"))
    values = (
        ("ID", item["id"]),
        ("AU", _author(item)),
        ("TI", item.get("title")),
        ("T2", item.get("container-title")),
        ("PY", issued[:4]),
        ("DA", issued.replace("-", "/")),
        ("SP", item.get("page")),
        ("UR", item.get("URL")),
        ("Y2", _day(item["accessed"]).replace("-", "/")),
        *(("N1", quote) for quote in item.get("note", "").split("\n")),
    )
    yield "TY", "NEWS"
    yield from ((tag, value) for tag, value in values if value)
    yield "ER", ""


def _author(item: Mapping[str, Any]) -> str:
    return str(item["author"][0]["literal"]) if "author" in item else ""


def _day(parts: Mapping[str, Any] | None) -> str:
    return date(*parts["date-parts"][0]).isoformat() if parts else ""


def _latex(text: str) -> str:
    return text.translate(_ESCAPED)


def _address(url: str) -> str:
    """Return an address that stays as it is in BibTeX, which reads it verbatim."""
    return _NOT_IN_ADDRESS.sub(lambda match: f"%{ord(match[0]):02X}", url)
