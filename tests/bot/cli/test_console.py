"""Lines and progress bars for a terminal."""

from __future__ import annotations

import io

from rich.console import Console
from rich.progress import Progress

from bot.cli.console import OutputLine, ProgressBars, progress_bars


def test_plain_line_is_indented_and_an_empty_one_is_empty() -> None:
    assert OutputLine((("[1]", "bold"), (" a\x1b[1m", "")), indent=4).plain == "    [1] a"
    assert OutputLine(indent=4).plain == ""


def bars(first: str) -> tuple[Progress, ProgressBars]:
    progress = Progress(console=Console(file=io.StringIO()))
    return progress, ProgressBars(progress, first)


def told(progress: Progress) -> list[tuple[str, float, float | None]]:
    return [(task.description, task.completed, task.total) for task in progress.tasks]


def test_first_bar_is_there_before_the_first_step() -> None:
    progress, drawn = bars("questions")
    assert told(progress) == [("questions", 0, None)]
    drawn.questions(2, 5)
    drawn.questions(3, 5)
    assert told(progress) == [("questions", 3, 5)]


def test_further_bar_appears_with_its_first_step() -> None:
    progress, drawn = bars("files")
    drawn.files(1, 2, "a\x1b[31m.txt")
    assert [task.fields["detail"] for task in progress.tasks] == ["a.txt"]
    drawn.passages(4, 9)
    assert told(progress) == [("files", 1, 2), ("passages", 4, 9)]
    drawn.articles(0, 3)
    assert told(progress)[2] == ("articles", 0, 3)
    assert progress.tasks[2].fields["detail"] == "looking for copies"


def test_no_bars_without_a_terminal() -> None:
    stream = io.StringIO()
    with progress_bars(stream, "questions") as drawn:
        assert drawn is None
    assert stream.getvalue() == ""
