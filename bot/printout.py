"""What newsbot knows, laid out as lines for people: answers, hits, the index, an indexing run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from bot.terminal import Line, one_line

if TYPE_CHECKING:
    from bot.composer import Answer
    from index.builder import BuildReport
    from index.searcher import Hit, IndexStatus

__all__ = ["answer_lines", "hit_lines", "status_lines", "summary"]

_MARKER = re.compile(r"(\[\d+\])")


def answer_lines(answer: Answer) -> Iterator[Line]:
    """Lay out the prose and, unless it is a refusal, each source with its quote and offsets."""
    yield Line(tuple(_marked(answer.text)))
    if answer.refused:
        return
    for cited in answer.citations:
        yield Line()
        yield _heading(f"[{cited.number}]", cited.title, cited.source, cited.published)
        yield _place(cited.article_id, cited.start, cited.end)
        if cited.url and cited.url != cited.article_id:
            yield Line(((one_line(cited.url), "dim"),), indent=4)
        yield Line(((f'"{one_line(cited.quote)}"', ""),), indent=4)


def hit_lines(hits: Sequence[Hit]) -> Iterator[Line]:
    """Lay out hits in the order given, a blank line between them."""
    if not hits:
        yield Line((("nothing found", ""),))
    for number, hit in enumerate(hits, start=1):
        if number > 1:
            yield Line()
        article, passage = hit.article, hit.passage
        yield _heading(f"{number}.", article.title, article.source, article.published)
        yield _place(article.id, passage.start, passage.end, f"  score {hit.score:.3f}")
        yield Line(((one_line(passage.text), ""),), indent=4)


def status_lines(status: IndexStatus) -> Iterator[Line]:
    """Lay out what an index holds, a name and a value on each line."""
    rows = {
        "index": status.path,
        "articles": f"{status.articles:,}",
        "passages": f"{status.passages:,}",
        "model": status.model,
        "size": _size(status.bytes),
        "built": status.built_at,
    }
    for name, value in rows.items():
        yield Line(((f"{name:<10}", "dim"), (one_line(value), "")))


def summary(report: BuildReport) -> str:
    """Put an indexing run in one line."""
    changes = (
        f"{report.added} added, {report.replaced} replaced, {report.unchanged} unchanged, "
        f"{report.removed} removed"
    )
    parts = [f"{_count(report.files, 'file')} read: {changes}"]
    if report.failures:
        parts.append(f"{len(report.failures)} could not be read")
    parts.append(f"{_count(report.articles, 'article')} in {_count(report.passages, 'passage')}")
    parts.append(f"{report.seconds:.1f} s")
    return "; ".join(parts)


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB" if count >= 1_000_000 else f"{count / 1e3:,.1f} kB"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _marked(prose: str) -> Iterator[tuple[str, str]]:
    for piece in _MARKER.split(prose):
        if piece:
            yield piece, "bold cyan" if _MARKER.fullmatch(piece) else ""


def _heading(mark: str, title: str, source: str | None, published: str | None) -> Line:
    day = published[:10] if published else None
    known = [one_line(value) for value in (source, day) if value]
    byline = f" — {', '.join(known)}" if known else ""
    return Line(
        ((f"{mark} ", "bold cyan"), (one_line(title) or "(no title)", "bold"), (byline, ""))
    )


def _place(article_id: str, start: int, end: int, more: str = "") -> Line:
    where = f"{one_line(article_id)}  characters {start}-{end}{more}"
    return Line(((where, "dim"),), indent=4)
