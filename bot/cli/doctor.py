"""The command ``newsbot doctor``: whether everything is there, and what to do where it is not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from bot.cli.console import OutputLine, report, spinner
from bot.cli.factory import settings_for
from bot.cli.options import AsJson, Collection, Index
from bot.sanitize import one_line

if TYPE_CHECKING:
    from bot.cli.health import Check

__all__ = ["doctor"]

_SIGNS = {"good": "ok", "optional": "-", "poor": "!", "bad": "BAD"}
_STYLES = {"good": "green", "optional": "dim", "poor": "yellow", "bad": "bold red"}


def doctor(index: Index = None, collection: Collection = None, as_json: AsJson = False) -> None:
    """Check that newsbot can work here, and say what is amiss.

    Looked at are Python, the models (whether they are whole, and load), memory, disk, the index
    (whether it is readable, and fits its model), and what only some need: tesseract and extras.
    Nothing is changed, but for the models that are made at first use; nothing is fetched.

    The exit status is 1 where something has to be mended, and 0 else: what is marked "!" works as
    long as it is enough, and what is marked "-" is missing only for what its line names.

    Example: newsbot doctor

    Example: newsbot doctor --json
    """
    settings = settings_for(index, collection)
    from bot.cli.health import CheckState, examine

    with spinner(sys.stderr, "loading the models"):
        checks = list(examine(settings))
    lines = (line for check in checks for line in _lines(check))
    report([asdict(check) for check in checks], lines, as_json)
    if any(check.state is CheckState.BAD for check in checks):
        raise typer.Exit(1)


def _lines(check: Check) -> Iterator[OutputLine]:
    style = _STYLES[check.state]
    pieces = ((f"{_SIGNS[check.state]:<4}", style), (f"{check.name:<16}", ""))
    yield OutputLine((*pieces, (one_line(check.found), "")))
    if check.remedy:
        yield OutputLine(((one_line(check.remedy), style),), indent=20)
