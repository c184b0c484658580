"""The tokens of a sentence that carry what it claims: names, numbers, dates, negations, cues.

Two sentences are compared by them, so a number or a date has one value in whatever form it is
written: "3 million" and "3,000,000", "Dec. 31, 2019" and "31 December 2019".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto

from corpus.dates import MONTHS, WEEKDAYS
from index.terms import stems

__all__ = ["KEYBOARD", "Kind", "Token", "folded", "tokenize"]


class Kind(Enum):
    """What a token is."""

    WORD = auto()
    NAME = auto()
    NUMBER = auto()
    DATE = auto()
    OPERATOR = auto()
    """It turns or weakens what is said: a negation, a hedge, a condition, a limit."""
    QUALIFIER = auto()
    """It limits the word after it: "almost", "former", "at least", "without"."""
    CUE = auto()
    """It attributes what is said: "said", "according to", "denied"."""


@dataclass(frozen=True)
class Token:
    """A word, number or date that carries meaning; articles and most prepositions do not.

    Attributes:
        kind: what it is.
        value: in one form for all ways to write it.
        start: its first character in the text.
        end: one past its last.
        segment: number of the part of the sentence, between commas, brackets and conjunctions.
        opens: the word that the segment begins with, in lower case.
        before: the word directly before it, in lower case; empty where punctuation is.
        word: its characters, case-folded.
    """

    kind: Kind
    value: tuple[object, ...]
    start: int
    end: int
    segment: int
    opens: str
    before: str
    word: str

    @property
    def is_prepositional(self) -> bool:
        """Whether a preposition is directly before it."""
        return self.before in _PREPOSITIONS

    def agrees(self, other: Token) -> bool:
        """Return whether this token, of a statement, is borne by one of a source."""
        if self.kind is Kind.DATE and other.kind is Kind.DATE:
            return _date_within(self.value, other.value)
        if {self.kind, other.kind} == {Kind.DATE, Kind.NUMBER}:
            return _year(self) is not None and _year(self) == _year(other)
        if self.value == other.value:
            return self.kind is not Kind.NUMBER or _same_direction(self, other)
        exact = {Kind.NUMBER, Kind.DATE, Kind.CUE}
        return exact.isdisjoint((self.kind, other.kind)) and self.word == other.word


_PREPOSITIONS = frozenset("of in at from for to with by on into near".split())
_DIRECTIONS = frozenset("by from to".split())

# Without them a sentence says the same, as far as its other words go.
_EMPTY = frozenset(
    "a an the of in on at to for with by from as into onto and but which who whom whose when where "
    "is are was were be been being am 's has have having had do does did this these those there "
    "also both while whereas although though meanwhile then so that than such"
    " respectively".split()
)
_SPLITTING = frozenset("and but while whereas although though because or nor".split())
_OPERATORS = frozenset(
    "not no never none nobody nothing nowhere neither nor or hardly barely scarcely rarely seldom "
    "unable unlikely impossible false falsely fake hoax untrue incorrect wrong unconfirmed may "
    "might could would should must can will shall perhaps maybe probably likely possibly possible "
    "potentially apparently allegedly reportedly supposedly if unless whether until try tried "
    "trying seek seeks sought want wants wanted".split()
)
_QUALIFIERS = frozenset(
    "without except despite instead yet almost nearly only former formerly ex acting deputy vice "
    "partly next least most all every some many few several again still longer before after since "
    "during against under over about around roughly approximately more less fewer up mostly mainly "
    "half between within outside above below past".split()
)
_OPERATOR_STEMS = re.compile(
    r"(?:lack|fail|refus|reject|dismiss|disput|doubt|contradict|refut|rebuff|cancel|scrapp?|"
    r"abandon|postpon|avoid|prevent|acquit|clear|exonerat|overturn|revers|alleg|suspect|accus|"
    r"charg|fear|hop|expect|plan|propos|intend|aim|attempt|threaten|promis|vow|pledg|urg|"
    r"forecast|appear|seem|rumou?r|stop|halt|delay|unsuccess|consider|offer|agree)"
    r"(?:ed|es|s|ing|al|als|ation|ations|ied|ies|d|e|ion|ful|fully|ped|ping|able|ably|ted|ting)?"
)
_CUES = {
    **dict.fromkeys(
        "say says said saying tell tells told telling add adds added state states stated report "
        "reports reported reporting according".split(),
        "say",
    ),
    **{
        word: stem
        for stem in (
            "announc confirm explain not insist argu admit acknowledg reveal disclos warn claim "
            "complain testifi suggest predict estimat repli answer ask tweet post declar "
            "maintain assert describ believ"
        ).split()
        for word in (f"{stem}s", f"{stem}ed", f"{stem}es", f"{stem}d", f"{stem}e", stem)
        if word != "not"
    },
    **dict.fromkeys("denies denied deny denying".split(), "deny"),
    **dict.fromkeys("writes wrote".split(), "write"),
    **dict.fromkeys("thinks thought think".split(), "think"),
}
_MONTHS = {
    name: number
    for number, month in enumerate(MONTHS, start=1)
    for name in (month, month[:3], *(["sept"] if month == "september" else []))
}
_DAYS = frozenset((*WEEKDAYS, *"yesterday today tomorrow tonight".split()))
_UNITS = dict(
    zip("one two three four five six seven eight nine".split(), range(1, 10), strict=True)
)
_TEENS = dict(
    zip(
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(),
        range(10, 20),
        strict=True,
    )
)
_TENS = dict(
    zip(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(),
        range(20, 100, 10),
        strict=True,
    )
)
_SMALL = {**_UNITS, **_TEENS, **_TENS}
_SCALES = {
    "dozen": 12, "hundred": 100, "thousand": 10**3, "k": 10**3, "million": 10**6, "m": 10**6,
    "mn": 10**6, "billion": 10**9, "bn": 10**9, "b": 10**9, "trillion": 10**12, "tn": 10**12,
}  # fmt: skip
_ORDINALS = dict(
    zip(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(),
        range(1, 13),
        strict=True,
    )
)
_NOT = ("stem", "not")
_CURRENCIES = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen", "%": "percent"}

_MONTH = "|".join(sorted((name.capitalize() for name in _MONTHS), key=len, reverse=True))
_SMALL_WORD = "|".join(sorted(_SMALL, key=len, reverse=True))
_SCALE_WORD = "hundred|thousand|million|billion|trillion|dozen"
_TOKEN = re.compile(
    rf"""
      (?P<iso>\b\d{{4}}-\d\d-\d\d\b)
    | (?P<dmy>\b(\d{{1,2}})(?:st|nd|rd|th)?(?:\ of)?\ (?P<m1>{_MONTH})\b\.?(?:,?\ (\d{{4}})\b)?)
    | (?P<mdy>\b(?P<m2>{_MONTH})\b\.?\ (\d{{1,2}})(?:st|nd|rd|th)?(?![\d:.,]*\d)
        (?:,?\ (\d{{4}})\b)?)
    | (?P<my>\b(?P<m3>{_MONTH})\b\.?,?\ (\d{{4}})\b)
    | (?P<month>\b(?P<m4>{_MONTH})\b\.?(?!\ [A-Z]))
    | (?P<decade>\b\d{{3}}0s\b)
    | (?P<ordinal>\b\d+(?:st|nd|rd|th)\b)
    | (?P<digits>(?P<currency>(?:\b[A-Z]{{1,2}})?[$€£¥]\s?)?
        (?P<sign>(?<![\w)])-)?(?<![\d.,])
        (?P<figure>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)
        (?:[\s-]?(?P<scale>{_SCALE_WORD})\b|\s?(?P<short>bn|mn|tn|[kmb])\b)?)
    | (?P<spelled>(?i:\b(?:
        (?:(?P<hundreds>{_SMALL_WORD})[\s-])?hundred
            (?:\s(?:and\s)?(?P<over>(?:{_SMALL_WORD})(?:-(?:{_SMALL_WORD}))?))?
        |(?P<small>(?:{_SMALL_WORD})(?:[\s-](?:{"|".join(_UNITS)}))?)
        )(?:[\s-](?P<times>{_SCALE_WORD}))?\b|\b(?P<alone>{_SCALE_WORD})\b))
    | (?P<mark>[$€£¥%]|\bper\ cent\b)
    | (?P<acronym>\b(?:[A-Za-z]\.){{2,}})
    | (?P<code>[^\W\d_]+\d\w*)
    | (?P<word>[^\W\d_]+(?:['][^\W\d_]+)*)
    | (?P<gap>[,;:()"“”\[\]—…]|\s[-–]\s|–)
    """,
    re.VERBOSE,
)
_SUFFIXES = ("t", "s", "re", "ve", "ll", "d", "m")
KEYBOARD = {
    **dict.fromkeys("‘’‚‛`´′", "'"),
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‐‑−", "-"),
}
"""Quotation marks and hyphens of print, and what a keyboard has for each."""

_FRACTION = re.compile(r"(?<=\d)(?=[¼-¾⅐-⅞])")
_FOLDING = str.maketrans(KEYBOARD)


def folded(text: str) -> str:
    """Return text in compatibility form, with plain quotation marks, hyphens and single spaces."""
    parted = _FRACTION.sub(" ", text.translate(_FOLDING))  # or 4½ would be 41 and a slash and 2
    return " ".join(unicodedata.normalize("NFKC", parted).split())


@dataclass
class _Place:
    """Where the scan of a sentence is."""

    segment: int = 0
    opens: str = ""
    before: str = ""
    is_first: bool = True
    said: bool = False  # whether the segment has a token already

    def split(self) -> None:
        self.segment += self.said
        self.said, self.opens, self.before = False, "", ""


def tokenize(text: str) -> list[Token]:
    """Return the tokens of a sentence, in order; ``text`` is as ``folded`` returns it."""
    place, found = _Place(), []
    for match in _TOKEN.finditer(text):
        if match["gap"]:
            place.split()
            continue
        for part, value, what in _read(match, place.is_first):
            if part in _SPLITTING:
                place.split()
            place.opens = place.opens or part
            if what is not None:
                found.append(
                    Token(
                        what,
                        value,
                        match.start(),
                        match.end(),
                        place.segment,
                        place.opens,
                        place.before,
                        part,
                    )
                )
                place.said = True
            place.before = part
        place.is_first = False
    return found


def _read(
    match: re.Match[str], is_first: bool
) -> Iterator[tuple[str, tuple[object, ...], Kind | None]]:
    """Yield what a match holds: folded word, value, and kind, which is None for an empty word."""
    whole = match[0].casefold()
    date = _date_of(match)
    if date is not None:
        yield whole, date, Kind.DATE
    elif match["decade"]:
        yield whole, ("decade", whole), Kind.DATE
    elif match["ordinal"]:
        yield whole, ("ordinal", int(re.sub(r"\D", "", whole))), Kind.NUMBER
    elif match["digits"]:
        yield from _figure(match)
    elif match["spelled"]:
        yield whole, ("number", _spelled(match)), Kind.NUMBER
    elif match["mark"]:
        word = _CURRENCIES.get(match["mark"], "percent")
        yield word, ("stem", word), Kind.WORD
    elif match["acronym"]:
        word = whole.replace(".", "")
        yield word, ("name", word), Kind.WORD if word in ("am", "pm") else Kind.NAME
    elif match["code"]:
        yield whole, ("name", whole), Kind.NAME
    else:
        yield from _parts(match["word"], is_first)


def _parts(written: str, is_first: bool) -> Iterator[tuple[str, tuple[object, ...], Kind | None]]:
    """Yield a word, and what is contracted with it: "don't" is "do" and "not"."""
    base, mark, suffix = written.rpartition("'")
    if not mark or suffix not in _SUFFIXES:
        base, suffix = written, ""
    if suffix == "t" and base[-1:] == "n":
        base = {"wo": "will", "ca": "can", "sha": "shall"}.get(base[:-1].casefold(), base[:-1])
    if base:
        yield _word(base, is_first)
    if suffix == "t":
        yield "not", _NOT, Kind.OPERATOR
    elif suffix == "ll":
        yield "will", ("stem", "will"), Kind.OPERATOR


def _word(written: str, is_first: bool) -> tuple[str, tuple[object, ...], Kind | None]:
    word = written.casefold()
    if word == "cannot":
        return "not", _NOT, Kind.OPERATOR
    if word in _EMPTY:
        return word, (), None
    if word in _DAYS or (word.endswith("s") and word[:-1] in _DAYS):
        return word, ("day", word), Kind.DATE
    if word in _ORDINALS:
        return word, ("ordinal", _ORDINALS[word]), Kind.NUMBER
    named = written[0].isupper() and not is_first
    if word in _CUES and not named:
        return word, ("cue", _CUES[word]), Kind.CUE
    if word in _OPERATORS or _OPERATOR_STEMS.fullmatch(word):
        return word, ("stem", _stem(word)), Kind.OPERATOR
    if word in _QUALIFIERS:
        return word, ("stem", _stem(word)), Kind.QUALIFIER
    if named:
        return word, ("name", word), Kind.NAME
    if word in ("cent", "percent"):
        return "percent", ("stem", "percent"), Kind.WORD
    return word, ("stem", _stem(word)), Kind.WORD


def _stem(word: str) -> str:
    return "".join(stems(word)) or word


def _figure(match: re.Match[str]) -> Iterator[tuple[str, tuple[object, ...], Kind | None]]:
    figure = match["figure"]
    unit = match["scale"] or match["short"]
    scale = _SCALES[unit.casefold()] if unit else 1
    value = Decimal(figure.replace(",", "")) * scale * (-1 if match["sign"] else 1)
    is_year = len(figure) == 4 and figure.isdigit() and "1500" <= figure <= "2100" and scale == 1
    if is_year and not match["currency"] and not match["sign"]:
        yield figure, ("date", int(figure), None, None), Kind.DATE
    else:
        yield figure, ("number", value.normalize()), Kind.NUMBER
    if match["currency"]:
        word = _CURRENCIES[match["currency"].strip()[-1]]
        yield word, ("stem", word), Kind.WORD


def _spelled(match: re.Match[str]) -> Decimal:
    if match["alone"]:
        value = _SCALES[match["alone"].casefold()]
    elif match["small"]:
        value = _small(match["small"])
    else:
        value = 100 * _small(match["hundreds"] or "one")
        value += _small(match["over"]) if match["over"] else 0
    if match["times"]:
        value *= _SCALES[match["times"].casefold()]
    return Decimal(value).normalize()


def _small(words: str) -> int:
    return sum(_SMALL[word] for word in re.split(r"[\s-]", words.casefold()))


def _date_of(match: re.Match[str]) -> tuple[object, ...] | None:
    if match["iso"]:
        year, month, day = (int(part) for part in match["iso"].split("-"))
        return ("date", year, month, day)
    for group, name in (("dmy", "m1"), ("mdy", "m2"), ("my", "m3"), ("month", "m4")):
        if match[group]:
            month = _MONTHS[match[name].casefold()]
            figures = [int(one) for one in re.findall(r"\d+", match[group])]
            years = [one for one in figures if one > 31]
            days = [one for one in figures if one <= 31]
            return ("date", years[0] if years else None, month, days[0] if days else None)
    return None


def _date_within(claimed: tuple[object, ...], given: tuple[object, ...]) -> bool:
    """Return whether every part of a date that is claimed is in the one given."""
    if claimed[0] != "date" or given[0] != "date":
        return claimed == given
    parts = zip(claimed[1:], given[1:], strict=True)
    return all(one is None or one == other for one, other in parts)


def _year(token: Token) -> object:
    if token.kind is Kind.DATE:
        return token.value[1] if token.value[0] == "date" and token.value[2] is None else None
    return int(token.value[1]) if token.value[0] == "number" else None  # type: ignore[call-overload]


def _same_direction(claimed: Token, given: Token) -> bool:
    """Return whether "rose by 3" is not made of "rose to 3"."""
    return claimed.before not in _DIRECTIONS or claimed.before == given.before
