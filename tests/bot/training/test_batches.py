"""Examples to padded batches and back: nothing moved, nothing lost, nothing too large."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bot.errors import ReaderError
from bot.reader.tokenization import LONGEST_INPUT, PassageTokenizer
from bot.training.batches import Batch, BatchFile, write_batches
from bot.training.examples import ExampleMaker
from bot.training.questions import TrainingQuestion, load_questions
from tests.fakes.tiny_reader import one_line, question, town_rows, vocabulary, write_lines

BATCH_TOKENS = 600


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> list[TrainingQuestion]:
    file = tmp_path_factory.mktemp("data") / "towns.jsonl"
    return load_questions([write_lines(file, town_rows(12))])


@pytest.fixture(scope="module")
def maker(questions: list[TrainingQuestion]) -> ExampleMaker:
    return ExampleMaker(questions, processes=1)


@pytest.fixture(scope="module")
def written(
    maker: ExampleMaker, tokenizer_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    file = tmp_path_factory.mktemp("batches") / "batches.npz"
    return write(maker, tokenizer_file, file)


def write(
    maker: ExampleMaker,
    tokenizer: Path,
    file: Path,
    tokens: int = 12_000,
    batch_tokens: int = BATCH_TOKENS,
    report: Callable[[int], None] = lambda made: None,
) -> Path:
    write_batches(
        maker,
        PassageTokenizer(tokenizer),
        file,
        tokens=tokens,
        batch_tokens=batch_tokens,
        seed=2,
        report=report,
    )
    return file


def all_of(file: Path) -> list[Batch]:
    batches = BatchFile(file)
    return [batches[number] for number in range(len(batches))]


def said(batch: Batch, row: int, places: np.ndarray) -> str:
    """Give the tokens at some places of a row as text."""
    return " ".join(vocabulary()[number] for number in batch.ids[row][places]).replace(" ##", "")


def test_rows_are_padded_with_nothing_and_attended_where_they_are_not(written: Path) -> None:
    for batch in all_of(written):
        lengths = batch.attended.sum(1)
        assert batch.ids.shape == batch.types.shape == batch.allowed.shape == batch.starts.shape
        assert batch.ids.shape == (len(batch.group), lengths.max())
        for row, length in enumerate(lengths):
            assert batch.attended[row, :length].all()
            assert not batch.ids[row, length:].any() and not batch.types[row, length:].any()
            assert said(batch, row, np.array([0, length - 1])) == "[CLS] [SEP]"


def test_an_answer_may_be_at_the_passage_s_own_tokens_and_nowhere_else(written: Path) -> None:
    for batch in all_of(written):
        for row, length in enumerate(batch.attended.sum(1)):
            places = np.nonzero(batch.allowed[row])[0]
            assert list(places) == list(range(places[0], length - 1))
            assert said(batch, row, places[:1] - 1) == "[SEP]"
            assert batch.types[row, places].all()
            assert said(batch, row, places).startswith(("the ", "nobody ", "there "))


def test_the_tokens_at_the_starts_and_ends_are_those_of_the_answer(
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


def test_no_batch_is_over_its_tokens_and_all_together_are_enough(written: Path) -> None:
    batches = BatchFile(written)
    sizes = [batches.tokens(number) for number in range(len(batches))]
    assert sizes == [batch.ids.size for batch in all_of(written)]
    assert max(sizes) <= BATCH_TOKENS
    assert 12_000 <= sum(sizes) < 12_000 + BATCH_TOKENS


def test_a_question_that_is_over_the_limit_by_itself_is_a_batch_of_its_own(
    maker: ExampleMaker, tokenizer_file: Path, tmp_path: Path
) -> None:
    for batch in all_of(write(maker, tokenizer_file, tmp_path / "b.npz", 2_000, 50)):
        assert (batch.group == 0).all()


def test_the_file_holds_numbers_only_and_no_other_is_left_beside_it(
    maker: ExampleMaker, tokenizer_file: Path, tmp_path: Path
) -> None:
    file = write(maker, tokenizer_file, tmp_path / "batches.npz", 1_000)
    assert list(tmp_path.iterdir()) == [file]
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            array = np.lib.format.read_array(io.BytesIO(archive.read(name)), allow_pickle=False)
            assert array.dtype.kind == "i"


def test_a_file_with_pickled_objects_is_not_opened(tmp_path: Path) -> None:
    np.savez(tmp_path / "batches.npz", ids=np.array([{}], object))
    with pytest.raises(ReaderError, match=r"batches\.npz: no batches that can be read: .*pickle"):
        BatchFile(tmp_path / "batches.npz")


def test_a_file_that_holds_no_batches_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "batches.npz"
    for damage in (None, b"", b"PK\x03\x04 cut off", b"\x93NUMPY noise", b"text"):
        if damage is not None:
            file.write_bytes(damage)
        with pytest.raises(ReaderError, match=r"batches\.npz: no batches that can be read: "):
            BatchFile(file)
    np.savez(file, ids=np.zeros(3))
    with pytest.raises(ReaderError, match="types"):
        BatchFile(file)
    np.save(tmp_path / "batches", np.zeros(3))
    (tmp_path / "batches.npy").replace(file)
    with pytest.raises(ReaderError, match="no batches"):
        BatchFile(file)


def test_the_first_batches_are_as_many_as_have_the_tokens_asked_for(
    maker: ExampleMaker, tokenizer_file: Path, tmp_path: Path
) -> None:
    batches = BatchFile(write(maker, tokenizer_file, tmp_path / "batches.npz", 5_000))
    assert len(batches) > 3
    two = batches.first(batches.tokens(0) + 1)
    assert [batch.ids.tolist() for batch in two] == [batches[at].ids.tolist() for at in (0, 1)]
    assert len(batches.first(10**9)) == len(batches)
    assert batches.first(0) == []


def test_the_same_seed_gives_the_same_batches_and_progress_is_told(
    maker: ExampleMaker, tokenizer_file: Path, tmp_path: Path
) -> None:
    told: list[int] = []
    first = all_of(write(maker, tokenizer_file, tmp_path / "a.npz", 5_000, report=told.append))
    second = all_of(write(maker, tokenizer_file, tmp_path / "b.npz", 5_000))
    assert [batch.ids.tolist() for batch in first] == [batch.ids.tolist() for batch in second]
    assert told == sorted(told)
    assert told[-1] >= 5_000


def test_an_answer_that_is_cut_off_with_the_passage_s_end_is_not_trained_on(
    tokenizer_file: Path, tmp_path: Path
) -> None:
    long = "The harbour " + "wqxz " * LONGEST_INPUT + "was near Corran."
    questions = [
        question("Where was the harbour?", long, "Corran", document="long"),
        question("Where was the school?", "The school was in Lorne.", "Lorne", document="short"),
    ]
    maker = ExampleMaker(questions, processes=1)
    for batch in all_of(write(maker, tokenizer_file, tmp_path / "b.npz", 500)):
        for row in range(len(batch.ids)):
            if batch.allowed[row, np.nonzero(batch.starts[row])[0]].any():
                assert said(batch, row, batch.starts[row]) == "lorne"


def test_without_anything_to_train_on_it_ends_with_an_error(
    tokenizer_file: Path, tmp_path: Path
) -> None:
    with pytest.raises(ReaderError) as caught:
        write(ExampleMaker([], processes=1), tokenizer_file, tmp_path / "b.npz")
    assert "nothing to train on" in one_line(caught.value)
