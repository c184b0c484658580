"""How likely an answer is right: a logistic regression over what reading and searching gave.

A reader's own scores say which of two spans is better; they are no probabilities. The regression
(Platt 1999) is fitted by ``python -m bot.training.calibrate`` on articles that the reader was not
trained on, and kept beside the reader's weights as ``calibration.json``.
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

ANSWER_FEATURES = (
    "margin",
    "answerable",
    "margin_again",
    "answerable_again",
    "gap",
    "agreement",
    "similarity",
    "context_coverage",
    "sentence_coverage",
    "rarest_word_found",
    "names_found",
)
"""Names of the features of an answer, in order; ``bot.answering.candidates`` says what each is."""

CALIBRATION_FILE = "calibration.json"
"""Name of the file in a reader's folder."""

SENTENCE_FEATURES = (
    "sentence_similarity",
    "sentence_coverage",
    "asked_kind_found",
    "margin",
    "answerable",
)
"""Names of a sentence's features, in order; ``bot.answering.sentence_selection`` explains them."""

_LONGEST_FILE = 100_000


@dataclass(frozen=True)
class Regression:
    """Weights of named features, to the logit of a probability.

    Attributes:
        names: of the features, in the order in which they are given.
        weights: one for each.
        bias: what is added.
    """

    names: tuple[str, ...]
    weights: tuple[float, ...]
    bias: float

    def logit(self, features: Sequence[float]) -> float:
        """Give the log-odds that go with these features."""
        return self.bias + sum(w * x for w, x in zip(self.weights, features, strict=True))

    def probability(self, features: Sequence[float]) -> float:
        """Give the probability that goes with these features, 0 to 1."""
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, self.logit(features)))))


@dataclass(frozen=True)
class Calibration:
    """What turns a reader's findings into probabilities.

    Attributes:
        answer: from ``ANSWER_FEATURES`` to an answer's being right.
        sentence: from ``SENTENCE_FEATURES`` to a sentence's holding an answer.
        thresholds: least confidence of an answer of a few words at each level, 0 to 1.
        sentence_thresholds: likewise of an answer of whole sentences.
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
        """Give the least confidence of an answer at a level, 0 to 1.

        Args:
            level: how sure it must be.
            sentences: whether whole sentences are the answer, rather than a few words.
        """
        return (self.sentence_thresholds if sentences else self.thresholds)[level]

    def save(self, file: Path) -> None:
        """Write the file that ``load`` reads."""
        file.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


def _regression(record: Mapping[str, Any], names: tuple[str, ...]) -> Regression:
    if tuple(record["names"]) != names:
        raise ValueError(
            "its features are not this version's: run python -m bot.training.calibrate again"
        )
    weights = tuple(float(weight) for weight in record["weights"])
    if len(weights) != len(names):
        raise ValueError(f"{len(weights)} weights for {len(names)} features")
    return Regression(names, weights, float(record["bias"]))


@lru_cache(maxsize=4)
def _load(file: Path) -> Calibration:
    return Calibration.load(file)


def calibration_of(reader: Reader) -> Calibration:
    """Give a reader's calibration; the shipped reader's where it has none of its own.

    Raises:
        ReaderError: its file cannot be used.
    """
    own = reader.folder / CALIBRATION_FILE if reader.folder is not None else None
    return _load(own if own is not None and own.is_file() else SHIPPED_READER / CALIBRATION_FILE)
