"""Passages: whole sentences, exact characters, nothing left out, within the model's reach."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Article
from corpus.splitter import SplitterSettings, split_article

WORDS = st.lists(st.sampled_from(["Rain", "fell.", "on", "Oslo!", "\n", "U.S.", "😀", "日本"]))


def article(text: str) -> Article:
    return Article("a", "A title that is in no passage", text)


@given(st.text() | WORDS.map(" ".join), st.integers(1, 30), st.integers(0, 3), st.integers(8, 60))
def test_a_passage_is_exactly_its_article_s_characters(
    text: str, words: int, overlap: int, tokens: int
) -> None:
    whole = article(text)
    passages = split_article(whole, SplitterSettings(words, overlap, tokens))
    held: set[int] = set()
    for number, passage in enumerate(passages):
        assert passage.number == number
        assert passage.text == whole.text[passage.start : passage.end]
        assert passage.sentences[0][0] == passage.start
        assert passage.sentences[-1][1] == passage.end
        assert list(passage.sentences) == sorted(passage.sentences)
        held.update(range(passage.start, passage.end))
    assert all(text[at].isspace() for at in set(range(len(text))) - held)
    starts = [passage.start for passage in passages]
    ends = [passage.end for passage in passages]
    assert starts == sorted(set(starts))
    assert ends == sorted(set(ends))


def test_consecutive_passages_share_one_sentence() -> None:
    text = " ".join(f"Sentence number {n} has exactly eight words here." for n in range(40))
    passages = split_article(article(text), SplitterSettings(words=40))
    assert len(passages) > 5
    for before, after in zip(passages, passages[1:], strict=False):
        assert before.sentences[-1] == after.sentences[0]


def test_passages_are_about_a_hundred_words() -> None:
    text = " ".join("The council of the town met again today." for _ in range(200))
    lengths = [len(passage.text.split()) for passage in split_article(article(text))]
    assert all(80 <= length <= 125 for length in lengths[:-1])


def test_a_sentence_longer_than_the_model_takes_is_cut_at_a_word() -> None:
    text = "word " * 2_000 + "end."
    passages = split_article(article(text), token_count=lambda piece: len(piece.split()))
    assert len(passages) > 5
    for passage in passages:
        assert len(passage.text.split()) <= SplitterSettings().tokens
        assert set(passage.text.split()) <= {"word", "end."}


def test_a_word_longer_than_the_model_takes_is_cut_too() -> None:
    passages = split_article(article("x" * 5_000), token_count=len)
    assert all(len(passage.text) <= SplitterSettings().tokens for passage in passages)
    assert "".join(passage.text for passage in passages) == "x" * 5_000


def test_a_blank_text_has_no_passages() -> None:
    assert split_article(article(" \n\n ")) == []


@pytest.mark.parametrize("settings", [{"words": 0}, {"overlap": -1}, {"tokens": 0}])
def test_settings_that_could_not_end_are_refused(settings: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="out of range"):
        SplitterSettings(**settings)
