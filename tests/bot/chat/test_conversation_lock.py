"""One question of a conversation at a time, whichever event asks it."""

from __future__ import annotations

import copy
import gc
from collections.abc import Iterator
from dataclasses import replace

from bot.answering.answers import Answer
from bot.chat.conversation_lock import ConversationLock
from bot.chat.turns import Turn, Vote


def turn(number: int) -> Turn:
    return Turn(number, f"Question {number}", Answer("Text.", None, True, 0.0, ()))


def steps(*said: tuple[list[Turn], str]) -> Iterator[tuple[list[Turn], str]]:
    yield from said


def test_concurrent_question_is_rejected_while_one_runs() -> None:
    lock, one = ConversationLock(), turn(1)
    first = lock.run_exclusive([], steps(([], "a"), ([one], "b")), "busy")
    assert next(first) == "a"
    assert list(lock.run_exclusive([], steps(([], "c")), "busy")) == ["busy"]
    assert list(first) == ["b"]
    assert list(lock.run_exclusive([one], steps(([one], "c")), "busy")) == ["c"]


def test_question_unaware_of_the_last_answer_is_rejected_once() -> None:
    lock, one = ConversationLock(), turn(1)
    assert list(lock.run_exclusive([], steps(([one], "a")), "busy")) == ["a"]
    assert list(lock.run_exclusive([], steps(([], "b")), "busy")) == ["busy"]
    assert list(lock.run_exclusive([], steps(([], "b")), "busy")) == ["b"]


def test_vote_makes_no_other_conversation() -> None:
    lock, one = ConversationLock(), turn(1)
    assert list(lock.run_exclusive([], steps(([one], "a")), "busy")) == ["a"]
    voted = replace(one, vote=Vote(1, True))
    assert list(lock.run_exclusive([voted], steps(([voted], "b")), "busy")) == ["b"]


def test_stopped_question_yields_no_more_and_unlocks() -> None:
    lock = ConversationLock()
    first = lock.run_exclusive([], steps(([], "a"), ([], "b")), "busy")
    assert next(first) == "a"
    lock.release()
    second = lock.run_exclusive([], steps(([], "c"), ([], "d")), "busy")
    assert next(second) == "c"
    assert list(first) == []
    assert list(lock.run_exclusive([], steps(([], "e")), "busy")) == ["busy"]
    assert list(second) == ["d"]


def test_closed_or_failed_question_unlocks() -> None:
    lock = ConversationLock()

    def failing() -> Iterator[tuple[list[Turn], str]]:
        yield [], "a"
        raise RuntimeError("surprise")

    closed = lock.run_exclusive([], steps(([], "a"), ([], "b")), "busy")
    assert next(closed) == "a"
    closed.close()
    fails = lock.run_exclusive([], failing(), "busy")
    assert next(fails) == "a"
    try:
        next(fails)
    except RuntimeError:
        pass
    dropped = lock.run_exclusive([], steps(([], "a"), ([], "b")), "busy")
    assert next(dropped) == "a"
    del dropped
    gc.collect()
    assert list(lock.run_exclusive([], steps(([], "c")), "busy")) == ["c"]


def test_each_conversation_has_its_own_lock() -> None:
    lock = ConversationLock()
    first = lock.run_exclusive([], steps(([], "a"), ([], "b")), "busy")
    assert next(first) == "a"
    other = copy.deepcopy(ConversationLock())
    assert list(other.run_exclusive([], steps(([], "c")), "busy")) == ["c"]
