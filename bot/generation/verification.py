"""Whether a statement of a model says no more than the sentences that it cites.

A statement may shorten its source, join sources, move a date or an attribution, and write a number
or a date in another form. So each part of it has to be borne by one cited sentence: every name,
number, date and other word stands there, in the same order; a negation, a hedge or a limit of the
source is kept; and what the source attributes stays attributed to the same speaker.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from bot.answering.quote import Quote
from bot.comparing.tokens import Kind, Token, folded, tokenize
from bot.generation.quote_location import find_folded

__all__ = ["Fault", "Verdict", "verify"]

_MOST_STEPS = 20_000
_JOINTS = frozenset("and but while whereas although though".split())
_PUBLISHING = frozenset("article articles report reports newspaper paper news agency story".split())
_CONDITIONS = frozenset(["if", "unless"])
_CONTINUING = frozenset("that whether to or nor who which if".split())
_INNER = re.compile(r"\"([^\"]*)\"|(?<!\w)'((?:[^']|(?<=\w)'(?=\w))+)'(?!\w)")
_PLAIN = re.compile(r"[\w\s.,;:'\"()\-–—…%$€£¥]")
_LONGEST = 600


class Fault(StrEnum):
    """Why a statement is left out, in words that are shown."""

    NO_SOURCE = "no sentence of the articles is cited for it"
    QUOTATION = "it quotes what its source does not say in these words"
    NUMBER = "its source does not have one of its numbers"
    DATE = "its source does not have one of its dates"
    NAME = "its source does not have one of its names"
    WORDS = "its source does not have some of its words"
    ATTRIBUTION = "its source leaves it to somebody who says so, or to somebody else"
    QUALIFICATION = "its source denies, doubts or limits it"
    ORDER = "its source puts it otherwise"
    EMPTY = "it says nothing"
    UNSURE = "the reader does not find that it answers the question"


@dataclass(frozen=True)
class Verdict:
    """What came of a statement.

    Attributes:
        fault: why it is left out; None where it holds.
        bearing: the cited sentences that bear it, in the order of its parts.
    """

    fault: Fault | None
    bearing: tuple[Quote, ...] = ()


@dataclass(frozen=True)
class _Attribution:
    cue: Token
    speaker: tuple[Token, ...]
    is_whole: bool  # all of the sentence is attributed, not only what follows

    def agrees(self, other: _Attribution) -> bool:
        """Return whether this one, of a statement, is that of its source."""
        if self.cue.value != other.cue.value or not _follows(self.speaker, other.speaker):
            return False
        kept = [one for one in other.speaker if one.kind in (Kind.OPERATOR, Kind.QUALIFIER)]
        names = [one for one in other.speaker if one.kind is Kind.NAME]
        core = names or list(other.speaker)
        return all(any(own.agrees(one) for own in self.speaker) for one in kept) and (
            not core or any(own.agrees(one) for own in self.speaker for one in core)
        )


def _follows(claimed: Sequence[Token], given: Sequence[Token]) -> bool:
    """Return whether all tokens of a claim stand in a source, in their order."""
    left = iter(given)
    return all(any(one.agrees(other) for other in left) for one in claimed)


class _Sentence:
    """A sentence taken apart into attributions and the rest."""

    def __init__(self, text: str) -> None:
        self.text = folded(text)
        self.tokens = tokenize(self.text)

    @cached_property
    def attributions(self) -> list[_Attribution]:
        return [
            self._attribution(place)
            for place, token in enumerate(self.tokens)
            if token.kind is Kind.CUE
        ]

    @cached_property
    def rest(self) -> list[Token]:
        """The tokens that are no part of an attribution."""
        taken = {id(one.cue) for one in self.attributions}
        taken |= {id(token) for one in self.attributions for token in one.speaker}
        return [token for token in self.tokens if id(token) not in taken]

    @cached_property
    def is_speech(self) -> bool:
        """Whether it is, or goes on in, what somebody says word for word."""
        return self.text.count('"') % 2 == 1 or self.text.startswith('"')

    def _attribution(self, place: int) -> _Attribution:
        cue = self.tokens[place]
        segment = [token for token in self.tokens if token.segment == cue.segment]
        at = segment.index(cue)
        before, after = segment[:at], segment[at + 1 :]
        while cues := [n for n, token in enumerate(before) if token.kind is Kind.CUE]:
            before = before[cues[-1] + 1 :]
        after = after[: next((n for n, t in enumerate(after) if t.kind is Kind.CUE), None)]
        if cue.word == "according":
            return _Attribution(cue, tuple(after), True)
        if before:
            return _Attribution(cue, tuple(before), not after)
        if cue.opens in _JOINTS:  # "Roe left and said": the speaker is that of the part before
            return _Attribution(cue, (), False)
        earlier = [token for token in self.tokens if token.segment < cue.segment]
        apposed = [token for token in earlier if token.segment == cue.segment - 1]
        named = [token for token in earlier if token.segment == cue.segment - 2]
        if apposed and named and len(earlier) == len(apposed) + len(named) <= 8:
            return _Attribution(cue, (*named, *apposed), not after)  # "Ann Roe, the mayor, said"
        return _Attribution(cue, tuple(after), True)


def verify(statement: str, quotes: Sequence[Quote]) -> Verdict:
    """Check a statement against the sentences that it cites.

    Args:
        statement: one sentence, without markers.
        quotes: whole sentences of articles.
    """
    sources = list(dict.fromkeys(quotes))
    if not sources:
        return Verdict(Fault.NO_SOURCE)
    claim = _Sentence(statement)
    if not claim.tokens:
        return Verdict(Fault.EMPTY)
    taken = [_Sentence(source.text) for source in sources]
    signs = {sign for sign in claim.text if not _PLAIN.match(sign)}
    if len(statement) > _LONGEST or signs - {sign for one in taken for sign in one.text}:
        return Verdict(Fault.WORDS)
    if not all(_is_quoted(words, sources) for words in _inner_quotations(claim.text)):
        return Verdict(Fault.QUOTATION)
    bearing = _borne(claim, taken, sources)
    if bearing is None:
        return Verdict(_fault(claim, taken))
    return Verdict(None, tuple(dict.fromkeys(sources[number] for number in bearing)))


def _inner_quotations(text: str) -> Iterator[str]:
    for match in _INNER.finditer(text):
        yield next(group for group in match.groups() if group is not None)


def _is_quoted(words: str, sources: Sequence[Quote]) -> bool:
    """Return whether words stand in a source between its quotation marks."""
    wanted = words.strip(" ,.;:")
    for source in sources:
        found = find_folded(wanted, source.text)
        if found is not None:
            before, after = folded(source.text[: found[0]]), folded(source.text[found[1] :])
            if before.count('"') % 2 == 1 or (before + after).count('"') == 1 and '"' in after:
                return True
            if re.search(r"(?<!\w)'[^']*$", before) and "'" in after:
                return True
    return False


def _borne(
    claim: _Sentence, taken: Sequence[_Sentence], sources: Sequence[Quote]
) -> list[int] | None:
    """Return the numbers of the sources that bear a claim, part by part; None if none do.

    A sentence bears its own words. Others are borne in one part, or in two that a conjunction
    joins.
    """
    attributions = [
        one
        for one in claim.attributions
        if not any(one.agrees(other) for source in taken for other in source.attributions)
    ]
    if not all(_names_publisher(one, sources) for one in attributions):
        return None
    for number, source in enumerate(taken):
        if len(source.tokens) == len(claim.tokens) and _follows(claim.tokens, source.tokens):
            return [number]
    rest = claim.rest
    if not rest:
        return None
    for number, source in enumerate(taken):
        if _bears(source, rest, claim, is_first=True):
            return [number]
    return next(_joined(claim, taken), None)


def _joined(claim: _Sentence, taken: Sequence[_Sentence]) -> Iterator[list[int]]:
    """Yield the pairs of sources that bear the two parts of a claim."""
    rest = claim.rest
    for joint in range(1, len(rest)):
        if rest[joint].segment == rest[joint - 1].segment or rest[joint].opens not in _JOINTS:
            continue
        for first, source in enumerate(taken):
            if not _bears(source, rest[:joint], claim, is_first=True):
                continue
            for second, other in enumerate(taken):
                if second != first and _bears(other, rest[joint:], claim, is_first=False):
                    yield [first, second]


def _names_publisher(one: _Attribution, sources: Sequence[Quote]) -> bool:
    """Return whether "according to the Gazette of 3 May" names who published a source, and when."""
    if one.cue.value != ("cue", "say"):
        return False
    for source in sources:
        article = source.article
        known = tokenize(folded(f"by {article.source or ''}, {(article.published or '')[:10]}"))
        if one.speaker and all(
            token.word in _PUBLISHING or any(token.agrees(other) for other in known)
            for token in one.speaker
        ):
            return True
    return False


def _bears(source: _Sentence, claimed: Sequence[Token], claim: _Sentence, is_first: bool) -> bool:
    """Return whether one sentence bears tokens of a claim that follow each other."""
    for places in _alignments(source.rest, claimed):
        if not is_first and not _has_subject(source.rest, places):
            continue
        if _is_qualified(source, places) and _is_attributed(source, places, claim):
            return True
    return False


def _alignments(given: Sequence[Token], claimed: Sequence[Token]) -> Iterator[list[int]]:
    """Yield the ways to find tokens of a claim in those of a source: places, ascending.

    A date may stand elsewhere if it is the only one, and belongs to the same part.
    """
    steps = 0

    def follow(number: int, last: int) -> Iterator[list[int]]:
        nonlocal steps
        if number == len(claimed):
            yield []
            return
        for place in range(last + 1, len(given)):
            steps += 1
            if steps > _MOST_STEPS:
                return
            if claimed[number].agrees(given[place]) and _may_skip(given, last, place):
                for others in follow(number + 1, place):
                    yield [place, *others]

    yield from follow(0, -1)
    dates = [place for place, token in enumerate(given) if token.kind is Kind.DATE]
    moved = [number for number, token in enumerate(claimed) if token.kind is Kind.DATE]
    if len(dates) == len(moved) == 1 and len(claimed) > 1:
        [date], [number] = dates, moved
        if claimed[number].agrees(given[date]):
            others = [token for place, token in enumerate(given) if place != date]
            rest = [token for place, token in enumerate(claimed) if place != number]
            alone = all(token.segment != given[date].segment for token in others)
            for places in _alignments(others, rest):
                inside = {others[place].segment for place in places}
                if alone or inside == {given[date].segment}:
                    yield sorted([date, *(place + (place >= date) for place in places)])


def _may_skip(given: Sequence[Token], last: int, place: int) -> bool:
    """Return whether a claim may leave out what stands between two tokens of its source.

    Another subject must not be lost: "Roe spoke and Dahl fell" is not "Roe fell".
    """
    if last < 0:
        return True
    skipped = given[last + 1 : place]
    here, there = given[last].segment, given[place].segment
    if here != there:
        return not any(token.segment == there for token in skipped if token.kind is not Kind.DATE)
    for number, token in enumerate(skipped, start=last + 1):
        if token.kind not in (Kind.NAME, Kind.NUMBER) or token.is_prepositional:
            continue
        neighbours = (given[number - 1], given[number + 1])
        inside = any(
            one.kind is token.kind and (one is given[last] or one is given[place])
            for one in neighbours
        )
        led = any(one.is_prepositional for one in given[last + 1 : number + 1])
        if not inside and not led:
            return False
    return True


def _has_subject(given: Sequence[Token], places: Sequence[int]) -> bool:
    """Return whether a claim begins where its source begins, dates apart."""
    return all(token.kind is Kind.DATE for token in given[: places[0]])


def _is_qualified(source: _Sentence, places: Sequence[int]) -> bool:
    """Return whether every negation, hedge and limit of what is claimed is claimed with it."""
    used = set(places)
    governed = _governing(source, {source.rest[place].segment for place in places})
    for place, token in enumerate(source.rest):
        if place in used:
            continue
        if token.kind is Kind.OPERATOR:
            if token.segment in governed or token.word in _CONDITIONS:
                return False
        elif token.kind is Kind.QUALIFIER and place + 1 in used:
            return False
    return True


def _governing(source: _Sentence, touched: set[int]) -> set[int]:
    """Return the segments whose negations and hedges reach the touched ones, these included."""
    governing = set(touched)
    negative = {token.segment for token in source.rest if token.kind is Kind.OPERATOR}
    for token in source.rest:
        if token.segment not in touched:
            continue
        earlier = [one for one in source.rest if one.segment < token.segment]
        if token.opens in _CONTINUING:  # "denied, she said, that it was"
            governing |= {one.segment for one in earlier}
        elif token.opens == "and" and earlier and token.segment not in negative:
            # "no trains and buses": what turns the first part turns the second.
            if "," not in source.text[earlier[-1].end : token.start]:
                governing.add(earlier[-1].segment)
    return governing


def _is_attributed(source: _Sentence, places: Sequence[int], claim: _Sentence) -> bool:
    """Return whether what the source attributes is attributed in the claim, to the same."""
    if source.is_speech and not source.attributions:
        return '"' in claim.text
    first_claimed = [source.rest[place].start for place in places]
    for one in source.attributions:
        covered = one.is_whole or any(start > one.cue.start for start in first_claimed)
        if covered and not any(own.agrees(one) for own in claim.attributions):
            return False
    return True


def _fault(claim: _Sentence, taken: Sequence[_Sentence]) -> Fault:
    """Return the first thing that is wrong with a statement that nothing bears."""
    given = [token for source in taken for token in source.tokens]
    missing = {
        token.kind
        for token in claim.tokens
        if token.kind is not Kind.CUE and not any(token.agrees(other) for other in given)
    }
    for kind, fault in (
        (Kind.NUMBER, Fault.NUMBER),
        (Kind.DATE, Fault.DATE),
        (Kind.NAME, Fault.NAME),
        (Kind.OPERATOR, Fault.QUALIFICATION),
        (Kind.QUALIFIER, Fault.QUALIFICATION),
        (Kind.WORD, Fault.WORDS),
    ):
        if kind in missing:
            return fault
    own = [one.cue.value for one in claim.attributions]
    if any(one.cue.value not in own for source in taken for one in source.attributions):
        return Fault.ATTRIBUTION
    if not all(
        any(one.agrees(other) for source in taken for other in source.attributions)
        for one in claim.attributions
    ):
        return Fault.ATTRIBUTION
    kinds = {Kind.OPERATOR, Kind.QUALIFIER}
    limits = [token for token in given if token.kind in kinds]
    if any(not any(own.agrees(one) for own in claim.tokens) for one in limits):
        return Fault.QUALIFICATION
    return Fault.ORDER
