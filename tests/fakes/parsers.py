"""A format whose files say what its parser is to do: ``parse`` as those of ``corpus.formats``."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from corpus.errors import UnreadableArticle
from corpus.formats.draft import BadRecord, Draft


def parse(data: bytes, name: str, *, address: str | None = None) -> Iterator[Draft | BadRecord]:
    """Do what the file's text names."""
    what = data.decode()
    if what == "endless":
        while True:
            try:
                sum(range(100))
            except Exception:  # as parsers do
                pass
    if what == "crash":
        os._exit(1)
    if what == "sleep":
        time.sleep(3)
    if what == "refuse":
        raise UnreadableArticle("no article in it")
    if what == "fault":
        raise ZeroDivisionError
    print("what a parser prints")
    yield Draft(name, f"{len(data)} \ud800", url=address, language=str(os.getpid()))
    yield BadRecord("line 2", "no text", passed_over=True)
