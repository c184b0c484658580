"""Citations as CSL-JSON, which reference managers read, and as Chicago-style notes made of it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from bot.citing.answered import day_of
from bot.sanitize import one_line, safe_link

if TYPE_CHECKING:
    from bot.answering.answers import Citation

__all__ = ["chicago_notes", "csl_items", "reference_key"]

_INNER_QUOTES = str.maketrans("“”", "‘’")
_STRAIGHT_QUOTES = re.compile(r'"([^"]*)"')
_KEY = re.compile(r"[^a-z0-9]+")


def csl_items(citations: Iterable[Citation], accessed: date) -> list[dict[str, Any]]:
    """Return an item for each cited article, in the order in which they are first cited.

    What is not known is left out. ``note`` has the quotes, a line each; ``page`` the pages on which
    they stand.

    Args:
        citations: of one or more answers.
        accessed: day on which the articles were read.
    """
    cited: dict[str, list[Citation]] = {}
    for one in citations:
        cited.setdefault(one.article_id, []).append(one)
    return [_item(same, accessed) for same in cited.values()]


def chicago_notes(citations: Sequence[Citation], accessed: date) -> list[str]:
    """Return a note for each citation, after the Chicago Manual of Style, as plain text."""
    # It takes a tenth of a second to load, and only notes need it.
    from citeproc import Citation as Note
    from citeproc import CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
    from citeproc.source.json import CiteProcJSON

    items = [_item([one], accessed) for one in citations]
    for number, item in enumerate(items):
        item["id"] = f"{number}"
        quoted = _STRAIGHT_QUOTES.sub(r"‘\1’", item.get("title", ""))
        item |= {"title": quoted.translate(_INNER_QUOTES)} if quoted else {}
    style = files("bot.citing").joinpath("chicago.csl")
    with style.open("rb") as file:
        made = CitationStylesBibliography(
            CitationStylesStyle(file, validate=False), CiteProcJSON(items), formatter.plain
        )
    notes = [Note([CitationItem(item["id"])]) for item in items]
    for note in notes:
        made.register(note)
    return [str(made.cite(note, lambda _: None)) for note in notes]


def reference_key(cited: Citation) -> str:
    """Return a short name for a cited article, the same in every export: ``reuters2019-3f2a91c0``.

    It has ASCII letters and digits only.
    """
    ascii_name = unicodedata.normalize("NFKD", cited.source or "").encode("ascii", "ignore")
    name = _KEY.sub("", ascii_name.decode().lower())[:24] or "article"
    day = day_of(cited.published)
    digest = hashlib.sha256(cited.article_id.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{name}{day.year if day else ''}-{digest}"


def _item(same: Sequence[Citation], accessed: date) -> dict[str, Any]:
    """Return the item of an article from all its citations."""
    first = same[0]
    link = safe_link(first.url)
    pages = dict.fromkeys(str(one.page) for one in same if one.page)
    published = day_of(first.published)
    known = {
        "title": one_line(first.title),
        "author": [{"literal": name}] if (name := one_line(first.author or "")) else None,
        "container-title": one_line(first.source or ""),
        "issued": _date_parts(published) if published else None,
        "page": ", ".join(pages),
        "URL": link[0] if link else None,
        "accessed": _date_parts(accessed),
        "note": "\n".join(dict.fromkeys(f"“{one_line(one.quote)}”" for one in same)),
    }
    item = {name: value for name, value in known.items() if value}
    return {"id": reference_key(first), "type": "article-newspaper", **item}


def _date_parts(day: date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}
