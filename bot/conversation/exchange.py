"""What a conversation is about: its earlier questions and answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.answers import REFUSAL
from bot.conversation.names import names_of
from index.terms import content_stems, stems

__all__ = ["MOST_TURNS", "Exchange", "exchange_of", "is_related"]

MOST_TURNS = 10
"""Earlier turns that are looked at; what was said before is forgotten."""

_LONGEST = 2_000  # characters of a question or an answer
_LONGEST_SHORT = 80
_LEAST_SENTENCE = 20
_MARKER = re.compile(r"”? \[\d+\]")


@dataclass(frozen=True)
class Exchange:
    """An earlier question, in full, and what was answered.

    Attributes:
        question: as it was read.
        short: the answer in a few words; empty where whole sentences are the answer.
        sentences: that were quoted.
    """

    question: str
    short: str
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        """Everything that was said."""
        return " ".join((self.question, self.short, *self.sentences))


def exchange_of(question: str, answer: str) -> Exchange | None:
    """Return a turn from its two texts, or None where nothing was answered.

    An answer has the form of ``Answer.text``; what another program remembers of one will do.
    """
    question, answer = question[:_LONGEST].strip(), answer[:_LONGEST].strip()
    if not question or not answer or answer == REFUSAL:
        return None
    short, joint, quoted = answer.partition(" — “")
    if not joint:
        quoted = answer
        short = "" if _MARKER.search(answer) else answer.rstrip(".")
    parts = (part.strip(" “\n") for part in _MARKER.split(quoted))
    sentences = tuple(part for part in parts if len(part) >= _LEAST_SENTENCE)
    return Exchange(question, short if len(short) <= _LONGEST_SHORT else "", sentences)


def is_related(turn: Exchange, earlier: Sequence[Exchange]) -> bool:
    """Return whether a turn shares a name, or two words, with earlier ones."""
    before = " ".join(one.text for one in earlier)
    names = {name.lower() for name in names_of(turn.text)}
    if names & {name.lower() for name in names_of(before)}:
        return True
    return len(set(content_stems(turn.text)) & set(stems(before))) > 1
