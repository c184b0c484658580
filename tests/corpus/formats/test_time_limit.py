"""Work that is given up when it takes too long."""

from __future__ import annotations

import threading
import time
from functools import partial

import pytest

from corpus.errors import UnreadableArticle
from corpus.formats.time_limit import time_limit


def test_what_is_quick_gives_its_result() -> None:
    assert time_limit(lambda: 7) == 7


def test_an_error_of_the_work_comes_through() -> None:
    with pytest.raises(ZeroDivisionError):
        time_limit(lambda: 1 // 0)


def endless() -> None:
    while True:
        try:
            sum(range(100))
        except Exception:  # as parsers do
            pass


def test_what_does_not_end_is_given_up_even_if_it_catches_exceptions() -> None:
    with pytest.raises(UnreadableArticle, match=r"^takes more than 0.1 seconds to read$"):
        time_limit(endless, seconds=0.1)


def test_waiting_for_others_takes_no_time() -> None:
    time_limit(lambda: time.sleep(0.6), seconds=0.3)


def test_nothing_is_raised_after_the_end() -> None:
    for _ in range(2):
        until = time.thread_time() + 0.02
        try:
            time_limit(partial(_busy, until), seconds=0.01)
        except UnreadableArticle:
            pass
        _busy(time.thread_time() + 0.02)


def _busy(until: float) -> None:
    while time.thread_time() < until:
        pass


def test_each_thread_has_its_own_time() -> None:
    given_up: list[str] = []

    def work() -> None:
        try:
            time_limit(endless, seconds=0.1)
        except UnreadableArticle as error:
            given_up.append(str(error))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(given_up) == 3
