"""What every reader promises, held for those that are here."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reader.huggingface import HuggingFaceReader
from bot.reader.onnx_reader import OnnxReader
from bot.reader.reader import SPANS_EACH, Reader
from bot.reader.registry import SHIPPED_READER, load_reader
from corpus.article import Article
from corpus.splitter import split_article
from tests.fakes.tiny_reader import TOWNS, passages_of

TEXT = "The ferry to Corran was late. 😀 Nobody in old Belwick said so! At Lorne there was rain."
QUESTION = "Where did the ferry go?"
TEXTS = st.text(max_size=80) | st.lists(
    st.sampled_from([*TOWNS, "rain", "fell.", "“on”", "é", "😀", "\n\n", "日本", "Kelby-on-sea"]),
    max_size=40,
).map(" ".join)


@pytest.fixture(scope="module", params=["town_reader", "tiny_bert"])
def folder(request: pytest.FixtureRequest) -> Path:
    found: Path = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def reader(folder: Path) -> Reader:
    return load_reader(str(folder))


@settings(max_examples=25)
@given(TEXTS, st.sampled_from(["Where?", "", "Corran? " * 300]))
def test_spans_are_exact_and_in_one_sentence(reader: Reader, text: str, question: str) -> None:
    passages = split_article(Article("a", "Lorne", text))
    spans = reader.read(question, passages, ["Lorne"] * len(passages))
    for span in spans:
        assert text[span.start : span.end] == span.text != ""
        assert span.sentence in span.passage.sentences
        assert span.sentence[0] <= span.start < span.end <= span.sentence[1]
        assert math.isfinite(span.margin)
    for passage in passages:
        own = sorted((span.start, span.end) for span in spans if span.passage == passage)
        assert len(own) <= SPANS_EACH
        assert all(end <= start for (_, end), (start, _) in zip(own, own[1:], strict=False))


def test_spans_come_by_margin_and_do_not_depend_on_company(reader: Reader) -> None:
    passages = passages_of(" ".join(f"{TEXT} {'More rain. ' * n}" for n in range(6)), 20)
    assert len(passages) > 8  # more than are read at once
    spans = reader.read(QUESTION, passages)
    margins = [span.margin for span in spans]
    assert margins == sorted(margins, reverse=True)
    alone = [span for passage in passages for span in reader.read(QUESTION, [passage])]
    assert {span.text for span in alone} == {span.text for span in spans}
    assert margins == pytest.approx(sorted((s.margin for s in alone), reverse=True), abs=1e-4)


def test_no_passages_give_no_spans(reader: Reader) -> None:
    assert reader.read("Where?", []) == reader.read("Where?", [], []) == []


def test_threads_read_the_same_as_one(reader: Reader) -> None:
    passages = passages_of(TEXT * 3, 20)
    questions = [f"Where was {town}?" for town in TOWNS]
    expected = [[span.text for span in reader.read(one, passages)] for one in questions]
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda one: [span.text for span in reader.read(one, passages)], questions)
        assert list(found) == expected


def test_reader_names_its_folder_and_is_loaded_once(reader: Reader, folder: Path) -> None:
    kind = OnnxReader if (folder / "reader.onnx").is_file() else HuggingFaceReader
    assert isinstance(reader, kind)
    assert (reader.name, reader.folder) == (str(folder), folder)
    assert load_reader(str(folder)) is reader


def test_shipped_reader_is_loaded_where_none_is_named() -> None:
    reader = load_reader()
    assert reader.folder == SHIPPED_READER
    assert reader.read(QUESTION, passages_of(TEXT))
