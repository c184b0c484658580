"""Text of strangers reaches the terminal as text, never as orders."""

from __future__ import annotations

import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.progress import Progress

from bot.cli.console import OutputLine, ProgressBars, progress_bars
from bot.sanitize import clean, one_line

_ACTS = {*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0))} - {"\t", "\n"}


@pytest.mark.parametrize(
    ("hostile", "safe"),
    [
        ("a\x1b[31mred\x1b[0m", "ared"),
        ("\x1b[2J\x1b[1;1Hgone", "gone"),
        ("\x9b31mred", "red"),
        ("\x1b]0;owned\x07title", "title"),
        ("\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bP+q544e\x1b\\dcs", "dcs"),
        ("\x1b(0box", "box"),
        ("\x1bcreset", "reset"),
        ("end\x1b", "end"),
        ("\x1b[\x1b[31m31mnested", "31mnested"),
        ("bell\x07back\x08space\x7f", "bellbackspace"),
        ("over\rwritten", "over\nwritten"),
        ("evil\u202egnp.exe", "evilgnp.exe"),
        ("\u2067a\u2069\u200f\u061c", "a"),
        ("tag\U000e0041\U000e007f", "tag"),
        ("half \ud83d pair", "half \ufffd pair"),
    ],
)
def test_what_a_terminal_would_act_on_is_taken_out(hostile: str, safe: str) -> None:
    assert clean(hostile) == safe


@pytest.mark.parametrize(
    "text", ["Zürich – 5 °C", "“quoted” [bold]not markup[/bold]", "日本語\tعربي\n", "👩‍👩‍👧 naïve"]
)
def test_what_a_reader_sees_is_kept(text: str) -> None:
    assert clean(text) == text


@given(st.text(st.characters() | st.sampled_from("\x1b\x9b\x9d[]P;\\\x07m031\u202e\ud800")))
def test_nothing_that_acts_is_left_of_any_text(text: str) -> None:
    safe = clean(text)
    assert not _ACTS & set(safe)
    assert not any(map(_turns, safe))
    assert clean(safe) == safe
    safe.encode()


def _turns(character: str) -> bool:
    return unicodedata.bidirectional(character) in {
        "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI",
    }  # fmt: skip


def test_a_hostile_text_of_a_million_characters_takes_no_time() -> None:
    assert len(clean("\x9d" * 500_000 + "\x1b]" * 250_000)) < 1_000_000


def test_one_line_is_one_line() -> None:
    assert one_line(" a\r\n b\u2028c\x0bd\t\te\x85f ") == "a b c d e f"


def test_a_plain_line_is_indented_and_an_empty_one_is_empty() -> None:
    assert OutputLine((("[1]", "bold"), (" a\x1b[1m", "")), indent=4).plain == "    [1] a"
    assert OutputLine(indent=4).plain == ""


def bars(first: str) -> tuple[Progress, ProgressBars]:
    progress = Progress(console=Console(file=io.StringIO()))
    return progress, ProgressBars(progress, first)


def told(progress: Progress) -> list[tuple[str, float, float | None]]:
    return [(task.description, task.completed, task.total) for task in progress.tasks]


def test_the_first_bar_is_there_under_its_name_before_anything_is_done() -> None:
    progress, drawn = bars("questions")
    assert told(progress) == [("questions", 0, None)]
    drawn.questions(2, 5)
    drawn.questions(3, 5)
    assert told(progress) == [("questions", 3, 5)]


def test_a_further_bar_appears_with_its_first_step() -> None:
    progress, drawn = bars("files")
    drawn.files(1, 2, "a\x1b[31m.txt")
    assert [task.fields["detail"] for task in progress.tasks] == ["a.txt"]
    drawn.passages(4, 9)
    assert told(progress) == [("files", 1, 2), ("passages", 4, 9)]
    drawn.articles(0, 3)
    assert told(progress)[2] == ("articles", 0, 3)
    assert progress.tasks[2].fields["detail"] == "looking for copies"


def test_there_are_no_bars_where_there_is_no_terminal() -> None:
    stream = io.StringIO()
    with progress_bars(stream, "questions") as drawn:
        assert drawn is None
    assert stream.getvalue() == ""
