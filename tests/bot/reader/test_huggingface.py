"""A model of transformers as a reader: its spans, and what is refused. The model is untrained."""

from __future__ import annotations

import math
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ReaderError
from bot.reader.huggingface import HuggingFaceReader
from bot.reader.reader import SPANS_EACH
from bot.reader.registry import load_reader
from corpus.article import Article
from corpus.splitter import split_article
from tests.fakes.tiny_reader import TOWNS, one_line, passages_of, write_bert

TEXT = "The ferry to Corran was late. 😀 Nobody in old Belwick said so! At Lorne there was rain."
TEXTS = st.lists(
    st.sampled_from([*TOWNS, "rain", "fell.", "“on”", "é", "😀", "\n\n", "日本"]), max_size=40
).map(" ".join)


@pytest.fixture(scope="module")
def reader(tiny_bert: Path) -> HuggingFaceReader:
    return HuggingFaceReader(str(tiny_bert))


@settings(max_examples=25)
@given(TEXTS, st.sampled_from(["Where?", "", "Corran? " * 300]))
def test_span_is_its_articles_characters_in_one_sentence(
    reader: HuggingFaceReader, text: str, question: str
) -> None:
    passages = split_article(Article("a", "", text))
    spans = reader.read(question, passages)
    assert len(spans) <= SPANS_EACH * len(passages)
    for span in spans:
        assert text[span.start : span.end] == span.text != ""
        assert span.sentence in span.passage.sentences
        assert span.sentence[0] <= span.start < span.end <= span.sentence[1]
        assert math.isfinite(span.margin)


def test_question_longer_than_the_input_still_finds_spans(
    reader: HuggingFaceReader,
) -> None:
    assert reader.read("1 " * 500, passages_of(TEXT, 100))


def test_spans_come_by_margin_and_do_not_depend_on_company(
    reader: HuggingFaceReader,
) -> None:
    passages = passages_of(" ".join(f"{TEXT} {'More rain. ' * n}" for n in range(6)), 20)
    assert len(passages) > 8  # more than are read at once
    spans = reader.read("Where did the ferry go?", passages, [""] * len(passages))
    margins = [span.margin for span in spans]
    assert margins == sorted(margins, reverse=True)
    alone = [span for p in passages for span in reader.read("Where did the ferry go?", [p])]
    alone.sort(key=lambda span: -span.margin)
    assert {span.text for span in alone} == {span.text for span in spans}
    for span, other in zip(spans, alone, strict=True):
        assert span.margin == pytest.approx(other.margin, abs=1e-4)


def test_no_answer_score_is_that_of_the_first_token(reader: HuggingFaceReader) -> None:
    import torch

    (passage,) = passages_of(TEXT, 100)
    inputs = reader._tokenizer("Where?", passage.text, return_tensors="pt")
    with torch.inference_mode():
        output = reader._network(**inputs)
    expected = float(output.start_logits[0, 0] + output.end_logits[0, 0])
    spans = reader.read("Where?", [passage])
    assert spans
    for span in spans:
        assert span.no_answer == pytest.approx(expected, abs=1e-4)
        assert span.margin == span.score - span.no_answer


def test_no_passages_give_no_spans(reader: HuggingFaceReader) -> None:
    assert reader.read("Where?", []) == []


def test_threads_read_the_same_as_one(reader: HuggingFaceReader) -> None:
    passages = passages_of(TEXT * 3, 20)
    questions = [f"Where was {town}?" for town in TOWNS]
    expected = [[s.text for s in reader.read(question, passages)] for question in questions]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda q: [s.text for s in reader.read(q, passages)], questions))
    assert found == expected


def test_folder_without_onnx_is_loaded_by_transformers(tiny_bert: Path) -> None:
    reader = load_reader(str(tiny_bert))
    assert isinstance(reader, HuggingFaceReader)
    assert (reader.name, reader.folder) == (str(tiny_bert), tiny_bert)


@pytest.mark.parametrize("name", ["nobody/no-such-reader", "no-such-reader", "not a name: at all"])
def test_unknown_name_is_refused_in_one_line_and_not_fetched(
    name: str,
) -> None:
    with pytest.raises(ReaderError) as caught:
        load_reader(name)
    assert name in one_line(caught.value)


def test_missing_or_empty_folder_is_refused_in_one_line(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(ReaderError) as caught:
            load_reader(str(folder))
        assert str(folder) in one_line(caught.value)


def test_model_without_question_answering_head_is_refused(tmp_path: Path) -> None:
    write_bert(tmp_path, head=False)
    with pytest.raises(ReaderError) as caught:
        HuggingFaceReader(str(tmp_path))
    assert "qa_outputs" in one_line(caught.value)
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
@pytest.mark.parametrize("content", [b"", b"garbage", b"{}"])
def test_broken_part_is_named_in_one_line(
    tiny_bert: Path, tmp_path: Path, name: str, content: bytes
) -> None:
    folder = shutil.copytree(tiny_bert, tmp_path / "reader")
    (folder / name).write_bytes(content)
    with pytest.raises(ReaderError) as caught:
        HuggingFaceReader(str(folder))
    assert str(folder) in one_line(caught.value)


def test_model_without_weights_is_refused_in_one_line(tiny_bert: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_bert, tmp_path / "reader")
    (folder / "model.safetensors").unlink()
    with pytest.raises(ReaderError) as caught:
        HuggingFaceReader(str(folder))
    assert str(folder) in one_line(caught.value)
