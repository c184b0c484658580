"""Question, title and passage as tokens: their order, their places, and what is cut."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from bot.reader.tokenization import LONGEST_INPUT, PassageTokenizer
from tests.fakes.tiny_reader import vocabulary

WORDS = st.lists(
    st.sampled_from(["Rain", "naïve", "ferry,", "😀", "İstanbul", "“on”", "日本", "\n"])
)


def words(ids: list[int]) -> list[str]:
    return [vocabulary()[number] for number in ids]


def test_input_is_question_title_and_passage_in_two_segments(tokenizer_file: Path) -> None:
    encoder = PassageTokenizer(tokenizer_file)
    (item,) = encoder.encode("Where was the storm?", [("The Ferry", "There was no storm.")])
    assert words(item.ids) == [
        "[CLS]", "where", "was", "the", "storm", "?", "[SEP]",
        "the", "ferry", "[SEP]",
        "there", "was", "no", "storm", ".", "[SEP]",
    ]  # fmt: skip
    assert item.types == [0] * 7 + [1] * 9
    assert item.first == 10
    assert item.offsets == [(0, 5), (6, 9), (10, 12), (13, 18), (18, 19)]


def test_input_without_title_has_one_separator_less(tokenizer_file: Path) -> None:
    encoder = PassageTokenizer(tokenizer_file)
    (item,) = encoder.encode("Where?", [("", "The ferry")])
    assert words(item.ids) == ["[CLS]", "where", "?", "[SEP]", "the", "ferry", "[SEP]"]
    assert item.first == 4


def test_offsets_count_code_points_after_accents_and_emoji(tokenizer_file: Path) -> None:
    text = "😀 Ému à Zürich 👩‍🚒: the ferry"
    (item,) = PassageTokenizer(tokenizer_file).encode("Where?", [("", text)])
    assert [text[start:end] for start, end in item.offsets[-2:]] == ["the", "ferry"]
    pieces = {text[start:end] for start, end in item.offsets}
    assert {"É", "à", "Z", "ü", "😀"} <= pieces


def test_passage_is_encoded_the_same_beside_others(tokenizer_file: Path) -> None:
    encoder = PassageTokenizer(tokenizer_file)
    pairs = [("A ferry", "The storm."), ("", ""), ("", "No rain, no trains; nobody said so.")]
    together = encoder.encode("What was there?", pairs)
    assert together == [encoder.encode("What was there?", [pair])[0] for pair in pairs]
    assert encoder.encode("What was there?", []) == []


@given(WORDS, WORDS, WORDS, st.integers(1, 60))
def test_input_is_within_the_limit_with_exact_offsets(
    tokenizer_file: Path, asked: list[str], title: list[str], body: list[str], times: int
) -> None:
    text = " ".join(body * times)
    encoder = PassageTokenizer(tokenizer_file)
    (item,) = encoder.encode(" ".join(asked * times), [(" ".join(title * times), text)])
    assert len(item.ids) == len(item.types) == item.first + len(item.offsets) + 1 <= LONGEST_INPUT
    assert item.ids[-1] == item.ids[item.first - 1] == vocabulary().index("[SEP]")
    assert item.offsets == sorted(item.offsets)
    assert all(0 <= start < end <= len(text) for start, end in item.offsets)
    own = words(item.ids[item.first : -1])
    for (start, end), word in zip(item.offsets, own, strict=True):
        if word in ("rain", "ferry", ","):
            assert text[start:end].lower() == word


def test_long_question_and_title_leave_room_for_the_passage(tokenizer_file: Path) -> None:
    long = "the ferry " * 400
    encoder = PassageTokenizer(tokenizer_file)
    (item,) = encoder.encode(long, [(long, long)])
    assert len(item.ids) == LONGEST_INPUT
    assert len(item.offsets) > LONGEST_INPUT / 2
    (short,) = encoder.encode(long, [(long, "No rain.")])
    assert words(short.ids)[-4:] == ["no", "rain", ".", "[SEP]"]


def test_tokenizers_own_padding_and_truncation_are_off(
    tokenizer_file: Path, tmp_path: Path
) -> None:
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.enable_truncation(4)
    tokenizer.enable_padding(length=50)
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    pairs = [("", "The ferry was new, and there were no trains.")]
    expected = PassageTokenizer(tokenizer_file).encode("What?", pairs)
    assert PassageTokenizer(tmp_path / "tokenizer.json").encode("What?", pairs) == expected


def test_tokenizer_without_marks_of_bert_is_refused(tmp_path: Path) -> None:
    from tokenizers import models

    file = tmp_path / "tokenizer.json"
    Tokenizer(models.WordLevel({"[UNK]": 0, "[CLS]": 1}, unk_token="[UNK]")).save(str(file))
    with pytest.raises(ValueError, match=r"no </s> or \[SEP\]"):
        PassageTokenizer(file)


def test_own_special_tokens_of_mpnet_come_before_those_of_bert(tmp_path: Path) -> None:
    from tokenizers import models

    tokens = ["[PAD]", "[CLS]", "[SEP]", "<s>", "</s>", "<pad>", "[UNK]"]
    file = tmp_path / "tokenizer.json"
    pieces = {token: number for number, token in enumerate(tokens)}
    Tokenizer(models.WordLevel(pieces, unk_token="[UNK]")).save(str(file))
    tokenizer = PassageTokenizer(file)
    (item,) = tokenizer.encode("who", [("", "he")])
    assert [tokens[number] for number in item.ids] == ["<s>", "[UNK]", "</s>", "[UNK]", "</s>"]
    assert tokens[tokenizer.padding] == "<pad>"
