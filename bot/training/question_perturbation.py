"""Questions that ask for another name or number than the text tells of: it does not answer them."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence

from bot.training.questions import TrainingQuestion

__all__ = ["QuestionPerturber"]

_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w'’.-]+(?: (?:of |the )?[A-Z][\w'’.-]+)*")
_NUMBER = re.compile(r"\b\d[\d,.]*\b")


class QuestionPerturber:
    """Changes a question's name or number for another that is asked about of the same document."""

    def __init__(self, questions: Sequence[TrainingQuestion]) -> None:
        """List the names and the numbers in the questions of each document."""
        self._mentions: dict[str, dict[str, list[str]]] = defaultdict(
            lambda: {"name": [], "number": []}
        )
        for question in questions:
            kinds = self._mentions[question.document]
            kinds["name"] += _NAME.findall(question.text)
            kinds["number"] += _NUMBER.findall(question.text)

    def change(self, question: TrainingQuestion, passage: str, chance: random.Random) -> str | None:
        """Put another name or number in the question; None where it has none, or no other is.

        What the passage itself names is left alone where it is of many short contexts: one of the
        neighbours might well answer the question then.
        """
        found = [("name", m) for m in _NAME.finditer(question.text)]
        found += [("number", m) for m in _NUMBER.finditer(question.text)]
        if not found:
            return None
        kind, match = chance.choice(found)
        old = set(match.group().lower().split())
        named = "" if passage in question.context else passage
        others = [
            other
            for other in self._mentions[question.document][kind]
            if not old & set(other.lower().split())
            and other not in question.text
            and other not in named
        ]
        if not others:
            return None
        return question.text[: match.start()] + chance.choice(others) + question.text[match.end() :]
