"""What a question asks for, as far as answers to it can be compared."""

from __future__ import annotations

import re
from enum import Enum, auto
from functools import lru_cache

from index.terms import stems, words

__all__ = ["Asked", "asked_kind", "asked_noun", "asks_of_a_state", "names_in"]


class Asked(Enum):
    """The kind of value that answers a question."""

    QUANTITY = auto()
    MOMENT = auto()
    PERSON = auto()
    PLACE = auto()
    CAUSE = auto()
    YES_NO = auto()
    OTHER = auto()


_KINDS = (
    (
        Asked.YES_NO,
        r"(?<!.)(?:is|are|was|were|do|does|did|has|have|had)(?:n['’]t)?(?!.*\bor\b)",
    ),
    (
        Asked.CAUSE,
        r"why|how come|how (?:do|does|did|was|were|has|have) .*\b(?:start|started|begin|begun|"
        r"happen|happened|come about|fail|failed)|what (?:caused|led to|started|triggered|sparked|"
        r"was the (?:cause|reason)|is the (?:cause|reason))",
    ),
    (
        Asked.QUANTITY,
        r"how (?:many|much|old|long|far|fast|big|large|tall|high|deep|wide|heavy|late|cold|hot|"
        r"strong)|(?:what|which)(?:['’]s| is| was| are| were)?(?: the)?(?: \w+)? (?:number|price|"
        r"cost|percentage|share|proportion|toll|limit|record|population|wage|rent|tax|budget|"
        r"salary|fee|fare|fine|sum|amount|value|worth|dose|damage|profit|loss|debt|turnover|rate|magnitude|speed|temperature|age|length|size|height|depth|"
        r"weight)|what (?:does|did|do|will)\b.*\b(?:cost|weigh|earn|pay)",
    ),
    (Asked.MOMENT, r"when|(?:what|which|in what|in which|on what|on which|at what) (?:time|date|day"
        r"|year|month|weekday|hour)|since when|what time"),
    (Asked.PERSON, r"who|whom|whose"),
    (Asked.PLACE, r"where|(?:what|which|in what|in which) (?:city|town|country|village|place|"
        r"region|state|street|district|hospital)"),
)  # fmt: skip
_PATTERNS = [(kind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for kind, words in _KINDS]
_HOW_MANY = re.compile(r"\bhow many ((?:[\w-]+ ){0,3}?[\w-]+)", re.IGNORECASE)
_AFTER_NOUN = frozenset(
    "have has had were was are is did do does will would can could of in at on to from for with "
    "may might must should been be that who which".split()
)
_ANYBODY = frozenset("people persons".split())
_PAST = re.compile(
    r"\b(?:did|was|were|had|been|will|would)\b|\b(?:has|have)\b.*\b\w+(?:ed|en|wn|un|ught|ost|"
    r"old|ung|one|ade|won|ot)\b",
    re.IGNORECASE,
)
_PRESENT = re.compile(
    r"\b(?:is|are|does|do|has|have)\b|\b\w+['’]s\b|"
    r"^(?:\W*\w+ )?(?:who|which \w+|what) (?:\w+ly )?\w+s\b",
    re.IGNORECASE,
)


def asked_kind(question: str) -> Asked:
    """Return the kind of value that a question asks for."""
    found = [
        (match.start(), kind)
        for kind, pattern in _PATTERNS
        if (match := pattern.search(question)) is not None
    ]
    return min(found, default=(0, Asked.OTHER), key=lambda one: one[0])[1]


@lru_cache(maxsize=64)
def asked_noun(question: str) -> str:
    """Return the stem of what a question asks the number of: "letters"; empty for people."""
    found = _HOW_MANY.search(question)
    if found is None:
        return ""
    noun = ""
    rest = question[found.start(1) :].split()
    for word in rest[:4]:
        if word.lower() in _AFTER_NOUN:
            break
        noun = word
        if word.lower().rstrip("?").endswith("s") or word.lower() == "people":
            break
    return "" if noun.lower().rstrip("?") in _ANYBODY else "".join(stems(noun))


def asks_of_a_state(question: str) -> bool:
    """Return whether a question asks how something is, and not what happened."""
    return _PAST.search(question) is None and _PRESENT.search(question) is not None


@lru_cache(maxsize=64)
def names_in(question: str) -> frozenset[str]:
    """Return the words of a question's names and its figures, in lower case.

    Names are words with a capital, but for the first word.
    """
    first, *rest = words(question) or [""]
    named = {word.lower() for word in rest if word[0].isupper()}
    return frozenset(named | {w.lower() for w in (first, *rest) if any(map(str.isdigit, w))})
