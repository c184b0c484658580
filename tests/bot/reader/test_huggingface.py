"""A model of transformers as a reader: its spans, and what is refused. The model is untrained."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.errors import ReaderError
from bot.reader.huggingface import HuggingFaceReader
from bot.reader.registry import load_reader
from tests.fakes.tiny_reader import one_line, passages_of, write_encoder

TEXT = "The ferry to Corran was late. 😀 Nobody in old Belwick said so! At Lorne there was rain."


@pytest.fixture(scope="module")
def reader(tiny_bert: Path) -> HuggingFaceReader:
    return HuggingFaceReader(str(tiny_bert))


def test_question_longer_than_the_input_still_finds_spans(reader: HuggingFaceReader) -> None:
    assert reader.read("1 " * 500, passages_of(TEXT, 100))


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


@pytest.mark.parametrize("name", ["nobody/no-such-reader", "no-such-reader", "not a name: at all"])
def test_unknown_name_is_refused_in_one_line_and_not_fetched(name: str) -> None:
    with pytest.raises(ReaderError) as caught:
        load_reader(name)
    assert name in one_line(caught.value)


def test_missing_or_empty_folder_is_refused_in_one_line(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(ReaderError) as caught:
            load_reader(str(folder))
        assert str(folder) in one_line(caught.value)


def test_model_without_question_answering_head_is_refused(tmp_path: Path) -> None:
    write_encoder(tmp_path, "bert", head=False)
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
