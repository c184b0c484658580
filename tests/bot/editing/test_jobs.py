"""Changes of the index: followed, stopped, one at a time, and waited for."""

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
from tests.fakes.seen import Seen


@pytest.fixture
def changes() -> Iterator[JobQueue]:
    made = JobQueue(most_waiting=2)
    yield made
    made.close()


class Held:
    """Work that goes on until it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.begun = threading.Event()

    def __call__(self, change: Job) -> BuildReport:
        self.begun.set()
        self.go.wait(60)
        change.passages(1, 1)
        return BuildReport(added=1)


def nothing(change: Job) -> BuildReport:
    return BuildReport()


def test_one_goes_on_at_a_time_and_only_so_many_wait(changes: JobQueue) -> None:
    held = Held()
    first = changes.start("Adding 2 files", held)
    waiting = [changes.start("Removing 1 article", nothing) for _ in range(2)]
    assert held.begun.wait(60)
    assert changes.progress() == JobProgress(True, 2)
    assert changes.current is first
    with pytest.raises(RequestRefused, match="^2 changes wait already"):
        changes.check_room()
    with pytest.raises(RequestRefused, match="^2 changes wait already"):
        changes.start("one more", nothing)
    assert not any(change.is_finished for change in (first, *waiting))
    held.go.set()
    assert first.outcome.result(60).added == 1
    assert all(change.wait(60) for change in waiting)
    assert [change.number for change in (first, *waiting)] == [1, 2, 3]
    assert changes.progress() == JobProgress() and changes.current is None
    changes.check_room()


def test_one_that_is_told_to_stop_ends_and_those_behind_it_go_on(changes: JobQueue) -> None:
    held = Held()
    first = changes.start("Adding", held)
    second, third = (changes.start("Adding", nothing) for _ in range(2))
    changes.stop(first.number)
    changes.stop(second.number)
    changes.stop(99)
    assert first.is_stopping and "stopping" in Seen(progress_html(first)).text
    held.go.set()
    for stopped in (first, second):
        with pytest.raises(RequestRefused, match="nothing was changed"):
            stopped.outcome.result(60)
        assert stopped.is_stopped and stopped.report is None and not stopped.is_stopping
    assert third.outcome.result(60) == BuildReport()


def test_a_build_that_is_stopped_has_changed_nothing(changes: JobQueue, tmp_path: Path) -> None:
    index, embedder = tmp_path / "index", HashedEmbedder()
    file, other = tmp_path / "one.txt", tmp_path / "two.txt"
    file.write_text("Title\n\nThe text of this article is short.\n")
    other.write_text("Other\n\nThe text of the other one is short too.\n")
    generation = build_index([other], index, embedder=embedder).generation
    held = Held()

    def build(change: Job) -> BuildReport:
        held(change)
        return build_index([file], index, embedder=embedder, progress=change)

    change = changes.start("Adding", build)
    change.stop()
    held.go.set()
    assert change.wait(60) and change.is_stopped
    assert current_generation(index).name == generation
    assert "Nothing was changed" in Seen(progress_html(change)).text
    again = changes.start(
        "Adding",
        lambda told: build_index([file], index, embedder=embedder, progress=told),
    )
    assert again.outcome.result(60).added == 1


def test_what_fails_is_told_and_the_next_one_goes_on(changes: JobQueue) -> None:
    def fail(change: Job) -> BuildReport:
        raise IndexFailure("no article 'none'")

    def break_down(change: Job) -> BuildReport:
        raise RuntimeError("surprise")

    for work, line in ((fail, "no article 'none'"), (break_down, "should not have happened")):
        change = changes.start("Removing", work)
        assert change.wait(60)
        assert line in (change.problem or "")
        assert line in Seen(progress_html(change)).text
    assert changes.start("Adding", nothing).outcome.result(60) == BuildReport()


def test_whoever_leaves_before_the_turn_comes_leaves_nothing_behind(changes: JobQueue) -> None:
    held, ran = Held(), threading.Event()

    def note(change: Job) -> BuildReport:
        ran.set()
        return BuildReport()

    async def leave() -> None:
        change = changes.start("Adding", note)
        waiting = asyncio.wrap_future(change.outcome)
        waiting.cancel()
        await asyncio.sleep(0)

    first = changes.start("Adding", held)
    # In a thread of its own: the browser of other tests keeps a loop running in this one.
    with ThreadPoolExecutor(1) as apart:
        apart.submit(asyncio.run, leave()).result(60)
    held.go.set()
    assert first.wait(60)
    assert changes.start("Adding", nothing).wait(60)
    assert not ran.is_set() and changes.progress() == JobProgress()


def test_a_server_that_closes_finishes_what_goes_on_and_takes_no_more(changes: JobQueue) -> None:
    held = Held()
    first = changes.start("Adding", held)
    assert held.begun.wait(60)
    second = changes.start("Adding", nothing)
    closing = threading.Thread(target=changes.close)
    closing.start()
    with pytest.raises(RequestRefused, match="closing"):
        second.outcome.result(60)
    held.go.set()
    closing.join(60)
    assert first.outcome.result(0).added == 1
    with pytest.raises(RequestRefused, match="closing"):
        changes.start("Adding", nothing)


def test_its_end_is_told_once_in_whatever_way_it_comes_and_before_its_outcome() -> None:
    changes, held = JobQueue(most_waiting=9), Held()
    told: list[tuple[str, BuildReport | None, bool]] = []

    def begin(name: str, work: Callable[[Job], BuildReport]) -> Job:
        def ended(report: BuildReport | None) -> None:
            told.append((name, report, change.is_finished))

        change = changes.start(name, work, ended)
        return change

    def fail(change: Job) -> BuildReport:
        raise IndexFailure("no article 'none'")

    first = begin("done", held)
    stopped, _, left = begin("stopped", nothing), begin("failed", fail), begin("left", nothing)
    stopped.stop()
    left.outcome.cancel()
    last = begin("last", nothing)
    held.go.set()
    assert last.wait(60) and first.report is not None
    changes.close()
    assert told == [
        ("done", first.report, False),
        ("stopped", None, False),
        ("failed", None, False),
        ("left", None, True),
        ("last", BuildReport(), False),
    ]


def test_the_end_of_what_a_closing_server_forgets_is_told() -> None:
    changes, held, told = JobQueue(most_waiting=9), Held(), threading.Event()
    changes.start("Adding", held)
    assert held.begun.wait(60)
    changes.start("Adding", nothing, lambda report: told.set())
    closing = threading.Thread(target=changes.close)
    closing.start()
    assert told.wait(60)
    held.go.set()
    closing.join(60)


def test_progress_is_shown_step_by_step() -> None:
    change = Job("Adding 3 files")
    assert "getting ready" in Seen(progress_html(change)).text
    change.files(1, 3, "<img src=x>.txt")
    seen = Seen(progress_html(change))
    assert "img" not in seen.tags and "<img src=x>.txt" in seen.text
    assert "reading 1 of 3" in seen.text
    change.passages(7, 9)
    assert ("value", "7") in Seen(progress_html(change)).attributes
    change.articles(2, 4)
    assert "looking for copies 2 of 4" in Seen(progress_html(change)).text
