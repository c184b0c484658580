"""What the commands of this package have in common: how they take arguments, and how they fail."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from corpus.errors import NewsbotError

__all__ = ["Say", "command_parser", "print_line", "run_command", "silent"]

Say = Callable[[str], None]
"""Told the progress, line by line."""


def silent(line: str) -> None:
    """Tell nobody of the progress."""


def print_line(line: str) -> None:
    """Print a line of progress at once."""
    print(line, flush=True)


def command_parser(description: str | None) -> argparse.ArgumentParser:
    """Make a parser whose help shows a module's docstring as it is written."""
    return argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )


def run_command(name: str, work: Callable[[], str]) -> int:
    """Do a command's work and print the line that it gives, or one line of what went wrong.

    Returns:
        Exit status: 0, or 1 after a ``NewsbotError``.
    """
    try:
        told = work()
    except NewsbotError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 1
    print_line(told)
    return 0
