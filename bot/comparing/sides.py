"""Who says what in a sentence, and what it says to "did it?" and "what caused it?"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.comparing.cues import ATTRIBUTED, CAUSED, CAUSES, HEDGED
from bot.comparing.moments import days_named
from bot.comparing.questions import names_in
from bot.comparing.reports import Report
from bot.comparing.tokens import folded
from index.terms import content_stems, query_terms, stems, words

__all__ = ["Cause", "Stance", "affirms", "cause_of", "causes_agree", "denial_of", "speaker_of"]

_SEGMENTS = re.compile(r'[;:"]|,(?!\d)|\bbut\b|\bbecause\b|\band\b')
_QUOTED = re.compile(r'(?:[;:"]|,(?!\d))+')
_OFFICES = frozenset(
    stems(
        "spokesman spokeswoman spokesperson chairman chairwoman chair director president chief "
        "head leader secretary minister lawyer manager commander representative monday tuesday "
        "wednesday thursday friday saturday sunday reporters newspaper station he she it they i we"
    )
)
_REASON = re.compile(r"\b(?:because|due to|owing to|as a result of)\b", re.IGNORECASE)
_PRONOUN = re.compile(
    r"\b(?:I|me|my|we|us|our|ours|he|him|his|she|her|it|its|they|them|their)\b", re.IGNORECASE
)
_US = re.compile(r"\b(?:us|me)\b", re.IGNORECASE)
_NEGATION = re.compile(
    r"\b(?:(?P<none>nobody|no one|none)|(?P<no>no)|not|never|cannot)\b|n't\b", re.IGNORECASE
)
_NOT_TO = re.compile(r"\bnot to\b|\bnot (?=only\b)")
_ANYBODY = re.compile(r"\b(?:nobody|no one|none|anyone|anybody)\b", re.IGNORECASE)
_LIMITED = re.compile(
    r"\b(?:only|yet|still|again|any ?more|longer|this time|night|second|alone|all|every|always|"
    r"so far|else|\w+ly)\b",
    re.IGNORECASE,
)
_BETWEEN = frozenset("been be have had ever a an any".split())
_WITHIN = frozenset("the a an of in from this our any to for with by at on".split())
_SUBORDINATE = re.compile(r"\b(?:before|after|when|while|during|because)\b", re.IGNORECASE)
_IRREGULAR = {
    form: base
    for base, *forms in (
        line.split()
        for line in (
            "know knew known|bite bit bitten|strike struck|take took taken|give gave given|"
            "steal stole stolen|shoot shot|break broke broken|pay paid|tell told|find found|"
            "see saw seen|meet met|sell sold|buy bought|hold held|leave left|get got|lose lost|"
            "win won|send sent|spend spent|fight fought|hide hid hidden|throw threw thrown|"
            "drive drove driven|write wrote written|speak spoke spoken|run ran|fall fell fallen|"
            "keep kept|hear heard|fly flew flown|lead led|build built|burn burnt"
        ).split("|")
    )
    for form in forms
}


@dataclass(frozen=True)
class Stance:
    """What a sentence says to a question that asks for yes or no: one of these words."""

    text: str


@dataclass(frozen=True)
class Cause:
    """What a sentence gives as the cause or the reason.

    Attributes:
        kinds: of causes that exclude each other; empty where none is known.
        said: stems of what it says, but for the question's.
        speaker: stems of who says it.
        text: the characters, white space made single.
    """

    kinds: frozenset[int]
    said: frozenset[str]
    speaker: frozenset[str]
    text: str


def speaker_of(sentence: str) -> tuple[str, frozenset[str]]:
    """Return what is said in a sentence, and the stems of who says it without office and day.

    Where it is said that somebody says it, but not by which name, these are none: "she said".
    """
    text = folded(sentence)
    segments = _QUOTED.split(text)
    found = [
        (len(segment), place, match)
        for place, segment in enumerate(segments)
        if (match := ATTRIBUTED.search(segment)) is not None
    ]
    if not found:
        return text, frozenset()
    _, place, match = min(found, key=lambda one: one[:2])
    before, after = segments[place][: match.start()], segments[place][match.end() :]
    others = segments[:place] + segments[place + 1 :]
    if not any(map(str.strip, others)):
        speaker, others = before, [*others, after]
    elif before.strip() or after.strip(" ."):
        speaker = f"{before} {after}"
    else:
        speaker, others = " ".join(segments[1:place]), segments[:1]
    return " , ".join(others), frozenset(content_stems(speaker)) - _OFFICES


def cause_of(report: Report) -> Cause | None:
    """Return the cause that a report's sentence gives; None where it gives none in plain words."""
    said, speaker = speaker_of(report.quote)
    if CAUSED.search(said) is None:
        return None
    said = _REASON.split(said)[-1]
    found = frozenset(content_stems(said)) - frozenset(stems(report.question))
    kinds = frozenset(number for number, kind in enumerate(CAUSES) if kind & found)
    return Cause(kinds, found, speaker, " ".join(report.text.split()))


def causes_agree(one: Cause, other: Cause) -> bool | None:
    """Return whether two causes can both be right; None where that cannot be said.

    They cannot where they are of kinds that exclude each other, and where one puts it down to those
    who name the other, and they have less than half of their words in common.
    """
    if one.kinds and other.kinds:
        return bool(one.kinds & other.kinds)
    shared = one.said & other.said
    if 2 * len(shared) >= min(len(one.said), len(other.said)):
        return True
    return False if one.said & other.speaker or other.said & one.speaker else None


def denial_of(report: Report) -> frozenset[str] | None:
    """Return the question's stems that a report's sentence denies at once; None if it does not."""
    said, _ = speaker_of(report.quote)
    asked = _asked(report.question)
    for clause in _SEGMENTS.split(said):
        found = _NEGATION.findall(clause)
        match = _NEGATION.search(clause)
        if match is None or len(found) > 1 or _LIMITED.search(clause):
            continue
        if HEDGED.search(clause) or any(days_named(clause, report.day)):
            continue
        denied = _denied(clause, match, asked)
        if _US.search(clause) and not asked <= set(_lemmas(report.whole)):
            continue  # "us" are those whom the question names only if the article speaks of them
        if denied and (_ANYBODY.search(clause) or match["no"] or _is_of(clause, asked)):
            return denied
    return None


def affirms(report: Report, denied: frozenset[str]) -> bool:
    """Return whether a report's sentence says that what is denied is so."""
    said, _ = speaker_of(report.quote)
    if _NEGATION.search(_NOT_TO.sub(" ", said)) or HEDGED.search(said):
        return False
    asked, had = _asked(report.question), set(_lemmas(said))
    return denied <= had and (len(denied) > 1 or asked <= had or _is_of(said, asked))


def _denied(clause: str, match: re.Match[str], asked: frozenset[str]) -> frozenset[str]:
    after = words(clause[match.end() :])
    if match["no"]:
        lemmas = _lemmas(" ".join(after))
        end = next((n for n, lemma in enumerate(lemmas) if lemma not in asked), len(lemmas))
        return frozenset(lemmas[:end])
    if match["none"]:
        pairs = zip(["", *after], after, strict=False)
        free = [word for before, word in pairs if before.lower() not in _WITHIN]
    else:
        free = [word for word in after if word.lower() not in _BETWEEN][:1]
    return frozenset([lemma for lemma in _lemmas(" ".join(free)) if lemma in asked][:1])


def _is_of(said: str, asked: frozenset[str]) -> bool:
    """Return whether half of what a question asks is said, and a pronoun may be the others."""
    had = asked & set(_lemmas(said))
    missing = 2 * len(had) - len(asked)
    return had == asked or missing > 0 or (not missing and bool(_PRONOUN.search(said)))


@lru_cache(maxsize=64)
def _asked(question: str) -> frozenset[str]:
    """Return the stems of a question's words but for names, before a "when" or the like."""
    main = _SUBORDINATE.split(question)[0]
    names = names_in(question)
    return frozenset(_lemmas(" ".join(w for w in query_terms(main) if w not in names)))


def _lemmas(text: str) -> list[str]:
    return stems(" ".join(_IRREGULAR.get(word, word) for word in words(text.lower())))
