"""Progress of training, line by line."""

from __future__ import annotations

import time

__all__ = ["say"]


def say(line: str) -> None:
    """Print a line with the time of day, at once."""
    print(time.strftime("%H:%M:%S"), line, flush=True)
