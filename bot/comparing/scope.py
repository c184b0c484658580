"""Whether two reports speak of the same: the same event, place, time and part of it.

Every rule here only ever says that they do not, so that a difference is shown where none of them
speaks. Each is a set of words that a reader of news can check.
"""

from __future__ import annotations

import re
from datetime import date

from bot.comparing.cues import cue
from bot.comparing.moments import Days, days_named
from bot.comparing.questions import Asked, asked_kind, asks_of_a_state, names_in
from bot.comparing.reports import Report
from bot.comparing.sides import speaker_of
from bot.comparing.tokens import folded
from corpus.dates import DAYS_AND_MONTHS
from index.terms import content_stems, stems, words

__all__ = ["answers_question", "has_names", "is_long_after", "same_scope", "same_subject"]

# Of each line, a sentence that has one word and a question that has another speak of two things.
_CONTRASTS = tuple(
    tuple(frozenset(stems(words)) for words in group.split("|"))
    for group in """
dead die dies died death deaths kill killed killing fatality drowned perished dying lives
|injured injuries injury hurt wounded wounds|missing unaccounted
|rescued saved freed survived survivor|evacuated evacuees displaced homeless
|arrested arrest detained detentions custody|charged convicted sentenced
|ill infected sick infections|hospitalised hospitalized;
profit profits earnings|loss losses|revenue revenues turnover sales|debt debts|dividend;
gross|net; confirmed|suspected|probable presumed feared; monthly|weekly|daily|annual yearly|hourly;
men male|women female|children child pupils boys girls|teachers; adult adults|concession reduced;
crew sailors|passengers|officers policemen|soldiers troops|civilians villagers residents
|firefighters firemen; import imports imported|export exports exported; freight goods|passenger;
ordered orders|delivered deliveries|built produced made|sold; single|return|season;
wholesale|retail;
capacity seats holds|attended attendance visitors came;
deputy vice acting interim|former previous ex;
north northern|south southern|east eastern|west western; first|second|third|fourth|final;
spring|summer|autumn|winter; highest maximum peak|average mean|lowest minimum;
parent group holding|subsidiary division branch unit plant;
national nationwide country countrywide|worldwide global globally world
|regional region province county state district|local locally town city municipal;
metropolitan greater agglomeration suburbs|city town;
begin begins began start starts started open opens opened
|end ends ended finish finished close closed;
planned budget budgeted estimated estimate forecast expected expects target cap
|final actual actually
""".split(";")
)
_MODAL = cue(
    """will, would, could, (?-i:may), might, should, is to, are to, was to, were to, plans?,
    planned, expects?, expected, forecasts?, targets?, budgeted, hopes?, aims?, proposed, intends?,
    predicts?,    predicted, feared, projected"""
)
_IN_TOTAL = cue("altogether, in all, in total, total, overall, combined, so far, toll")
_PART = cue(
    r"""(?:of|among) (?:them|whom|which|these|those), each, apiece, per (?!cent)\w+, on average,
    every (?:day|week|month|year|hour|night), a head, a person, half of,
    an? (?:day|week|month|year|hour|night)(?! (?:after|before|later|ago|earlier|since|and)),
    alone, includ(?:es|ed|ing),
    exclud(?:es|ed|ing), without, not counting, section, stretch, run-?off, quarter, half-year,
    (?:opening|first) (?:night|day|weekend), over the weekend,
    (?:first|second|third|fourth|last) (?:half|phase|stage|round|leg|day|week|month)"""
)
_YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?![\d,]|\.\d)")
_OF_PLACE = re.compile(
    r"\b(?:in|at|near|across|around|from|outside|off|of) (?:the )?"
    r"((?:[A-Z][\w’'-]+)(?: [A-Z][\w’'-]+)*)"
)
_COMMON = frozenset(
    "the airport international national university police ministry minister president court bank "
    "party council state county street river north south east west times news press".split()
)
_NAME = re.compile(r"[A-Z][\w’'-]*(?: [A-Z][\w’'-]*)+")
_CAPITAL = re.compile(r"\b[A-Z][^\W\d_]{2,}")
_INSIDE = re.compile(r"(?<=[a-z,;] )[A-Z][^\W\d_]{2,}")
_LONGEST_APART = 400  # days
_LONGEST_STORY = 120  # days
_LEAST_ASKED, _MOST_ASKED = 3, 0.6  # words of a question in an article that goes on with a story
_LEAST_SHARED = 2  # names in two articles of one event
_LEAST_THEMES = 6  # other words: more than two reports of different events have in common
_LONGEST_BEGINNING = 1_000
_CUT = re.compile(r"[,;:\"]|\band\b|\bbut\b")
_WEEK, _MONTH = 7, 31


def answers_question(report: Report) -> bool:
    """Return whether a report's sentence speaks of what the question names, as far as words show.

    It must not speak of another entity of a name ("Halm Group", asked of "Halm Steel"), another
    year, another of two contrasting things (injured, asked of the dead), a part where all is asked
    for, or a time long past ("in the avalanche of 1999").
    """
    question, sentence = report.question, folded(report.quote)
    return not (
        _contrast(question, sentence)
        or _other_entity(question, sentence)
        or _other_year(question, report)
        or (_IN_TOTAL.search(question) and not _IN_TOTAL.search(sentence))
        or _is_long_past(report)
    )


def _is_long_past(report: Report) -> bool:
    """Return whether a sentence gives a number of a year long before its article."""
    if asked_kind(report.question) is not Asked.QUANTITY or asks_of_a_state(report.question):
        return False
    said = list(days_named(folded(report.quote), report.day)) if report.day else []
    return any(report.day and is_long_after(report.day, last) for _, last in said)


def is_long_after(one: date, other: date) -> bool:
    """Return whether a day is so long after another that what happened is something else."""
    return (one - other).days > _LONGEST_APART


def has_names(report: Report) -> bool:
    """Return whether an article begins with half of a question's names and has a word of it beside.

    The names may also stand in the sentence that answers: elsewhere they are mentioned in passing.
    A question without names is no hindrance.
    """
    names, others = _asked_words(report.question)
    if not names:
        return True
    found = names & set(words(report.head.lower()))
    return found == names or (
        2 * len(found) >= len(names) and bool(others & set(stems(report.whole)))
    )


def same_subject(surest: Report, other: Report) -> bool:
    """Return whether a report is of the event that the surest report is of.

    Its article has the question's names; or both articles have two names in common, or one name and
    several other words, and are of a year or so if something happened that is asked for; or it goes
    on with a story whose place and names its readers know.
    """
    names, _ = _asked_words(surest.question)
    if surest is other or (names and has_names(other)):
        return True
    if not asks_of_a_state(surest.question) and _days_between(surest, other) > _LONGEST_APART:
        return False
    shared = _capitals(surest) & _capitals(other) & (_inner(surest) | _inner(other))
    if len(shared) >= _LEAST_SHARED:
        return True
    if bool(shared) and len(_themes(surest) & _themes(other)) >= _LEAST_THEMES:
        return True
    return _goes_on(surest, other)


def _goes_on(surest: Report, other: Report) -> bool:
    """Return whether an article without names has most of a question's words, soon after another.

    Its headline, its first sentence and what answers must have no name that is not in the surest
    report's article.
    """
    _, asked = _asked_words(surest.question)
    had = asked & set(stems(other.whole))
    if len(had) < _LEAST_ASKED or len(had) < _MOST_ASKED * len(asked) or not has_names(surest):
        return False
    if not surest.day or not other.day or _days_between(surest, other) > _LONGEST_STORY:
        return False
    said = speaker_of(other.quote)[0].lstrip(" ,")
    named = set(_INSIDE.findall(f"{other.article.title}\n{other.first_sentence}\n{said}"))
    return not named - set(words(surest.whole))


def _days_between(one: Report, other: Report) -> int:
    return abs((one.day - other.day).days) if one.day and other.day else 0


def _themes(report: Report) -> set[str]:
    """Return the stems of what an article begins with, but for the words that all texts have."""
    return set(content_stems(report.whole[:_LONGEST_BEGINNING]))


def _asked_words(question: str) -> tuple[set[str], set[str]]:
    """Return a question's names, and the stems of its other words that say what it is about."""
    names = {name for name in names_in(question) if not _is_date(name)}
    return names, set(content_stems(question)) - set(stems(" ".join(names)))


def _is_date(name: str) -> bool:
    return name.isdigit() or name in DAYS_AND_MONTHS


def _capitals(report: Report) -> set[str]:
    return {
        word
        for word in _CAPITAL.findall(report.whole[:_LONGEST_BEGINNING])
        if word.lower() not in DAYS_AND_MONTHS | _COMMON
    }


def _inner(report: Report) -> set[str]:
    """Return the words that have a capital within a sentence: names."""
    return set(_INSIDE.findall(report.whole[:_LONGEST_BEGINNING]))


def same_scope(one: Report, other: Report, *, growing: bool = False) -> bool:
    """Return whether two sentences speak of the same part, time and place, and alike of facts.

    Args:
        one: a report.
        other: another one of the same question.
        growing: whether what they count may have grown from one day to the next.
    """
    first, second = folded(one.quote), folded(other.quote)
    if _contrast(first, second, frozenset(stems(one.question))):
        return False
    first, second = _clause(one), _clause(other)
    if any(bool(part.search(first)) != bool(part.search(second)) for part in (_MODAL, _PART)):
        return False
    if not _times_meet(one, other, growing=growing):
        return False
    return _places_meet(one, other) and _places_meet(other, one)


def _contrast(one: str, other: str, beside: frozenset[str] = frozenset()) -> bool:
    """Return whether one text has a word of a group and the other only a word that contrasts.

    Args:
        one: a text, the question or a sentence.
        other: a sentence.
        beside: stems of the question, which both sentences are about.
    """
    mine, others = set(stems(one)), set(stems(other))
    for group in _CONTRASTS:
        asked = {n for n, same in enumerate(group) if same & beside}
        had = {n for n, same in enumerate(group) if same & mine} - asked
        found = {n for n, same in enumerate(group) if same & others} - asked
        if had and found and not had & found and not asked:
            return True
    return False


def _other_entity(question: str, sentence: str) -> bool:
    """Return whether a sentence has a name that begins like one of the question's, and goes on."""
    asked = [name.split() for name in _NAME.findall(folded(question)[1:])]
    said = [name.split() for name in _NAME.findall(sentence)]
    return any(
        name[0] == other[0] and name[1] != other[1] and name[1] not in sentence
        for name in asked
        for other in said
    )


def _other_year(question: str, report: Report) -> bool:
    """Return whether a question names a year, and the sentence or its article another."""
    asked = set(_YEAR.findall(question))
    if not asked or asked_kind(question) is Asked.MOMENT:
        return False
    sentence = folded(report.quote)
    said = {str(first.year) for first, _ in days_named(sentence, report.day)}
    said |= set(_YEAR.findall(sentence))
    if said:
        return not asked & said
    return report.day is not None and str(report.day.year) not in asked


def _times_meet(one: Report, other: Report, *, growing: bool) -> bool:
    """Return whether the days, months or years that two sentences name can be the same.

    What grows may be reported of two days; and a month that is named may be that of its beginning.
    """
    if asked_kind(one.question) is Asked.MOMENT:
        return True
    first, second = (
        [days for days in days_named(_without_answer(report), report.day)]
        for report in (one, other)
    )
    if growing:
        first, second = ([d for d in days if _length(d) > _WEEK] for days in (first, second))
    if first and second:
        return any(a[0] <= b[1] and b[0] <= a[1] for a in first for b in second)
    # A year or a month in one sentence alone may be a part of what the other counts.
    long = _MONTH if growing else _WEEK
    named = [days for days in first + second if _length(days) > long]
    return all(str(start.year) in one.question for start, _ in named)


def _clause(report: Report) -> str:
    """Return the part of a sentence around the answer, between commas and the like."""
    before, answer, after = (folded(part) for part in report.parts)
    return f"{_CUT.split(before)[-1]} {answer} {_CUT.split(after)[0]}"


def _length(days: Days) -> int:
    return (days[1] - days[0]).days + 1


def _without_answer(report: Report) -> str:
    before, _, after = report.parts
    if asked_kind(report.question) is Asked.YES_NO:
        return folded(report.quote)
    return folded(f"{before} {after}")


def _places_meet(one: Report, other: Report) -> bool:
    """Return whether an article has the places that a sentence of another one names."""
    asked = names_in(one.question) | set(words(one.text.lower()))
    known = set(words(other.whole.lower()))
    for place in _OF_PLACE.findall(_clause(one)):
        named = set(words(place.lower())) - asked - DAYS_AND_MONTHS
        if named and not named & known:
            return False
    return True
