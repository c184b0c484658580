"""What kind of answer a question asks for."""

from __future__ import annotations

import re
from enum import StrEnum

__all__ = ["QuestionKind", "question_kind"]


class QuestionKind(StrEnum):
    """How a question is answered."""

    SPAN = "span"
    """By a few words of an article."""

    SENTENCES = "sentences"
    """By one to three sentences: why, how it came about, what happened."""

    YES_NO = "yes_no"
    """By yes or no, which is never guessed: the sentence that decides it is quoted."""


_LEAD = r"^(?:(?:and|but|so|then|ok|okay|well|please|hi|hello|hey|newsbot)\b[\s,:]*)*"
_YES_NO = re.compile(
    _LEAD + r"(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|shall|should|may"
    r"|might|must|isn['’]?t|aren['’]?t|wasn['’]?t|weren['’]?t|don['’]?t|doesn['’]?t|didn['’]?t"
    r"|hasn['’]?t|haven['’]?t|hadn['’]?t|won['’]?t|can['’]?t)\b",
    re.IGNORECASE,
)
_CHOICE = re.compile(r"\bor\b", re.IGNORECASE)
_SENTENCES = re.compile(
    _LEAD + r"(?:(?:why|what\s+for|how\s+come)\b"
    r"|how\s+(?:do|does|did|is|are|was|were|has|have|had|can|could|will|would|should)\b"
    r"|(?:what|whatever)(?:\s+has|\s+had|['’]s|\s+is)?\s+(?:happen(?:ed|s|ing)?|going\s+on)\b"
    r"|what\s+(?:caused|led\s+to|explains|is\s+the\s+reason|was\s+the\s+reason"
    r"|(?:is|was|were|are)\s+the\s+(?:cause|causes|reason|reasons|background))\b"
    r"|(?:describe|explain|summari[sz]e|tell\s+me\s+(?:about|what\s+happened|why|how))\b)",
    re.IGNORECASE,
)


def question_kind(question: str) -> QuestionKind:
    """Tell by its first words how a question is to be answered.

    Args:
        question: any text. A question that offers a choice ("Was it A or B?") asks for words.
    """
    asked = " ".join(question.split())
    if _SENTENCES.search(asked):
        return QuestionKind.SENTENCES
    if _YES_NO.search(asked) and not _CHOICE.search(asked):
        return QuestionKind.YES_NO
    return QuestionKind.SPAN
