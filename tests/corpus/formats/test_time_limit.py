"""Parsing in a process of its own, which is killed when it takes too long."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from corpus.errors import UnreadableArticle
from corpus.formats.draft import BadRecord, Draft
from corpus.formats.time_limit import (
    MOST_SECONDS,
    SECONDS,
    close_worker,
    parse_with_limit,
    seconds_for,
)

ROOT = Path(__file__).parents[3]
LIMIT = 0.1


def read(data: str, *, seconds: float = LIMIT, address: str | None = None) -> Draft:
    draft, bad = parse_with_limit(
        "tests.fakes.parsers", data.encode(), "a.x", {"address": address}, seconds
    )
    assert bad == BadRecord("line 2", "no text", passed_over=True)
    assert isinstance(draft, Draft)
    return draft


def cause(data: str) -> str:
    with pytest.raises(UnreadableArticle) as caught:
        read(data)
    return str(caught.value)


def test_records_come_back_as_they_were_and_from_one_process() -> None:
    large = "x" * 1_000_000
    draft, other = read(large, address="https://example.com/a"), read(large)
    assert (draft.title, draft.text) == ("a.x", "1000000 \ud800")
    assert (draft.url, other.url) == ("https://example.com/a", None)
    assert draft.language == other.language != str(os.getpid())


def test_errors_of_a_parser_are_causes() -> None:
    assert cause("refuse") == "no article in it"
    assert cause("fault") == "cannot be parsed (ZeroDivisionError)"
    assert cause("crash") == "cannot be parsed (the parser crashed)"


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on processor time")
def test_endless_parser_is_killed_and_the_next_file_read() -> None:
    before = read("").language
    assert cause("endless") == "takes more than 0.1 seconds to read"
    assert read("").language != before


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on processor time")
def test_waiting_takes_no_processor_time() -> None:
    read("sleep", seconds=2)


def test_time_grows_with_the_file_to_an_end() -> None:
    assert seconds_for(10, 0.0) == seconds_for(0, 25.0) == SECONDS
    assert seconds_for(1_000_000, 25.0) == SECONDS + 25
    assert seconds_for(50_000_000, 25.0) == MOST_SECONDS


def test_threads_take_turns() -> None:
    causes: list[str] = []
    threads = [threading.Thread(target=lambda: causes.append(cause("refuse"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert causes == ["no article in it"] * 8


def test_worker_is_closed_and_started_again() -> None:
    before = int(read("").language or 0)
    close_worker()
    close_worker()
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)
    assert int(read("").language or 0) != before


@pytest.mark.parametrize("end", ["", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"])
def test_worker_does_not_outlive_a_script_without_a_guard(end: str) -> None:
    lines = [
        "from corpus.formats.time_limit import parse_with_limit",
        "draft, _ = parse_with_limit('tests.fakes.parsers', b'', 'a', {})",
        "print(draft.language, flush=True)",
        end,
    ]
    told = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], cwd=ROOT, capture_output=True, text=True
    )
    (worker,) = map(int, told.stdout.split())  # printed once: the script has run once
    for _ in range(100):
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            break
        time.sleep(0.05)
    else:
        pytest.fail("the worker still runs")
    assert told.stderr == ""
