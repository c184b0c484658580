"""Whether a question stands by itself, from its form alone: no history is needed to say so."""

from __future__ import annotations

import re
from enum import StrEnum

from bot.conversation.antecedents import AUXILIARIES, has_antecedent
from bot.conversation.names import names_of
from index.terms import words

__all__ = ["Dependence", "body_of", "dependence", "is_fragment", "pronoun_of", "topic_of"]


class Dependence(StrEnum):
    """What a question leaves to the conversation."""

    NONE = "none"
    """It stands by itself."""

    PERSON = "person"
    """Who "he" or "she" is."""

    THING = "thing"
    """What "it" or "they" are."""

    PLACE = "place"
    """Where "there" is."""

    TOPIC = "topic"
    """What is asked of another one: "What about X?", "And in 2023?"."""

    SUBJECT = "subject"
    """What it is all about: "Where?", "How many were hurt?", "Who runs the company?"."""


_LONGEST = 300  # characters; what is longer says what it is about
_LEAD = re.compile(r"^(?:(?:and|but|so|then|also|or)\b[\s,:]*)+", re.IGNORECASE)
_ABOUT = re.compile(r"^(?:what|how)\s+about\b\s*", re.IGNORECASE)
_PERSON = re.compile(r"\b(?:he|she|him|her|his|hers)\b", re.IGNORECASE)
_THING = re.compile(r"\b(?:it|its|they|them|their|theirs)\b", re.IGNORECASE)
_POSSESSIVE = re.compile(r"(?:his|her|their|its)", re.IGNORECASE)
_NAME = re.compile(r"(?<=\s)[“\"(]?(?:[A-Z][\w'’.-]+|[a-z]+[A-Z]\w+)")
# "When she died, Queen Elizabeth left …": the name comes behind the pronoun.
_CLAUSE_FIRST = re.compile(
    r"(?:after|although|as|because|before|if|since|though|until|when|while)\b[^,?]*,\s",
    re.IGNORECASE,
)
_IMPERSONAL = (
    "believed|better|dangerous|difficult|easy|estimated|hard|illegal|important|known|legal"
    "|necessary|possible|preferred|revealed|safe|thought"
)
# "How long did it take to …": the word stands for nothing.
_EMPTY_IT = re.compile(
    r"\bit\s+(?:take|get|been|be|expected|cost|in|at|on|since|between|that|to|before|until"
    r"|possible|true|likely)\b"
    rf"|\b(?:is|was|been|be)\s+it\s+(?:since|at|in|that|to|between|expected|{_IMPERSONAL})\b"
    rf"|\bit\s+(?:is|was|be)\s+(?:not\s+)?(?:{_IMPERSONAL})\b|\bit\s+(?:called|mean\s+(?:for|if|to|when))\b"
    r"|\b(?:call|called|find|found|made?|make)\s+it\b",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )(?<!\bbe )(?<!\bbeen )(?<!\bout )\bthere\b"
    r"(?!['’]s|\s+(?:is|are|was|were|be|been|has|have|will|would|may|might|can|could|must|should)\b)",
    re.IGNORECASE,
)
_TIMES = (
    "(?:afternoon|autumn|century|day|decade|evening|fall|hour|moment|month|morning|quarter|season|spring"
    "|summer|time|week|weekend|winter|year)s?|coming|past"
)
# "that attack", "these courts"; not "said that …", "those killed", "this year".
_POINTING = re.compile(
    r"\b(?:(?:(?<!^)this|(?<!of )(?:these|those))|(?:about|after|against|and|at|before|behind|by"
    r"|did|do|does|during|for|from|had|has|have|in|into|is|of|on|to|under|was|will|with)\s+that)\s+"
    rf"(?!(?:a|are|at|by|from|he|in|is|it|of|on|she|that|the|they|to|was|were|which|who|whose|with|\w+ed|{_TIMES})\b)"
    rf"[a-z]|\w+ed\s+that\s+(?!(?:{_TIMES})\b)[a-z]+\s*(?:\?|$)",
    re.IGNORECASE,
)
# "What is an underbid?": a word, and not what is spoken of.
_DEFINITION = re.compile(r"what\s+(?:is|are)\s+(?:an?\s+)?[\w-]+\W*", re.IGNORECASE)
# A person or a body that a question names by its role alone.
_ROLE = re.compile(
    r"\bthe\s+(?:former\s+|new\s+)?(?:airline|ambassador|bank|boy|club|company|director|driver"
    r"|firm|girl|man|mayor|minister|owner|party|premier|president|senator|spokesman|spokeswoman"
    r"|suspect|team|woman)\b(?!\s+(?:at|for|from|in|of|on|that|to|who|which|with)\b)",
    re.IGNORECASE,
)
# "a tent camp to house those who were bused there".
_INDEFINITE = re.compile(r"\ban?\s.*\b(?:for|to)\s", re.IGNORECASE)
_PREPOSITIONS = frozenset("at by for from in of on since to until with".split())
_LONGEST_FRAGMENT = 4  # words
_MOST_BESIDE_ROLE = 2  # words that say something, the role's own among them
_MOST_BESIDE_LEAD = 3
_MOST_BESIDE_POINTER = 6
_ASKING = frozenset("who whom whose what which when where why how".split())
# Words that say nothing about what a question is about.
_EMPTY = (
    _ASKING
    | AUXILIARIES
    | frozenset(
        "a an and as at but by for from if in it its many much more most me my of on or our he she "
        "they them their his her him so than that the these this those to us we with you your long "
        "old far big day year people exactly kind time first last next say says said get got go "
        "come there then".split()
    )
)


def dependence(question: str) -> Dependence:
    """Return what a question leaves to the conversation."""
    lead, body = _LEAD.match(question), body_of(question)
    if len(question) > _LONGEST or not words(body):
        return Dependence.NONE
    if topic_of(question) is not None:
        return Dependence.TOPIC
    names = [found.start() for found in _NAME.finditer(body)]
    if (
        (first := names_of(body))
        and body.startswith(first[0])
        and re.split("['’]", first[0])[0].lower() not in _ASKING
    ):
        names.insert(0, 0)
    for kind, pattern in ((Dependence.PERSON, _PERSON), (Dependence.THING, _THING)):
        if (found := pattern.search(body)) and _points_back(found, body, names, bool(lead)):
            return kind
    place = _PLACE.search(body)
    if (
        place
        and not any(name < place.start() for name in names)
        and (lead or not _INDEFINITE.search(body[: place.start()]))
    ):
        return Dependence.PLACE
    content = {word for word in words(body.lower()) if word not in _EMPTY}
    numbers = any(word.isdigit() for word in content)
    few = len(content) <= 1 and not numbers and not _DEFINITION.fullmatch(body)
    role = len(content) <= _MOST_BESIDE_ROLE and _ROLE.search(body)
    led = lead and len(content) <= _MOST_BESIDE_LEAD
    pointing = len(content) <= _MOST_BESIDE_POINTER and _POINTING.search(body)
    if not names and (led or few or role or pointing):
        return Dependence.SUBJECT
    return Dependence.NONE


def body_of(question: str) -> str:
    """Return a question without the "And" or "But" before it."""
    return _LEAD.sub("", question).strip()


def is_fragment(question: str) -> bool:
    """Return whether a question is no more than its asking words: "Where?", "On which days?"."""
    asked = words(body_of(question).lower())
    longest = _LONGEST_FRAGMENT if asked[:1] and asked[0] in _PREPOSITIONS else 2
    return len(asked) <= longest and bool(_ASKING & set(asked)) and not AUXILIARIES & set(asked)


def topic_of(question: str) -> str | None:
    """Return X of "What about X?" and of "And X?", or None for another question."""
    body = body_of(question)
    if found := _ABOUT.match(body):
        return body[found.end() :].strip(" ?!.") or None
    asked = set(words(body.lower()))
    if _LEAD.match(question) and body and not asked & (_ASKING | AUXILIARIES):
        return body.strip(" ?!.")
    return None


def pronoun_of(question: str, kind: Dependence) -> re.Match[str] | None:
    """Return the first word that stands for a person, a thing or a place, where there is one."""
    patterns = {Dependence.PERSON: _PERSON, Dependence.THING: _THING, Dependence.PLACE: _PLACE}
    return patterns[kind].search(question) if kind in patterns else None


def _points_back(found: re.Match[str], body: str, names: list[int], led: bool) -> bool:
    person = _PERSON.fullmatch(found[0])
    if any(name < found.start() for name in names) or has_antecedent(body, found):
        return False
    if any(name > found.start() for name in names):
        clause = _CLAUSE_FIRST.match(body)
        if clause and found.end() <= clause.end():
            return False
        if not led and (not person or _POSSESSIVE.fullmatch(found[0])):
            return False
    return bool(person) or not _EMPTY_IT.search(body)
