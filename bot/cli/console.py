"""Output: styled on a terminal, plain in a pipe, always made safe.

Articles come from anywhere, and a terminal obeys what it is sent. So every piece of text passes
through ``clean`` on its way out, and none is read as rich's markup.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

from bot.sanitize import clean, one_line

if TYPE_CHECKING:
    from rich.progress import Progress, Task, TaskID

__all__ = ["OutputLine", "ProgressBars", "complain", "progress_bars", "report", "show", "spinner"]

_LONGEST_NAME = 28  # columns: what 80 leave beside the bar, its count, rate and time


@dataclass(frozen=True)
class OutputLine:
    """A line of output, for a terminal or a pipe.

    Attributes:
        pieces: text and rich style (``""`` for none) of each part, in order; the text need not be
            safe yet.
        indent: columns kept free at the left, 0 or more, on a screen also where the line wraps.
    """

    pieces: tuple[tuple[str, str], ...] = ()
    indent: int = 0

    @property
    def plain(self) -> str:
        """The line without styles, safe for a terminal; the indent counts only where text is."""
        text = "".join(clean(piece) for piece, _ in self.pieces)
        return " " * self.indent + text if text else ""


def show(lines: Iterable[OutputLine], none: str = "") -> None:
    """Write lines to standard output: wrapped and styled on a terminal, as they are elsewhere.

    With ``NO_COLOR`` set a terminal gets no styles either.

    Args:
        lines: to write.
        none: said on standard error where there are none.
    """
    lines = list(lines)
    if none and not lines:
        complain(none)
    if not sys.stdout.isatty():
        for line in lines:
            print(line.plain)
        return
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    console = Console(highlight=False)
    if console.no_color:
        # rich on its own still sends bold and dim.
        console = Console(highlight=False, color_system=None)
    for line in lines:
        text = Text.assemble(*((clean(piece), style) for piece, style in line.pieces))
        console.print(Padding(text, (0, 0, 0, line.indent), expand=False))


def report(value: Any, lines: Iterable[OutputLine], as_json: bool, none: str = "") -> None:
    """Print JSON for programs, or lines for people, where ``none`` is as for ``show``.

    JSON is escaped beyond ASCII: a terminal is sent nothing that it obeys.
    """
    if as_json:
        print(json.dumps(value, indent=2))
    else:
        show(lines, none)


def complain(message: str) -> None:
    """Write one safe line to standard error."""
    print(one_line(message), file=sys.stderr)


class ProgressBars:
    """A bar for each step of an ``index.builder.Progress``, and one over questions."""

    def __init__(self, progress: Progress, first: str) -> None:
        """Draw on a running ``rich.progress.Progress``; one bar is there from the start."""
        self._progress = progress
        self._tasks: dict[str, TaskID] = {first: progress.add_task(first, total=None, detail="")}

    def files(self, done: int, total: int, name: str) -> None:
        """Show that ``done`` of ``total`` files have been read, ``name`` the latest."""
        self._move("files", done, total, one_line(name)[-_LONGEST_NAME:])

    def passages(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` passages have been embedded."""
        self._move("passages", done, total, "")

    def articles(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` new articles have been compared."""
        self._move("articles", done, total, "looking for copies")

    def copied(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` articles have been copied."""
        self._move("articles", done, total, "copying")

    def questions(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` questions have been asked."""
        self._move("questions", done, total, "")

    def _move(self, task: str, done: int, total: int, detail: str) -> None:
        if task not in self._tasks:
            self._tasks[task] = self._progress.add_task(task, total=total, detail=detail)
        self._progress.update(self._tasks[task], completed=done, total=total, detail=detail)


@contextmanager
def progress_bars(stream: TextIO, first: str = "files") -> Iterator[ProgressBars | None]:
    """Show progress bars on a terminal, wiped at the end; yield None elsewhere."""
    if not stream.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        """Steps a second."""

        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text("" if speed is None else f"{speed:,.1f}/s", style="dim")

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[detail]}", markup=False, style="dim"),
    )
    with Progress(*columns, console=Console(file=stream), transient=True) as progress:
        yield ProgressBars(progress, first)


@contextmanager
def spinner(stream: TextIO, doing: str) -> Iterator[None]:
    """Show a spinner on a terminal, wiped at the end; do nothing elsewhere."""
    if not stream.isatty():
        yield
        return
    from rich.console import Console

    with Console(file=stream).status(doing):
        yield
