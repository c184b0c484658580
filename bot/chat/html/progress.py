"""How far a job is, and what came of it, as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.chat.html.markup import escaped, list_html

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


def progress_html(job: Job) -> str:
    """Show how far a job is, or what came of it."""
    if not job.is_finished:
        return _running(job)
    if job.is_stopped:
        return _done("Stopped", "<p>Nothing was changed.</p>")
    if job.problem is not None or job.report is None:
        return _done("It did not work", f"<p>{escaped(job.problem or '')}</p>", problem=True)
    failed = [*job.report.failures, *job.report.skipped]
    return _done(_outcome(job.report), _failures(failed), problem=bool(failed))


def _running(job: Job) -> str:
    value = f' value="{job.done}" max="{job.total}"' if job.total else ""
    count = f" {job.done:,} of {job.total:,}" if job.total else ""
    step = "stopping" if job.is_stopping else _STEPS[job.step]
    name = f"<bdi>{escaped(job.name[-120:])}</bdi>" if job.name else "&nbsp;"
    return (
        f'<div class="job running"><p><strong>{escaped(job.what)}</strong>: {step}{count}</p>'
        f'<progress aria-label="{escaped(job.what)}"{value}></progress>'
        f'<p class="byline">{name}</p></div>'
    )


def _done(title: str, body: str, *, problem: bool = False) -> str:
    kind = " problem" if problem else ""
    return (
        f'<div class="job{kind}" role="status"><p><strong>{escaped(title)}</strong></p>{body}</div>'
    )


def _outcome(report: BuildReport) -> str:
    counts = {
        "added": report.added,
        "replaced": report.replaced,
        "removed": report.removed,
        "already known": report.unchanged,
    }
    said = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    return f"{said or 'Nothing added'}. {report.articles:,} in the index."


def _failures(failed: Sequence[LoadFailure]) -> str:
    if not failed:
        return ""
    items = [
        f"<bdi>{escaped(_name(one.path))}</bdi>: <bdi>{escaped(one.cause)}</bdi>" for one in failed
    ]
    shown = list_html(items, _MOST_FAILURES)
    return f'<p>Could not be read:</p><ul class="failures">{shown}</ul>'


def _name(path: str) -> str:
    """Return a file's name: the folder beside the index says nothing to a reader."""
    return path if "://" in path else path.rpartition("/")[2]
