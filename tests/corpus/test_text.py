"""Encodings, and the one form of text that offsets count in."""

from __future__ import annotations

import sqlite3
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import UnreadableArticle
from corpus.text import MARK_RUN, decode, detect_encoding, normalise, one_line

FRENCH = "Le président a déclaré que la réforme serait adoptée à l’été, “sans délai”."
RUSSIAN = "Президент заявил, что реформа будет принята летом. Он добавил, что это важно."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_french_is_read_in_every_encoding_it_is_kept_in(encoding: str) -> None:
    assert normalise(decode(FRENCH.encode(encoding))) == FRENCH


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "utf-8", "utf-16"])
def test_russian_is_read_in_every_encoding_it_is_kept_in(encoding: str) -> None:
    assert normalise(decode(RUSSIAN.encode(encoding))) == RUSSIAN


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_byte_order_mark_is_recognised(encoding: str) -> None:
    assert decode(("The mayor spoke. " * 5).encode(encoding)) == "The mayor spoke. " * 5


def test_latin_1_is_read_as_text() -> None:
    text = "The café in Zürich was closed on Tuesday, the mayor said."
    assert decode(text.encode("latin-1")) == text


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"%PDF-1.4\nplain words only", "binary, not text: a PDF"),
        (b"PK\x03\x04 and more", "ZIP"),
        (bytes(range(256)) * 4, "binary"),
        (b"\0" * 100, "binary"),
        (b"\xff\xfea", "not valid UTF-16"),
    ],
)
def test_what_is_not_text_is_refused_with_its_kind(data: bytes, cause: str) -> None:
    with pytest.raises(UnreadableArticle, match=cause):
        decode(data)


def test_utf8_cut_inside_a_character_is_refused() -> None:
    with pytest.raises(UnreadableArticle, match="cut off"):
        decode(RUSSIAN.encode()[:-2])


def test_utf8_with_one_wrong_byte_is_refused_with_its_place() -> None:
    data = RUSSIAN.encode()
    with pytest.raises(UnreadableArticle, match="not valid UTF-8 at byte 19"):
        decode(data[:19] + b"\xff" + data[19:])
    assert detect_encoding(data[:19] + b"\xff" + data[19:]) == ("utf-8", False)


def test_a_stray_nul_does_not_make_a_text_binary() -> None:
    assert normalise(decode(b"The mayor\0 spoke." + b" He left." * 50)).startswith(
        "The mayor spoke"
    )


def test_normalised_text_has_no_hidden_characters() -> None:
    assert normalise("\ufeffa\r\nb\rc\x85d\u2028e\0\x07\x9ff\tg") == "a\nb\nc\nd\nef\tg"


def test_letters_and_marks_are_composed() -> None:
    assert normalise("cafe\u0301") == "café"


def test_lone_surrogates_are_replaced_and_pairs_are_joined() -> None:
    assert normalise("a\ud800b\udc00\ud83d\ude00") == "a\ufffdb\ufffd😀"


def test_direction_characters_stay_for_the_page_to_escape() -> None:
    assert normalise("a\u202eb") == "a\u202eb"


def test_a_letter_with_a_million_marks_is_cut_in_linear_time() -> None:
    start = time.process_time()
    result = normalise("a" + "\u0301\u0323" * 500_000 + "b")
    assert len(result) <= MARK_RUN + 2
    assert time.process_time() - start < 5


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=300))
@settings(max_examples=200, deadline=None)
def test_normalising_is_idempotent_and_kept_by_sqlite(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)
    kept = sqlite3.connect(":memory:").execute("select ?", (once,)).fetchone()[0]
    assert kept == once


@given(st.lists(st.sampled_from("a\u0301\u0323\u0344\u0958\u1100\u1161\u11a8"), max_size=200))
@settings(max_examples=100, deadline=None)
def test_normalising_runs_of_marks_twice_changes_nothing(letters: list[str]) -> None:
    once = normalise("".join(letters))
    assert normalise(once) == once


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    try:
        assert isinstance(decode(data), str)
    except UnreadableArticle as error:
        assert "\n" not in str(error)


def test_a_title_is_one_line_and_cut_at_its_limit() -> None:
    assert one_line(" Flood\r\n in\tAldmoor ", 100) == "Flood in Aldmoor"
    assert one_line("word " * 100, 12) == "word word w…"
