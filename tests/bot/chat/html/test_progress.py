"""The progress of a job as HTML."""

from __future__ import annotations

from bot.chat.html.progress import progress_html
from bot.editing.jobs import Job
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
