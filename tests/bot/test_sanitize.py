"""Text of strangers is shown as text: a terminal gets none of its control sequences."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
def test_control_sequence_is_removed(hostile: str, safe: str) -> None:
    assert clean(hostile) == safe


@pytest.mark.parametrize(
    "text", ["Zürich – 5 °C", "“quoted” [bold]not markup[/bold]", "日本語\tعربي\n", "👩‍👩‍👧 naïve"]
)
def test_visible_text_is_kept(text: str) -> None:
    assert clean(text) == text


@given(st.text(st.characters() | st.sampled_from("\x1b\x9b\x9d[]P;\\\x07m031\u202e\ud800")))
def test_cleaned_text_holds_no_control_character(text: str) -> None:
    safe = clean(text)
    assert not _ACTS & set(safe)
    assert not any(map(_turns, safe))
    assert clean(safe) == safe
    safe.encode()


def _turns(character: str) -> bool:
    return unicodedata.bidirectional(character) in {
        "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI",
    }  # fmt: skip


def test_hostile_text_of_a_million_characters_is_fast() -> None:
    assert len(clean("\x9d" * 500_000 + "\x1b]" * 250_000)) < 1_000_000


def test_one_line_is_one_line() -> None:
    assert one_line(" a\r\n b\u2028c\x0bd\t\te\x85f ") == "a b c d e f"
