"""Lines of a dump, none of them longer than an article can be: a bomb may be all one line."""

from __future__ import annotations

import io
from collections.abc import Iterator

__all__ = ["LONGEST_LINE", "bounded_lines"]

LONGEST_LINE = 32_000_000
"""Characters: an article of the greatest length as JSON, each character written as six."""


def bounded_lines(
    data: bytes, encoding: str, errors: str, *, newline: str, longest: int = LONGEST_LINE
) -> Iterator[str | None]:
    r"""Decode a file line by line.

    Args:
        data: the whole file.
        encoding: Python's name of its encoding.
        errors: what to do with bytes that are not valid in it, as ``bytes.decode`` takes it.
        newline: which line ends there are, as ``io.TextIOWrapper`` takes it.
        longest: most characters of a line that is given.

    Yields:
        Each line with its end, or None in place of one that is longer; it is never held whole.
    """
    file = io.TextIOWrapper(io.BytesIO(data), encoding, errors, newline)
    while line := file.readline(longest + 1):
        if len(line) <= longest:
            yield line
            continue
        while line and not line.endswith(("\n", "\r")):
            line = file.readline(longest + 1)
        yield None
