"""Start the chat page: ``python app.py [--index DIR] [--port N]``, the same as ``newsbot chat``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from bot.cli.main import main as newsbot

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve the page until Ctrl-C.

    Args:
        arguments: the options of ``newsbot chat``; those of the process when None.

    Returns:
        The exit status, as of the ``newsbot`` command.
    """
    return newsbot(["chat", *(sys.argv[1:] if arguments is None else arguments)])


if __name__ == "__main__":
    sys.exit(main())
