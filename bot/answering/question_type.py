"""What a question asks for: a few words, sentences, or yes or no."""

from __future__ import annotations

import re
from enum import StrEnum

__all__ = ["QuestionType", "question_type"]


class QuestionType(StrEnum):
    """How a question is answered."""

    SPAN = "span"
    """By a few words of an article."""

    SENTENCES = "sentences"
    """By one to three sentences: why, how it came about, what happened."""

    YES_NO = "yes_no"
    """By yes or no: the sentence that decides it is quoted, and the answer never guessed."""


# What may stand before the question proper: "And so, can you please tell me who ..."
_LEAD = re.compile(
    r"^(?:(?:and|but|so|then|ok|okay|well|please|hi|hello|hey|newsbot)\b[\s,:!.]*"
    r"|(?:can|could|would|will)\s+you\s+(?:please\s+)?(?=(?:tell|say|explain|describe)\b)"
    r"|(?:tell\s+me|say|do\s+you\s+know)\s+"
    r"(?=(?:who|what|when|where|which|why|how|whose|whether|if)\b))*",
    re.IGNORECASE,
)
_YES_NO = re.compile(
    r"(?:(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|shall|should|may"
    r"|might|must)(?:n['’]?t)?|won['’]?t|whether)\b",
    re.IGNORECASE,
)
_CHOICE = re.compile(r"\bor\b", re.IGNORECASE)
_SENTENCES = re.compile(
    r"(?:why|what\s+for|how\s+come"
    r"|how\s+(?:do|does|did|is|are|was|were|has|have|had|can|could|will|would|should)"
    r"|(?:what|whatever)(?:\s+has|\s+had|['’]s|\s+is)?\s+(?:happen(?:ed|s|ing)?|going\s+on)"
    r"|what\s+(?:caused|led\s+to|explains)"
    r"|what(?:\s+is|\s+was|\s+were|\s+are|['’]s)\s+the\s+(?:causes?|reasons?|background)"
    r"|(?:(?:show|give|make|draw)\s+(?:me\s+)?)?(?:an?\s+|the\s+)?(?:timeline|chronology)"
    r"|describe|explain|summari[sz]e|tell\s+me\s+about)\b",
    re.IGNORECASE,
)


def question_type(question: str) -> QuestionType:
    """Return how a question is to be answered, by its first words.

    A question that offers a choice ("Was it A or B?") asks for a few words.
    """
    asked = _LEAD.sub("", " ".join(question.split()), count=1)
    if _SENTENCES.match(asked):
        return QuestionType.SENTENCES
    if _YES_NO.match(asked) and not _CHOICE.search(asked):
        return QuestionType.YES_NO
    return QuestionType.SPAN
