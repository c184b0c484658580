"""A quote with its context, cut out of an article."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from bot.chat.html.excerpt import excerpt

SENTENCES = st.text("ab.!? \n”)漢", max_size=900)


@given(st.text(max_size=300), st.integers(0, 300), st.integers(0, 300))
@example("x" * 300, 150, 151)
def test_an_excerpt_of_any_text_is_a_piece_of_it(text: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    piece = excerpt(text, start, end)
    whole = piece.before + piece.quote + piece.after
    assert piece.quote == text[start:end]
    assert text[start - len(piece.before) : end + len(piece.after)] == whole
    assert piece.starts == (start - len(piece.before) == 0)
    assert piece.ends == (end + len(piece.after) == len(text))
    assert len(piece.before) <= 240 and len(piece.after) <= 240


@given(SENTENCES, SENTENCES)
def test_an_excerpt_is_cut_between_words(before: str, after: str) -> None:
    text = f"{before} QUOTE {after}"
    start = len(before) + 1
    piece = excerpt(text, start, start + 5)
    assert piece.quote == "QUOTE"
    if not piece.starts and any(mark.isspace() for mark in text[start - 240 : start]):
        assert text[start - len(piece.before) - 1].isspace()
    if not piece.ends and any(mark.isspace() for mark in text[start + 5 : start + 245]):
        assert text[start + 5 + len(piece.after)].isspace()


def test_an_excerpt_prefers_whole_sentences() -> None:
    filler = "One two three four five six seven eight nine ten. "
    text = filler * 10 + "Here it is." + (" " + filler.strip()) * 10
    start = text.index("Here")
    piece = excerpt(text, start, start + 11)
    assert piece.before.startswith("One two") and piece.after.endswith("nine ten.")
    assert not piece.starts and not piece.ends
