"""Examples to padded batches and back: nothing moved, nothing lost, nothing too large."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from bot.errors import ReaderError
from bot.reader.tokenization import LONGEST_INPUT, PassageTokenizer
from bot.training.batches import Batch, BatchFile, write_batches
from bot.training.examples import Example, ExampleMaker
from bot.training.questions import TrainingQuestion, load_questions
from tests.fakes.tiny_reader import one_line, town_rows, vocabulary, write_lines

BATCH_TOKENS = 600


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> list[TrainingQuestion]:
    file = tmp_path_factory.mktemp("data") / "towns.jsonl"
    return load_questions([write_lines(file, town_rows(12))])


@pytest.fixture(scope="module")
def groups(questions: list[TrainingQuestion]) -> list[tuple[Example, ...]]:
    return list(islice(ExampleMaker(questions, processes=1).draw({"towns": 1.0}, 2), 150))


@pytest.fixture(scope="module")
def written(
    groups: list[tuple[Example, ...]],
    tokenizer_file: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    return write(groups, tokenizer_file, tmp_path_factory.mktemp("batches") / "batches.npz")


def write(
    groups: Iterable[tuple[Example, ...]],
    tokenizer: Path,
    file: Path,
    batch_tokens: int = BATCH_TOKENS,
) -> Path:
    tokens = PassageTokenizer(tokenizer)
    write_batches(groups, tokens, file, batch_tokens=batch_tokens, seed=2)
    return file


def all_of(file: Path) -> list[Batch]:
    batches = BatchFile(file)
    return [batches[number] for number in range(len(batches))]


def said(batch: Batch, row: int, places: np.ndarray) -> str:
    """Return the tokens at some places of a row as text."""
    return " ".join(vocabulary()[number] for number in batch.ids[row][places]).replace(" ##", "")


def test_rows_are_padded_and_attended_where_they_are_not(written: Path) -> None:
    for batch in all_of(written):
        lengths = batch.attended.sum(1)
        assert batch.ids.shape == batch.types.shape == batch.allowed.shape == batch.starts.shape
        assert batch.ids.shape == (len(batch.group), lengths.max())
        for row, length in enumerate(lengths):
            assert batch.attended[row, :length].all()
            assert not batch.ids[row, length:].any() and not batch.types[row, length:].any()
            assert said(batch, row, np.array([0, length - 1])) == "[CLS] [SEP]"


def test_answers_are_allowed_at_the_passage_s_tokens_alone(written: Path) -> None:
    for batch in all_of(written):
        for row, length in enumerate(batch.attended.sum(1)):
            places = np.nonzero(batch.allowed[row])[0]
            assert list(places) == list(range(places[0], length - 1))
            assert said(batch, row, places[:1] - 1) == "[SEP]"
            assert batch.types[row, places].all()
            assert said(batch, row, places).startswith(("the ", "nobody ", "there "))


def test_starts_and_ends_point_at_the_answer(
    written: Path, questions: list[TrainingQuestion]
) -> None:
    answers = {text.lower() for q in questions for _, text in q.answers}
    found = unanswered = 0
    for batch in all_of(written):
        assert (batch.starts.any(1) & batch.ends.any(1)).all()
        for row in range(len(batch.ids)):
            starts, ends = np.nonzero(batch.starts[row])[0], np.nonzero(batch.ends[row])[0]
            if starts[0] == 0:
                assert list(starts) == list(ends) == [0]
                unanswered += 1
                continue
            assert batch.allowed[row, starts].all() and batch.allowed[row, ends].all()
            for start, end in zip(starts, ends, strict=True):
                assert said(batch, row, np.arange(start, end + 1)) in answers
                found += 1
    assert found > 20 and unanswered > 20


def test_passages_of_one_question_are_one_group(written: Path) -> None:
    pairs = 0
    for batch in all_of(written):
        assert list(batch.group) == sorted(batch.group)
        for number in np.unique(batch.group):
            rows = np.nonzero(batch.group == number)[0]
            heads = {said(batch, r, np.nonzero(batch.types[r] == 0)[0][:6]) for r in rows}
            assert len(heads) == 1
            assert (batch.starts[rows, 0]).sum() <= 1
            pairs += len(rows) > 1
    assert pairs


def test_batch_is_no_larger_than_asked_but_for_one_group(
    written: Path, groups: list[tuple[Example, ...]], tokenizer_file: Path, tmp_path: Path
) -> None:
    batches = BatchFile(written)
    sizes = [batches.tokens(number) for number in range(len(batches))]
    assert sizes == [batch.ids.size for batch in all_of(written)]
    assert max(sizes) <= BATCH_TOKENS
    for batch in all_of(write(groups[:9], tokenizer_file, tmp_path / "b.npz", 50)):
        assert (batch.group == 0).all()


def test_file_holds_numbers_only(
    groups: list[tuple[Example, ...]], tokenizer_file: Path, tmp_path: Path
) -> None:
    file = write(groups, tokenizer_file, tmp_path / "batches.npz")
    assert list(tmp_path.iterdir()) == [file]
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            array = np.lib.format.read_array(io.BytesIO(archive.read(name)), allow_pickle=False)
            assert array.dtype.kind == "i"


def test_file_that_holds_no_batches_is_named(tmp_path: Path) -> None:
    file = tmp_path / "batches.npz"
    for damage in (None, b"", b"PK\x03\x04 cut off", b"\x93NUMPY noise", b"text"):
        if damage is not None:
            file.write_bytes(damage)
        with pytest.raises(ReaderError, match=r"batches\.npz: no batches that can be read: "):
            BatchFile(file)
    np.savez(file, ids=np.array([{}], object))
    with pytest.raises(ReaderError, match=r"batches\.npz: no batches that can be read: .*pickle"):
        BatchFile(file)


def test_first_batches_have_the_tokens_asked_for(written: Path) -> None:
    batches = BatchFile(written)
    assert len(batches) > 3
    two = batches.first(batches.tokens(0) + 1)
    assert [batch.ids.tolist() for batch in two] == [batches[at].ids.tolist() for at in (0, 1)]
    assert len(batches.first(10**9)) == len(batches)
    assert batches.first(0) == []


def test_answer_cut_off_with_the_passage_is_not_trained_on(
    tokenizer_file: Path, tmp_path: Path
) -> None:
    long = "The harbour " + "wqxz " * LONGEST_INPUT + "was near Corran."
    short = "The school was in Lorne."
    groups = [
        (Example("Where?", "", long, ((long.index("Corran"), len(long) - 1),)),),
        (Example("Where?", "", short, ((18, 23),)),),
    ]
    (batch,) = all_of(write(groups, tokenizer_file, tmp_path / "b.npz"))
    assert [said(batch, 0, batch.starts[0])] == ["lorne"] and len(batch.ids) == 1
    with pytest.raises(ReaderError) as caught:
        write(groups[:1], tokenizer_file, tmp_path / "b.npz")
    assert "nothing to train on" in one_line(caught.value)
