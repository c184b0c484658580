"""How far a change of the index is, and what came of it, as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.chat.html.markup import escaped

if TYPE_CHECKING:
    from bot.editing.jobs import Job
    from corpus.loader import LoadFailure
    from index.builder import BuildReport

__all__ = ["progress_html"]

_MOST_FAILURES = 50  # that get a line each

_STEPS = {
    "": "getting ready",
    "files": "reading",
    "passages": "indexing passages",
    "articles": "looking for copies",
}


def progress_html(change: Job) -> str:
    """Show how far a change is, or what came of it."""
    if not change.is_finished:
        return _going_on(change)
    if change.is_stopped:
        return _done("Stopped", "<p>Nothing was changed.</p>")
    if change.problem is not None or change.report is None:
        return _done("It did not work", f"<p>{escaped(change.problem or '')}</p>", problem=True)
    report = change.report
    failed = [*report.failures, *report.skipped]
    return _done(_outcome(report), _failures(failed), problem=bool(failed))


def _going_on(change: Job) -> str:
    value = f' value="{change.done}" max="{change.total}"' if change.total else ""
    count = f" {change.done:,} of {change.total:,}" if change.total else ""
    step = "stopping" if change.is_stopping else _STEPS[change.step]
    name = f" <bdi>{escaped(change.name[-120:])}</bdi>" if change.name else ""
    return (
        f'<div class="change going-on"><p><strong>{escaped(change.what)}</strong>: '
        f"{step}{count}</p>"
        f'<progress aria-label="{escaped(change.what)}"{value}></progress>'
        f'<p class="byline">{name or "&nbsp;"}</p></div>'
    )


def _done(title: str, body: str, *, problem: bool = False) -> str:
    kind = " problem" if problem else ""
    return (
        f'<div class="change{kind}" role="status"><p><strong>{escaped(title)}</strong></p>'
        f"{body}</div>"
    )


def _outcome(report: BuildReport) -> str:
    counts = {
        "added": report.added,
        "replaced": report.replaced,
        "removed": report.removed,
        "known already": report.unchanged,
    }
    said = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    return f"{said or 'Nothing added'}. {report.articles:,} in the index."


def _failures(failed: Sequence[LoadFailure]) -> str:
    if not failed:
        return ""
    items = "".join(
        f"<li><bdi>{escaped(_last(one.path))}</bdi>: <bdi>{escaped(one.cause)}</bdi></li>"
        for one in failed[:_MOST_FAILURES]
    )
    more = len(failed) - _MOST_FAILURES
    rest = f"<li>and {more:,} more</li>" if more > 0 else ""
    return f'<p>Could not be read:</p><ul class="failures">{items}{rest}</ul>'


def _last(path: str) -> str:
    """Give the end of a file's path: the folder beside the index says nothing to a reader."""
    return path if "://" in path else path.rsplit("/", 1)[-1]
