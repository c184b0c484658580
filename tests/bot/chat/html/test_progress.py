"""The progress of a job as HTML."""

from __future__ import annotations

from bot.chat.html.progress import progress_html
from bot.editing.jobs import Job
from corpus.loader import LoadFailure
from index.builder import BuildReport
from tests.fakes.parsed_html import ParsedHtml


def test_progress_is_shown_step_by_step() -> None:
    job = Job("Adding 3 files")
    assert "getting ready" in ParsedHtml(progress_html(job)).text
    job.files(1, 3, "<img src=x>.txt")
    seen = ParsedHtml(progress_html(job))
    assert "img" not in seen.tags and "<img src=x>.txt" in seen.text
    assert "reading 1 of 3" in seen.text
    job.passages(7, 9)
    assert ("value", "7") in ParsedHtml(progress_html(job)).attributes
    job.articles(2, 4)
    assert "looking for copies 2 of 4" in ParsedHtml(progress_html(job)).text
    job.finish(BuildReport(added=1, articles=4, failures=(LoadFailure("<img>", "no <b>"),)))
    seen = ParsedHtml(progress_html(job))
    assert not {"img", "b"} & set(seen.tags) and "<img>: no <b>" in seen.text
    assert "1 added. 4 in the index." in seen.text


def test_stopped_job_says_that_nothing_was_changed() -> None:
    job = Job("Adding")
    job.finish(None)
    assert "Nothing was changed" in ParsedHtml(progress_html(job)).text
