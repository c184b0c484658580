"""One question of a conversation at a time, whichever event asks it."""

from __future__ import annotations

import copy
import gc
from collections.abc import Iterator
from dataclasses import replace

from bot.chat.floor import Floor
from bot.chat.turns import Turn, Vote
from bot.composer import Answer


def turn(number: int) -> Turn:
    return Turn(number, f"Question {number}", Answer("Text.", None, True, 0.0, ()))


def steps(*said: tuple[list[Turn], str]) -> Iterator[tuple[list[Turn], str]]:
    yield from said


def test_a_second_one_is_turned_away_until_the_first_is_through() -> None:
    floor, one = Floor(), turn(1)
    first = floor.alone([], steps(([], "a"), ([one], "b")), "busy")
    assert next(first) == "a"
    assert list(floor.alone([], steps(([], "c")), "busy")) == ["busy"]
    assert list(first) == ["b"]
    assert list(floor.alone([one], steps(([one], "c")), "busy")) == ["c"]


def test_one_that_does_not_know_of_the_last_answer_is_turned_away_once() -> None:
    floor, one = Floor(), turn(1)
    assert list(floor.alone([], steps(([one], "a")), "busy")) == ["a"]
    assert list(floor.alone([], steps(([], "b")), "busy")) == ["busy"]
    assert list(floor.alone([], steps(([], "b")), "busy")) == ["b"]


def test_a_vote_makes_no_other_conversation() -> None:
    floor, one = Floor(), turn(1)
    assert list(floor.alone([], steps(([one], "a")), "busy")) == ["a"]
    voted = replace(one, vote=Vote(1, True))
    assert list(floor.alone([voted], steps(([voted], "b")), "busy")) == ["b"]


def test_one_that_was_stopped_says_no_more_and_keeps_nobody_out() -> None:
    floor = Floor()
    first = floor.alone([], steps(([], "a"), ([], "b")), "busy")
    assert next(first) == "a"
    floor.clear()
    second = floor.alone([], steps(([], "c"), ([], "d")), "busy")
    assert next(second) == "c"
    assert list(first) == []
    assert list(floor.alone([], steps(([], "e")), "busy")) == ["busy"]
    assert list(second) == ["d"]


def test_one_that_is_closed_or_fails_keeps_nobody_out() -> None:
    floor = Floor()

    def failing() -> Iterator[tuple[list[Turn], str]]:
        yield [], "a"
        raise RuntimeError("surprise")

    closed = floor.alone([], steps(([], "a"), ([], "b")), "busy")
    assert next(closed) == "a"
    closed.close()
    fails = floor.alone([], failing(), "busy")
    assert next(fails) == "a"
    try:
        next(fails)
    except RuntimeError:
        pass
    dropped = floor.alone([], steps(([], "a"), ([], "b")), "busy")
    assert next(dropped) == "a"
    del dropped
    gc.collect()
    assert list(floor.alone([], steps(([], "c")), "busy")) == ["c"]


def test_each_conversation_has_its_own() -> None:
    floor = Floor()
    first = floor.alone([], steps(([], "a"), ([], "b")), "busy")
    assert next(first) == "a"
    other = copy.deepcopy(Floor())
    assert list(other.alone([], steps(([], "c")), "busy")) == ["c"]
