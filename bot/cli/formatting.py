"""What newsbot knows, laid out as lines for people: answers, hits, the index, an indexing run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from bot.answering.answers import CLOSEST, EXTRACTIVE, RELATIONS, page_in_words
from bot.cli.console import OutputLine
from bot.sanitize import counted, one_line

if TYPE_CHECKING:
    from bot.answering.answers import Answer, Citation
    from bot.evaluation import Estimate
    from corpus.article import Article
    from index.builder import BuildReport
    from index.results import Correction, DuplicateRef, Hit, IndexStatus

__all__ = [
    "answer_lines",
    "estimate_lines",
    "history_lines",
    "hit_lines",
    "place_lines",
    "said_lines",
    "source_lines",
    "status_lines",
    "summary",
    "whole_line",
]

_MARKER = re.compile(r"(\[\d+\])")
_MOST_COPIES = 5  # that are named; --json has them all


def answer_lines(answer: Answer) -> Iterator[OutputLine]:
    """Lay out an answer and each source with its quote and offsets; of a refusal, the closest."""
    yield from said_lines(answer)
    yield from source_lines(answer)


def said_lines(answer: Answer) -> Iterator[OutputLine]:
    """Lay out what is answered: the prose or what the reports say, a list, a timeline."""
    if answer.views:
        yield from _views(answer)
    elif answer.surveyed:
        yield from _beside(answer)
    else:
        yield OutputLine(tuple(_marked(answer.text)))
    yield from _surveyed(answer)


def source_lines(answer: Answer) -> Iterator[OutputLine]:
    """Lay out what an answer rests on, other answers with theirs, and who wrote it."""
    for cited in answer.closest:
        yield from _source(cited, CLOSEST)
    yield from _sources(answer.citations)
    for other in answer.alternatives:
        yield OutputLine()
        marks = " ".join(f"[{cited.number}]" for cited in other.citations)
        yield OutputLine((("or: ", "dim"), *_marked(f"{one_line(other.short_answer)} {marks}")))
        yield from _sources(other.citations)
    yield from _writing(answer)


def _views(answer: Answer) -> Iterator[OutputLine]:
    """Lay out what the reports say, a row each, below the short answer."""
    yield OutputLine(((one_line(answer.short_answer or "The reports differ."), "bold"),))
    yield OutputLine(((RELATIONS[answer.views[0].relation], "dim"),))
    for view in answer.views:
        days = " to ".join(dict.fromkeys(filter(None, (view.first, view.last))))
        marks = "".join(f"[{cited.number}]" for cited in view.citations)
        where = ", ".join(filter(None, (days, *map(one_line, view.sources))))
        yield OutputLine(
            ((f"{one_line(view.value)}  ", "bold"), (f"{where} ", ""), (marks, "bold cyan")),
            indent=2,
        )


def _beside(answer: Answer) -> Iterator[OutputLine]:
    """Lay out what is answered beside a list or a timeline."""
    own = [cited for cited in answer.citations if cited.number not in answer.surveyed]
    if own and answer.short_answer:
        yield OutputLine(((one_line(answer.short_answer), "bold"),))
        return
    quoted = (f"{one_line(cited.quote)} [{cited.number}]" for cited in own)
    for said in map(str, answer.statements) if answer.statements else quoted:
        yield OutputLine(tuple(_marked(one_line(said))))


def _surveyed(answer: Answer) -> Iterator[OutputLine]:
    """Lay out a list and a timeline, a row each."""
    if answer.listing:
        yield OutputLine(((f"found here: {answer.listing}; there may be more", "dim"),))
        for item in answer.listing.items:
            marks = "".join(f"[{cited.number}]" for cited in item.citations)
            row = ((f"{one_line(item.value)} ", "bold"), (marks, "bold cyan"))
            yield OutputLine(row, indent=2)
    for event in answer.events:
        by = f" ({event.note})" if event.note else ""
        said = _marked(f"{one_line(event.citation.quote)} [{event.citation.number}]")
        yield OutputLine(((f"{event.days}{by}  ", "bold"), *said), indent=2)


def _writing(answer: Answer) -> Iterator[OutputLine]:
    """Say which chat model wrote, and what was left out of it."""
    if answer.answered_by != EXTRACTIVE:
        yield OutputLine()
        yield OutputLine(((f"written by {one_line(answer.answered_by)}, checked", "dim"),))
    for reason in answer.dropped:
        yield OutputLine(((f"left out: {reason}", "dim"),))


def _sources(citations: Sequence[Citation]) -> Iterator[OutputLine]:
    for cited in citations:
        yield from _source(cited, f"[{cited.number}]")


def _source(cited: Citation, mark: str) -> Iterator[OutputLine]:
    yield OutputLine()
    dates = _dates(cited.published, cited.updated)
    yield _heading(mark, cited.title, cited.source, dates)
    yield _place(cited.article_id, cited.on_page, cited.start, cited.end)
    if cited.url and cited.url != cited.article_id:
        yield OutputLine(((one_line(cited.url), "dim"),), indent=4)
    yield from _also_in(cited.copies)
    yield OutputLine(((f'"{one_line(cited.quote)}"', ""),), indent=4)


def estimate_lines(found: Mapping[str, Estimate]) -> Iterator[OutputLine]:
    """Lay out measures, a line each: mean, 95 % interval, and the questions that they are of."""
    for name, estimate in found.items():
        form = "{:.0f}" if name.endswith("_ms") else "{:.3f}"
        mean, low, high = (form.format(v) for v in (estimate.mean, estimate.low, estimate.high))
        interval = (f"{low} to {high}, {counted(estimate.count, 'question')}", "dim")
        yield OutputLine(((f"{name:<20}", ""), (f"{mean:>6}  ", "bold"), interval))


def hit_lines(hits: Sequence[Hit]) -> Iterator[OutputLine]:
    """Lay out hits in the order given, a blank line between them."""
    if not hits:
        yield OutputLine((("nothing found", ""),))
    for number, hit in enumerate(hits, start=1):
        if number > 1:
            yield OutputLine()
        passage, score = hit.passage, f"  score {hit.score:.3f}"
        yield from place_lines(number, hit.article, passage.start, passage.end, score)
        yield from _also_in(hit.copies)
        yield OutputLine(((one_line(passage.text), ""),), indent=4)


def place_lines(
    number: int, article: Article, start: int, end: int, more: str = ""
) -> Iterator[OutputLine]:
    """Lay out where something stands: the article with its date, and the characters."""
    yield _heading(
        f"{number}.", article.title, article.source, _dates(article.published, article.updated)
    )
    page = page_in_words(article.page_at(start), article.is_recognised(start, end))
    yield _place(article.id, page, start, end, more)


def history_lines(corrections: Sequence[Correction]) -> Iterator[OutputLine]:
    """Lay out how an article was corrected: each sentence before and after."""
    if not corrections:
        yield OutputLine((("no earlier version", ""),))
    for number, one in enumerate(corrections, start=1):
        if number > 1:
            yield OutputLine()
        dates = _dates(one.published, one.updated)
        yield _heading(f"{number}.", one.title, None, dates)
        yield OutputLine(((f"replaced {one_line(one.replaced)}", "dim"),), indent=4)
        changes = [(change.earlier, change.later) for change in one.changes]
        if one.title != one.next_title:
            changes.insert(0, (one.title, one.next_title))
        for pair in changes:
            for sign, sentence in zip("-+", pair, strict=True):
                if sentence is not None:
                    yield OutputLine(((f"{sign} {one_line(sentence)}", ""),), indent=4)


def status_lines(status: IndexStatus) -> Iterator[OutputLine]:
    """Lay out what an index holds, a name and a value on each line."""
    rows = {
        "index": status.path,
        "articles": f"{status.articles:,}",
        "copies": f"{status.copies:,}",
        "languages": ", ".join(f"{name} {count:,}" for name, count in status.languages.items()),
        "passages": f"{status.passages:,}",
        "model": status.model,
        "size": _size(status.bytes),
        "built": status.built_at,
    }
    for name, value in rows.items():
        yield OutputLine(((f"{name:<10}", "dim"), (one_line(value), "")))


def whole_line(generation: str, files: int, size: int) -> OutputLine:
    """Put in one line that all files of a generation are as they were written."""
    what = f"{counted(files, 'file')} of {generation}, {_size(size)}"
    return OutputLine((("whole: ", "bold"), (f"{what}, all as they were written", "")))


def summary(report: BuildReport, begun: str | None = None) -> str:
    """Put an indexing run in one line, which begins with what was read."""
    changes = (
        f"{report.added} added, {report.replaced} replaced, {report.unchanged} unchanged, "
        f"{report.removed} removed"
    )
    parts = [f"{begun or counted(report.files, 'file') + ' read'}: {changes}"]
    if report.failures:
        parts.append(f"{len(report.failures)} could not be read")
    parts.append(f"{counted(report.articles, 'article')} in {counted(report.passages, 'passage')}")
    if report.copies:
        parts.append(f"{report.copies:,} of them copies of another")
    if report.taken_over:
        parts.append(f"{counted(report.taken_over, 'passage')} taken over from a run that stopped")
    parts.append(f"{report.seconds:.1f} s")
    return "; ".join(parts)


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB" if count >= 1_000_000 else f"{count / 1e3:,.1f} kB"


def _marked(prose: str) -> Iterator[tuple[str, str]]:
    for piece in _MARKER.split(prose):
        if piece:
            yield piece, "bold cyan" if _MARKER.fullmatch(piece) else ""


def _heading(mark: str, title: str, source: str | None, dates: str) -> OutputLine:
    byline = _byline(source, dates)
    return OutputLine(
        (
            (f"{mark} ", "bold cyan"),
            (one_line(title) or "(no title)", "bold"),
            (f" — {byline}" if byline else "", ""),
        )
    )


def _dates(published: str | None, updated: str | None = None) -> str:
    """The days on which an article was published and last changed."""
    day, changed = (published or "")[:10], (updated or "")[:10]
    return ", ".join(filter(None, (day, f"updated {changed}" if changed not in ("", day) else "")))


def _byline(source: str | None, dates: str) -> str:
    return ", ".join(one_line(value) for value in (source, dates) if value)


def _also_in(copies: Sequence[DuplicateRef]) -> Iterator[OutputLine]:
    for copy in copies[:_MOST_COPIES]:
        where = _byline(copy.source, _dates(copy.published)) or one_line(copy.title) or "(no title)"
        yield OutputLine(((f"also in: {where}  {one_line(copy.article_id)}", "dim"),), indent=4)
    if len(copies) > _MOST_COPIES:
        yield OutputLine(((f"and in {len(copies) - _MOST_COPIES} more", "dim"),), indent=4)


def _place(article_id: str, page: str, start: int, end: int, more: str = "") -> OutputLine:
    on_page = f"{page}, " if page else ""
    where = f"{one_line(article_id)}  {on_page}characters {start}-{end}{more}"
    return OutputLine(((where, "dim"),), indent=4)
