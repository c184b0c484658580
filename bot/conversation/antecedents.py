"""Whether a pronoun stands for something that its own question names before it.

Word order shows it without a parser. A pronoun that is the subject of the question ("did it lose
…") or its verb's object ("who sold it?") stands for something else; a possessive ("its crew") or
the subject of a later clause ("said it was lost") may stand for what the question is about.
"""

from __future__ import annotations

import re

__all__ = ["AUXILIARIES", "PERSON_NOUN", "has_antecedent"]

AUXILIARIES = frozenset(
    "is are was were am be been do does did has have had can could will would shall should may "
    "might must".split()
)
PERSON_NOUN = (
    r"\w*(?:(?<!m)ent|er|ian|ist|king|man|or|queen|star|athlete|captain|candidate|chief|coach"
    r"|judge|nominee|pilot|politician|prince|princess|secretary|billionaire|celebrity|figure|head"
    r"|host|icon|legend|model|monarch|pope|tycoon)"
)
_DETERMINED = re.compile(
    r"\b(?:the|a|an|this|that|each|every|\w+['’]s)\s+\w+"
    r"|\b(?:people|men|women|children|persons?)\b",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[\w'’-]+")
_PERSON = re.compile(PERSON_NOUN)
_PLURAL = re.compile(r"(?!(?:as|has|his|its|is|less|this|thus|us|was|yes)$)\w+[^\Ws]s")
_PLURAL_WITHOUT_S = frozenset("crew families police staff".split())
_SAYING = frozenset("say says said claim claims claimed admitted announced confessed".split())
# What somebody does with a thing of their own.
_LOSING = frozenset("lose loses lost quit quits".split())
_OF_PLURALS = frozenset("are do have were".split())
_OF_SINGULARS = frozenset("does has is was".split())
_HAVING = frozenset(("had", "has", "have"))
_BECOMING = AUXILIARIES | frozenset("become becomes became being".split())
_ASKING_NOUN = frozenset(("which", "whose", "many", "much"))
_ASKING = frozenset(("who", "what", "which", "that"))
_LONGEST_NOUN = 4  # words
_WITHOUT_NAME = frozenset(
    "anybody anyone everyone i nobody one somebody someone there we you".split()
)
_CLAUSE_BEFORE = _SAYING | frozenset(
    "after although as because before believe believed denied deny if once since so than that "
    "think thinks thought though unless until when where whether while".split()
)
# "her dog", not "to her in May".
_BELONGING = re.compile(
    r"\s+(?!(?:a|about|after|an|and|as|at|before|by|for|from|in|of|on|over|the|to|with)\b)[a-z\d]"
)
# "What is scrapple made from and how is it prepared?", but not "Who was hurt and how is he?".
_NEXT_QUESTION = re.compile(
    r"(?:is|are|was|were|do|does|did)\s+\w+\s+.*\band\s+(?:what|when|where|which|who|why|how)\b",
    re.IGNORECASE,
)
_PREPOSITIONS = frozenset("about at by for from in of on to with".split())
_PARENTHESIS = re.compile(r",\s+(?:according to|by|in|on)\s+$", re.IGNORECASE)


def has_antecedent(body: str, pronoun: re.Match[str]) -> bool:
    """Return whether a noun before a pronoun is what it stands for.

    Args:
        body: a question in which no name stands before the pronoun.
        pronoun: of the third person, where it stands in the question.
    """
    before, after, said = body[: pronoun.start()], body[pronoun.end() :], pronoun[0].lower()
    if _DETERMINED.search(before):
        return True
    tokens = _TOKEN.findall(before.lower())
    possessive = said in ("his", "its", "their") or bool(said == "her" and _BELONGING.match(after))
    if possessive and re.match(r"\s+own\b", after):
        return True
    if _NEXT_QUESTION.search(before):
        return True
    later_clause = said in ("he", "she", "they") or (
        said == "it" and bool(set(tokens[-1:]) & _CLAUSE_BEFORE or _is_clause(tokens, after))
    )
    if not (possessive or later_clause) or _is_beside_auxiliary(tokens, possessive):
        return False
    if _PARENTHESIS.search(before):
        return False
    asked, (subject, plural) = _asked_noun(tokens), _subject(tokens)
    lowered = body == body.lower()  # then the subject may be a name
    if said in ("they", "their"):
        return bool(asked) or plural or any(map(_is_plural, tokens[2:])) or (lowered and subject)
    if said in ("it", "its"):
        return any((asked, subject)) and not plural
    if any(map(_PERSON.fullmatch, asked)) or (lowered and subject and not plural):
        return True
    doing = set(tokens[-2:]) & (_LOSING if possessive else _SAYING)
    return tokens[0] == "who" and bool(doing or "to" in tokens[-3:-1])


def _is_clause(tokens: list[str], after: str) -> bool:
    """Return whether "it" begins a clause of its own: "has been warned it must stop"."""
    verb = _TOKEN.search(after)
    return (
        verb is not None
        and verb[0].lower() in AUXILIARIES
        and not set(tokens[-1:]) & (_BECOMING | _PREPOSITIONS)
    )


def _is_beside_auxiliary(tokens: list[str], possessive: bool) -> bool:
    """Return whether a pronoun is, or is part of, the subject or what the subject is said to be."""
    if not tokens or tokens[-1] not in _BECOMING:
        return not tokens
    if tokens[-1] in ("do", "have") and AUXILIARIES & set(tokens[:-1]):
        return False  # the verb itself
    return not (possessive and tokens[-1] in _HAVING and _asked_noun(tokens))


def _asked_noun(tokens: list[str]) -> list[str]:
    """Return the noun of "which former mayor …", with a word before or behind it."""
    for place, token in enumerate(tokens[:-1]):
        following = tokens[place + 1 : place + 1 + _LONGEST_NOUN]
        if token in _ASKING_NOUN and following[0] not in AUXILIARIES and following[0] != "of":
            ends = [at for at, word in enumerate(following) if word in AUXILIARIES]
            return following[: ends[0]] if ends else following
        if token == "what" and following[0] not in AUXILIARIES:
            ends = [at for at, word in enumerate(following) if word in AUXILIARIES]
            if ends or following[1:2] and following[1].endswith("ed"):
                return following[: ends[0] if ends else 1]
    return []


def _subject(tokens: list[str]) -> tuple[bool, bool]:
    """Return whether a noun stands behind the auxiliary as the subject, and if it is a plural."""
    for place, token in enumerate(tokens):
        if token in AUXILIARIES:
            inverted = token in ("did", "do", "does") or not _ASKING & set(tokens[:place])
            subject = tokens[place + 1 :]
            named = len(subject) > 1 and not set(subject) & _WITHOUT_NAME
            if not (inverted and place and named):
                break
            plural = token in _OF_PLURALS or any(map(_is_plural, subject))
            return True, plural and token not in _OF_SINGULARS
    return False, False


def _is_plural(token: str) -> bool:
    return token in _PLURAL_WITHOUT_S or bool(_PLURAL.fullmatch(token))
