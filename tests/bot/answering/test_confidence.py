"""The regression behind a confidence, and its file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.confidence import (
    ANSWER_FEATURES,
    CALIBRATION_FILE,
    SENTENCE_FEATURES,
    Calibration,
    Regression,
    calibration_of,
)
from bot.errors import ReaderError
from bot.reader.registry import SHIPPED_READER
from bot.settings import Level
from tests.fakes.invented import PhraseReader
from tests.fakes.tiny_reader import one_line

FITTED = Calibration(
    Regression(ANSWER_FEATURES, tuple(-1e-5 * 3**n for n in range(len(ANSWER_FEATURES))), -1.5),
    Regression(SENTENCE_FEATURES, tuple(n / 7 for n in range(len(SENTENCE_FEATURES))), 0.25),
    {Level.CAUTIOUS: 0.6, Level.BALANCED: 0.4, Level.EAGER: 0.2},
    {Level.CAUTIOUS: 0.5, Level.BALANCED: 0.3, Level.EAGER: 0.1},
)
FLOATS = st.floats(-1e6, 1e6)


def flat(names: tuple[str, ...], more: int = 0) -> dict[str, Any]:
    return {"names": list(names), "weights": [0.0] * (len(names) + more), "bias": 1}


def record() -> dict[str, Any]:
    return {
        "answer": flat(ANSWER_FEATURES),
        "sentence": flat(SENTENCE_FEATURES),
        "thresholds": {"cautious": 0.6, "balanced": 0.4, "eager": 0.2},
        "sentence_thresholds": {"cautious": 0.5, "balanced": 0.3, "eager": 0.1},
    }


def test_saved_calibration_is_loaded_the_same(tmp_path: Path) -> None:
    FITTED.save(tmp_path / CALIBRATION_FILE)
    assert Calibration.load(tmp_path / CALIBRATION_FILE) == FITTED
    assert set(json.loads((tmp_path / CALIBRATION_FILE).read_text())) == set(record())


@given(FLOATS, st.floats(0, 1e3), FLOATS, FLOATS)
def test_probability_rises_with_a_feature_of_positive_weight(
    bias: float, weight: float, low: float, high: float
) -> None:
    regression = Regression(("margin", "share"), (weight, -1.0), bias)
    low, high = sorted((low, high))
    assert 0 <= regression.probability((low, 0.5)) <= regression.probability((high, 0.5)) <= 1


def test_probability_is_the_logistic_of_the_weighted_sum() -> None:
    regression = Regression(("a", "b"), (2.0, -1.0), 0.5)
    assert regression.probability((0.0, 0.5)) == 0.5
    assert regression.probability((1.0, 0.5)) == pytest.approx(0.880797)


def test_wrong_number_of_features_is_an_error() -> None:
    with pytest.raises(ValueError, match="zip"):
        Regression(("a", "b"), (2.0, -1.0), 0.5).probability((1.0,))


def without(part: str, key: str) -> dict[str, Any]:
    changed = record()
    del changed[part][key]
    return changed


def changed(part: str, key: str, value: object) -> dict[str, Any]:
    given = record()
    given[part][key] = value
    return given


def test_valid_record_is_loaded(tmp_path: Path) -> None:
    file = tmp_path / CALIBRATION_FILE
    file.write_text(json.dumps(record()))
    loaded = Calibration.load(file)
    assert loaded.answer.probability([0.0] * len(ANSWER_FEATURES)) > 0.5
    assert loaded.threshold(Level.BALANCED, sentences=False) == 0.4
    assert loaded.threshold(Level.BALANCED, sentences=True) == 0.3


def test_calibration_of_another_version_names_the_remedy(tmp_path: Path) -> None:
    file = tmp_path / CALIBRATION_FILE
    fewer = [name for name in ANSWER_FEATURES if not name.startswith("first_")]
    file.write_text(json.dumps(changed("answer", "names", fewer)))
    with pytest.raises(ReaderError, match="run python -m bot.training calibrate again"):
        Calibration.load(file)


@pytest.mark.parametrize(
    "given",
    [
        changed("answer", "names", [*ANSWER_FEATURES[:-1], "length"]),
        changed("answer", "names", list(ANSWER_FEATURES[:-1])),
        changed("sentence", "names", list(reversed(SENTENCE_FEATURES))),
        changed("sentence", "names", None),
        {**record(), "answer": flat(ANSWER_FEATURES, -1)},
        {**record(), "sentence": flat(SENTENCE_FEATURES, 1)},
        changed("answer", "weights", ["x"] * len(ANSWER_FEATURES)),
        changed("answer", "bias", None),
        changed("thresholds", "eager", []),
        without("answer", "bias"),
        without("sentence", "weights"),
        without("thresholds", "cautious"),
        without("sentence_thresholds", "eager"),
        {},
        [],
        "text",
    ],
)
def test_invalid_record_is_refused_in_one_line(tmp_path: Path, given: object) -> None:
    file = tmp_path / CALIBRATION_FILE
    file.write_text(json.dumps(given))
    with pytest.raises(ReaderError) as caught:
        Calibration.load(file)
    assert str(file) in one_line(caught.value)


@pytest.mark.parametrize("content", [None, b"", b"{", b"\xff\xfe", b" " * 200_000 + b"{}"])
def test_file_without_json_is_refused_in_one_line(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / CALIBRATION_FILE
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ReaderError) as caught:
        Calibration.load(file)
    assert str(file) in one_line(caught.value)


def test_reader_has_its_own_calibration(tmp_path: Path) -> None:
    FITTED.save(tmp_path / CALIBRATION_FILE)
    assert calibration_of(PhraseReader("", folder=tmp_path)) == FITTED


def test_reader_without_calibration_has_the_shipped_one(tmp_path: Path) -> None:
    shipped = Calibration.load(SHIPPED_READER / CALIBRATION_FILE)
    assert (
        calibration_of(PhraseReader("", folder=tmp_path))
        == calibration_of(PhraseReader(""))
        == shipped
    )
    for levels in (shipped.thresholds, shipped.sentence_thresholds):
        assert levels[Level.EAGER] <= levels[Level.BALANCED] <= levels[Level.CAUTIOUS]


def test_reader_with_broken_calibration_is_an_error(tmp_path: Path) -> None:
    (tmp_path / CALIBRATION_FILE).write_text("{}")
    with pytest.raises(ReaderError) as caught:
        calibration_of(PhraseReader("", folder=tmp_path))
    assert str(tmp_path) in one_line(caught.value)
