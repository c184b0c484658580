"""The full forms that a follow-up question may have."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answering.recency import asks_for_latest
from bot.conversation.antecedents import PERSON_NOUN
from bot.conversation.exchange import MOST_TURNS, Exchange, exchange_of, is_related
from bot.conversation.gate import Dependence, body_of, dependence, is_fragment, pronoun_of, topic_of
from bot.conversation.names import (
    days_of,
    is_name,
    is_organisation,
    is_person,
    is_place,
    names_of,
    noun_phrases,
    years_of,
)
from index.searcher import LONGEST_QUESTION
from index.terms import query_terms

__all__ = ["conversation_of", "full_forms", "search_words"]

_POSSESSIVE = frozenset(("his", "its", "their", "theirs", "hers"))
_ONE = frozenset(("it", "its", "itself"))
_ASKS_PERSON = re.compile(
    rf"\b(?:who|whom|whose|which\s+(?:\w+\s+)?{PERSON_NOUN})\b", re.IGNORECASE
)
_ASKS_WHICH = re.compile(r"\b(?:who|whom|whose|which|what)\b", re.IGNORECASE)
# "it" is what happened, and no thing.
_EVENT = re.compile(
    r"\b(?:do|did|done|does)\s+(?:it|so|that)\b|\bit\s+(?:happen|take\s+place|occur)|\bit\s+all\b"
    r"|\b(?:when|where)\s+(?:is|was)\s+(?:it|that)\W*$",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\s\([^()]*\)(?=\?)")  # what was added to the question before
_OBJECT = re.compile(r"\b(?:it|them|him|her)\b(?!\s+[a-z])")
_NOUN_PHRASE = re.compile(r"\bthe\s+(?!first\b|last\b|next\b)[a-z-]+\b(?!\s+(?:of\b|[A-Z]))")
_PREPOSITION = re.compile(r"^(?:at|by|for|from|in|of|on|to|with)\s+", re.IGNORECASE)
# What follows the asking words: "did the minister resign?".
_CLAUSE = re.compile(
    r"^.*?(?i:who|whom|whose|what|which|when|where|why|how)\b.*?\s((?i:are|can|could|did|do|does|had"
    r"|has|have|is|was|were|will|would)\s+(?:the|a|an|his|her|its|their|[A-Z]).*)"
)
_PLURAL = re.compile(r"(?:[^s]s|people|men|women|children)$", re.IGNORECASE)
_MOST_WORDS = 24  # that are added to a search
_MOST_READ = 20_000  # characters of an article in which names are looked for
_LEAD = 600  # characters with which an article says whom and what it is about


def conversation_of(history: Sequence[tuple[str, str]]) -> list[Exchange]:
    """Return the turns about the present subject, the oldest first, their questions in full.

    A question that stands by itself and shares nothing with what was said before begins a new one.
    """
    turns: list[Exchange] = []
    for question, answer in history[-MOST_TURNS:]:
        turn = exchange_of(question, answer)
        if turn is None:
            continue
        if turns and dependence(turn.question) is not Dependence.NONE:
            full = full_forms(turn.question, turns)[0]
            turns.append(Exchange(full, turn.short, turn.sentences))
        else:
            turns = [*turns, turn] if is_related(turn, turns) else [turn]
    return turns


def search_words(question: str, turns: Sequence[Exchange]) -> str:
    """Return a question with the words of the conversation that a search for it needs.

    Another topic is searched for in full, without what it takes the place of.
    """
    if topic_of(question):
        return full_forms(question, turns)[0][:LONGEST_QUESTION]
    last, opening = turns[-1], turns[0]
    said = query_terms(" ".join((last.question, last.short, opening.question, *last.sentences)))
    asked = set(query_terms(question))
    # "today" in an answer does not ask for the latest.
    added = [word for word in said if word not in asked and not asks_for_latest(word)]
    return " ".join([question, *added[:_MOST_WORDS]])[:LONGEST_QUESTION]


def full_forms(question: str, turns: Sequence[Exchange], article: str = "") -> list[str]:
    """Return what a follow-up may say in full, the likeliest first; at least one.

    Args:
        question: that leaves something to the conversation.
        turns: as ``conversation_of`` returns them, at least one.
        article: title and text of the article that was cited; empty where it is not known.
    """
    kind, body = dependence(question), body_of(question)
    body = body[:1].upper() + body[1:]
    forms: list[str] = []
    if topic := topic_of(question):
        forms = [_with_topic(topic, turns[-1].question)]
    elif (pronoun := pronoun_of(body, kind)) and not (
        kind is Dependence.THING and _EVENT.search(body)
    ):
        referents = _referents(kind, pronoun[0].lower(), turns, article)
        forms = [_substituted(body, pronoun, referent) for referent in referents]
    elif is_fragment(question) and (clause := _CLAUSE.search(turns[-1].question)):
        forms = [f"{body.rstrip(' ?')} {clause[1]}"]
    title = article.partition("\n")[0]
    event = bool(_EVENT.search(body))
    return list(dict.fromkeys([*forms, _with_subject(body, turns, title, event=event)]))


def _with_topic(topic: str, question: str) -> str:
    """Return the last question, asked of another topic: what is of its kind there gives way."""
    for kind in (years_of, days_of, names_of):
        old, new = kind(question), kind(topic)
        if old and new:
            whole = _PREPOSITION.sub("", topic) if kind is names_of else new[0]
            return question.replace(old[-1], whole).replace(" the the ", " the ")
    if topic.lower().startswith(("the ", "a ", "an ")):
        asked = _BRACKETS.sub("", question)
        for pattern in (_OBJECT, _NOUN_PHRASE):
            if old := pattern.findall(asked):
                return topic.join(asked.rsplit(old[-1], 1))
    return f"{question.rstrip(' ?')} ({topic})?"


def _substituted(body: str, pronoun: re.Match[str], referent: str) -> str:
    said, after = pronoun[0].lower(), body[pronoun.end() :]
    if said == "there":
        referent = f"in {referent}"
    elif said in _POSSESSIVE or (said == "her" and re.match(r"\s+[a-z]", after)):
        referent += "'" if referent.endswith("s") else "'s"
    if pronoun.start() == 0:
        referent = referent[:1].upper() + referent[1:]
    return body[: pronoun.start()] + referent + after


def _referents(
    kind: Dependence, pronoun: str, turns: Sequence[Exchange], article: str
) -> list[str]:
    """Return what a pronoun may stand for, the likeliest first."""
    known = " ".join([article[:_MOST_READ], *(turn.text for turn in turns)])
    if kind is Dependence.PERSON:
        said = [name for turn in reversed(turns) for name in _persons_said(turn, known)]
        quoted = " ".join(sentence for turn in reversed(turns) for sentence in turn.sentences)
        asked = [name for turn in reversed(turns) for name in names_of(turn.question)]
        others = [name for name in asked if not is_place(name, known)]
        return _distinct(
            said
            or [name for name in others if " " in name and not is_organisation(name)]
            or [name for name in names_of(f"{quoted}\n{article[:_LEAD]}") if is_person(name, known)]
            or others
        )
    things = [name for turn in reversed(turns) for name in _things_said(turn, kind, pronoun)]
    return _distinct([name for name in things if not is_person(name, known)])


def _persons_said(turn: Exchange, known: str) -> list[str]:
    """Return whom a turn may have spoken of: the answer, if it asked for a person, comes first."""
    answer = [turn.short] if is_name(turn.short) else []
    names = names_of(turn.question)
    if not _ASKS_PERSON.search(turn.question):
        answer = [name for name in answer if is_person(name, known)]
    return [*answer, *(name for name in names if is_person(name, known))]


def _things_said(turn: Exchange, kind: Dependence, pronoun: str) -> list[str]:
    """Return which things or places a turn has spoken of; the answer, if it is one, comes first."""
    answer = [turn.short] if is_name(turn.short) and _ASKS_WHICH.search(turn.question) else []
    names = names_of(turn.question)
    if kind is Dependence.PLACE:
        return [*([turn.short] if is_name(turn.short) else []), *names]
    phrases = noun_phrases(turn.question)
    alike = [one for one in phrases if bool(_PLURAL.search(one)) != (pronoun in _ONE)]
    return [*answer, *alike, *(name for name in names if not any(name in one for one in phrases))]


def _distinct(names: Sequence[str]) -> list[str]:
    """Return names without those that share a word with one before them."""
    kept: list[str] = []
    for name in names:
        parts = set(name.lower().split()) - {"the", "of"}
        if not any(parts & set(other.lower().split()) for other in kept):
            kept.append(name)
    return kept


def _with_subject(body: str, turns: Sequence[Exchange], title: str, *, event: bool) -> str:
    """Return a question with what the conversation is about in brackets behind it.

    Where it asks of an event, what the last question spoke of comes before the names in it.
    """
    last, opening = turns[-1], turns[0]
    subjects = [*(noun_phrases(last.question) if event else []), *names_of(last.question)]
    if is_name(last.short):
        subjects.append(last.short)
    subjects += noun_phrases(last.question) if not subjects else []
    subjects += names_of(opening.question)
    subjects = subjects or [title]
    missing: list[str] = []
    for one in filter(None, subjects):
        if one.lower() not in " ".join([body, *missing]).lower():
            missing.append(one)
    return f"{body.rstrip(' ?')} ({', '.join(missing)})?" if missing else body
