"""Jobs that change the index: followed, stopped, one at a time, and waited for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.chat.html.progress import progress_html
from bot.editing.jobs import Job, JobProgress, JobQueue
from bot.errors import RequestRefused
from index.builder import BuildReport, build_index
from index.errors import IndexFailure
from index.store.layout import current_generation
from tests.fakes.embedder import HashedEmbedder
from tests.fakes.parsed_html import ParsedHtml


@pytest.fixture
def jobs() -> Iterator[JobQueue]:
    queue = JobQueue(most_waiting=2)
    yield queue
    queue.close()


class Held:
    """Work that goes on until it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.begun = threading.Event()

    def __call__(self, job: Job) -> BuildReport:
        self.begun.set()
        self.go.wait(60)
        job.passages(1, 1)
        return BuildReport(added=1)


def nothing(job: Job) -> BuildReport:
    return BuildReport()


def test_one_job_runs_at_a_time_and_a_bounded_number_waits(jobs: JobQueue) -> None:
    held = Held()
    first = jobs.start("Adding 2 files", held)
    waiting = [jobs.start("Removing 1 article", nothing) for _ in range(2)]
    assert held.begun.wait(60)
    assert jobs.progress() == JobProgress(True, 2)
    assert jobs.current is first
    with pytest.raises(RequestRefused, match="^2 changes wait already"):
        jobs.check_room()
    with pytest.raises(RequestRefused, match="^2 changes wait already"):
        jobs.start("one more", nothing)
    assert not any(job.is_finished for job in (first, *waiting))
    held.go.set()
    assert first.outcome.result(60).added == 1
    assert all(job.wait(60) for job in waiting)
    assert [job.number for job in (first, *waiting)] == [1, 2, 3]
    assert jobs.progress() == JobProgress() and jobs.current is None
    jobs.check_room()


def test_stopped_job_ends_and_those_behind_it_run(jobs: JobQueue) -> None:
    held = Held()
    first = jobs.start("Adding", held)
    second, third = (jobs.start("Adding", nothing) for _ in range(2))
    jobs.stop(first.number)
    jobs.stop(second.number)
    jobs.stop(99)
    assert first.is_stopping and "stopping" in ParsedHtml(progress_html(first)).text
    held.go.set()
    for stopped in (first, second):
        with pytest.raises(RequestRefused, match="nothing was changed"):
            stopped.outcome.result(60)
        assert stopped.is_stopped and stopped.report is None and not stopped.is_stopping
    assert third.outcome.result(60) == BuildReport()


def test_stopped_build_has_changed_nothing(jobs: JobQueue, tmp_path: Path) -> None:
    index, embedder = tmp_path / "index", HashedEmbedder()
    file, other = tmp_path / "one.txt", tmp_path / "two.txt"
    file.write_text("Title\n\nThe text of this article is short.\n")
    other.write_text("Other\n\nThe text of the other one is short too.\n")
    generation = build_index([other], index, embedder=embedder).generation
    held = Held()

    def build(job: Job) -> BuildReport:
        held(job)
        return build_index([file], index, embedder=embedder, progress=job)

    job = jobs.start("Adding", build)
    job.stop()
    held.go.set()
    assert job.wait(60) and job.is_stopped
    assert current_generation(index).name == generation
    assert "Nothing was changed" in ParsedHtml(progress_html(job)).text
    again = jobs.start(
        "Adding", lambda told: build_index([file], index, embedder=embedder, progress=told)
    )
    assert again.outcome.result(60).added == 1


def test_failed_job_names_its_problem_and_the_next_one_runs(jobs: JobQueue) -> None:
    def fail(job: Job) -> BuildReport:
        raise IndexFailure("no article 'none'")

    def break_down(job: Job) -> BuildReport:
        raise RuntimeError("surprise")

    for work, line in ((fail, "no article 'none'"), (break_down, "should not have happened")):
        job = jobs.start("Removing", work)
        assert job.wait(60)
        assert line in (job.problem or "")
        assert line in ParsedHtml(progress_html(job)).text
    assert jobs.start("Adding", nothing).outcome.result(60) == BuildReport()


def test_job_that_nobody_waits_for_any_more_does_not_run(jobs: JobQueue) -> None:
    held, ran = Held(), threading.Event()

    def note(job: Job) -> BuildReport:
        ran.set()
        return BuildReport()

    async def leave() -> None:
        job = jobs.start("Adding", note)
        waiting = asyncio.wrap_future(job.outcome)
        waiting.cancel()
        await asyncio.sleep(0)

    first = jobs.start("Adding", held)
    # In a thread of its own: the browser of other tests keeps a loop running in this one.
    with ThreadPoolExecutor(1) as apart:
        apart.submit(asyncio.run, leave()).result(60)
    held.go.set()
    assert first.wait(60)
    assert jobs.start("Adding", nothing).wait(60)
    assert not ran.is_set() and jobs.progress() == JobProgress()


def test_closing_queue_finishes_the_running_job_only(jobs: JobQueue) -> None:
    held = Held()
    first = jobs.start("Adding", held)
    assert held.begun.wait(60)
    ended = threading.Event()
    second = jobs.start("Adding", nothing, lambda report: ended.set())
    closing = threading.Thread(target=jobs.close)
    closing.start()
    assert ended.wait(60)
    with pytest.raises(RequestRefused, match="closing"):
        second.outcome.result(60)
    held.go.set()
    closing.join(60)
    assert first.outcome.result(0).added == 1
    with pytest.raises(RequestRefused, match="closing"):
        jobs.start("Adding", nothing)


def test_end_of_a_job_is_told_once_before_its_outcome() -> None:
    jobs, held = JobQueue(most_waiting=9), Held()
    told: list[tuple[str, BuildReport | None, bool]] = []

    def begin(name: str, work: Callable[[Job], BuildReport]) -> Job:
        def ended(report: BuildReport | None) -> None:
            told.append((name, report, job.is_finished))

        job = jobs.start(name, work, ended)
        return job

    def fail(job: Job) -> BuildReport:
        raise IndexFailure("no article 'none'")

    first = begin("done", held)
    stopped, _, left = begin("stopped", nothing), begin("failed", fail), begin("left", nothing)
    stopped.stop()
    left.outcome.cancel()
    last = begin("last", nothing)
    held.go.set()
    assert last.wait(60) and first.report is not None
    jobs.close()
    assert told == [
        ("done", first.report, False),
        ("stopped", None, False),
        ("failed", None, False),
        ("left", None, True),
        ("last", BuildReport(), False),
    ]
