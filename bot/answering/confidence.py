"""How likely an answer is right: a logistic regression over features of reading and search.

A reader's own scores rank spans; they are no probabilities. The regression (Platt 1999) is fitted
by ``bot.training calibrate`` on articles that the reader was not trained on, and kept as
``calibration.json`` beside the reader's weights.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.errors import ReaderError
from bot.reader.reader import Reader
from bot.reader.registry import SHIPPED_READER
from bot.settings import Level

__all__ = [
    "ANSWER_FEATURES",
    "CALIBRATION_FILE",
    "SENTENCE_FEATURES",
    "Calibration",
    "Regression",
    "calibration_of",
]

ANSWER_FEATURES = ("answerable", "first_margin", "gap", "agreement", "search_score", "similarity")
"""Names of an answer's features, in order; ``score_candidates`` explains them."""

CALIBRATION_FILE = "calibration.json"
"""Name of the file in a reader's folder."""

SENTENCE_FEATURES = ("sentence_similarity", "margin")
"""Names of a sentence's features, in order; ``select_sentences`` explains them."""

_LONGEST_FILE = 100_000


@dataclass(frozen=True)
class Regression:
    """A linear model of the log-odds.

    Attributes:
        names: of the features, in their order.
        weights: one for each.
        bias: log-odds where all features are 0.
    """

    names: tuple[str, ...]
    weights: tuple[float, ...]
    bias: float

    def logit(self, features: Sequence[float]) -> float:
        """Return the log-odds for these features."""
        return self.bias + sum(w * x for w, x in zip(self.weights, features, strict=True))

    def probability(self, features: Sequence[float]) -> float:
        """Return the probability for these features, 0 to 1."""
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, self.logit(features)))))


@dataclass(frozen=True)
class Calibration:
    """The regressions and thresholds that belong to one reader.

    Attributes:
        answer: from ``ANSWER_FEATURES`` to whether an answer is right.
        sentence: from ``SENTENCE_FEATURES`` to whether a sentence holds an answer.
        thresholds: least confidence of an answer in a few words at each level, 0 to 1.
        sentence_thresholds: likewise of an answer in whole sentences.
    """

    answer: Regression
    sentence: Regression
    thresholds: Mapping[Level, float]
    sentence_thresholds: Mapping[Level, float]

    @classmethod
    def load(cls, file: Path) -> Calibration:
        """Read a ``calibration.json``.

        Raises:
            ReaderError: it is missing, or does not fit this version of newsbot.
        """
        try:
            with file.open(encoding="utf-8") as text:
                record = json.loads(text.read(_LONGEST_FILE))
            return cls(
                _regression(record["answer"], ANSWER_FEATURES),
                _regression(record["sentence"], SENTENCE_FEATURES),
                {level: float(record["thresholds"][level]) for level in Level},
                {level: float(record["sentence_thresholds"][level]) for level in Level},
            )
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise ReaderError(f"{file}: not a calibration that can be used: {error!r}") from error

    def threshold(self, level: Level, *, sentences: bool) -> float:
        """Return the least confidence of an answer at a level, 0 to 1.

        Args:
            level: how sure it must be.
            sentences: whether the answer is whole sentences rather than a few words.
        """
        return (self.sentence_thresholds if sentences else self.thresholds)[level]

    def save(self, file: Path) -> None:
        """Write the file that ``load`` reads."""
        file.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


def _regression(record: Mapping[str, Any], names: tuple[str, ...]) -> Regression:
    if tuple(record["names"]) != names:
        raise ValueError(
            "its features are not this version's: run python -m bot.training calibrate again"
        )
    weights = tuple(float(weight) for weight in record["weights"])
    if len(weights) != len(names):
        raise ValueError(f"{len(weights)} weights for {len(names)} features")
    return Regression(names, weights, float(record["bias"]))


@lru_cache(maxsize=4)
def _load(file: Path) -> Calibration:
    return Calibration.load(file)


def calibration_of(reader: Reader) -> Calibration:
    """Return a reader's calibration; the shipped reader's where it has none of its own.

    Raises:
        ReaderError: its file cannot be used.
    """
    own = reader.folder / CALIBRATION_FILE if reader.folder is not None else None
    return _load(own if own is not None and own.is_file() else SHIPPED_READER / CALIBRATION_FILE)
