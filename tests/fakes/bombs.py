"""Reads files that are made to fill memory or time: ``python -m tests.fakes.bombs``.

Each is read in a fork, and what it took is printed as a JSON list: the megabytes beside those of
the file itself and of the modules, seconds of processor time, and what became of it.
"""

from __future__ import annotations

import gzip
import json
import os
import resource
import tempfile
from collections.abc import Callable
from pathlib import Path

from corpus.formats.registry import FORMATS
from corpus.formats.time_limit import close_worker
from corpus.loader import LoadReport, load_articles
from tests.corpus.formats.test_pdf import pdf_of

MEGA = 1_000_000
_BOTH = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)

BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "lists in a list": (".json", lambda: b"[" + b"[]," * 30 * MEGA + b"[]]"),
    "small objects": (".json", lambda: b"[" + b'{"a":1},' * 8 * MEGA + b"{}]"),
    "lists in each other": (".json", lambda: b'{"a":[' * 5 * MEGA),
    "lists packed": (".json.gz", lambda: gzip.compress(b"[" + b"[]," * 40 * MEGA, 1)),
    "a line of lists": (".jsonl", lambda: b"[" + b"[]," * 15 * MEGA + b"[]]\n"),
    "a line without end": (".jsonl", lambda: b'{"text":"' + b"x" * 60 * MEGA),
    "a row of cells": (".csv", lambda: b"id,text\n" + b"ab," * 20 * MEGA),
    "a header of cells": (".csv", lambda: b"id,text" + b",ab" * 20 * MEGA),
    "a row of lines": (".csv", lambda: b'id,text\n"' + b'\n","' * 10 * MEGA),
    "open tags": (".html", lambda: b"<html><body>" + b"<p><b><i>x" * MEGA),
    "attributes": (".html", lambda: b"<p " + b" ".join(b"a%d" % n for n in range(400_000)) + b">x"),
    "attributes in a feed": (
        ".rss",
        lambda: (
            b"<rss><channel><item><description><![CDATA[<p "
            + b" ".join(b"a%d='>'" % n for n in range(300_000))
            + b">x]]></description></item></channel></rss>"
        ),
    ),
    "operators without end": (".pdf", lambda: pdf_of([b"q Q " * 25 * MEGA])),
    "characters without end": (".pdf", lambda: pdf_of([b"(x) Tj " * 10 * MEGA])),
}


def main() -> None:
    for kind in FORMATS.values():
        kind.parser()  # imported once for all forks
    print(json.dumps([attempt(name) for name in BOMBS]))


def attempt(name: str) -> dict[str, object]:
    extension, make = BOMBS[name]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, f"a{extension}")
        reading, writing = os.pipe()
        maker = os.fork()  # what it takes to make it is not to be counted
        if maker == 0:
            file.write_bytes(make())
            os._exit(0)
        os.waitpid(maker, 0)
        reader = os.fork()
        if reader == 0:
            try:
                os.write(writing, json.dumps({"name": name, **read(file)}).encode())
            finally:
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            text = pipe.read()
        os.waitpid(reader, 0)
    told: dict[str, object] = json.loads(text)
    return told


def read(file: Path) -> dict[str, object]:
    began, report = _processor_time(), LoadReport()
    found = sum(1 for _ in load_articles([file], report=report))
    close_worker()  # what it took is counted once it has ended
    most = max(resource.getrusage(whose).ru_maxrss for whose in _BOTH) / 1_024
    causes = [failure.cause for failure in report.failures]
    return {
        "seconds": _processor_time() - began,
        "megabytes": most,
        "articles": found,
        "causes": causes[:1],
    }


def _processor_time() -> float:
    usages = [resource.getrusage(whose) for whose in _BOTH]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


if __name__ == "__main__":
    main()
