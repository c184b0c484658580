"""What an answer span says, in a form in which two spans can be compared.

Numbers are read here and not by quantulum3: that takes five seconds to import and twelve to read
its first number, unpickles a classifier, and makes "half a million" 1,500,000. Days are read by
``bot.comparing.moments``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.comparing.moments import Moment, moment_of, moments_agree
from bot.comparing.questions import Asked, asked_noun
from bot.comparing.reports import Report
from bot.comparing.sides import Cause, Stance, cause_of, causes_agree
from bot.comparing.tokens import Kind, Token, folded, tokenize
from index.terms import stems

__all__ = ["Name", "Quantity", "Value", "agree", "only_number", "value_of"]


@dataclass(frozen=True)
class Quantity:
    """A number, as far as it is known.

    Attributes:
        low: the least it can be.
        high: the most; infinite where only the least is said.
        unit: what it counts, in one form for all units of a dimension; empty where none is named.
        rounded: how far off a rounded or approximate number may be, to either side.
        text: the characters that say it, unit included.
        is_counted: whether what the question asks the number of stands after it.
    """

    low: float
    high: float
    unit: str
    rounded: float
    text: str
    is_counted: bool = False

    @property
    def is_exact(self) -> bool:
        """Whether it is one number, and no bound."""
        return self.low == self.high


@dataclass(frozen=True)
class Name:
    """A person, a place, a thing.

    Attributes:
        words: in order, folded, without articles and titles.
        is_proper: whether each has a capital, but for particles.
        text: the characters, white space made single.
    """

    words: tuple[str, ...]
    is_proper: bool
    text: str


Value = Quantity | Moment | Name | Cause | Stance

_UNITS: dict[str, tuple[str, float]] = {
    name: (dimension, factor)
    for dimension, units in {
        "length": "millimetre mm .001|centimetre cm .01|inch inches .0254|foot feet ft .3048|"
        "yard yd .9144|metre meter m 1|kilometre kilometer km 1000|mile mi 1609.344",
        "mass": "gram g .001|kilogram kilo kg 1|tonne ton t 1000",
        "time": "second sec 1|minute min 60|hour hr 3600|day 86400|week 604800|month 2629800|"
        "year 31557600",
        "area": "hectare ha 1|acre .404686",
        "volume": "litre liter 1|gallon 3.785|barrel 159",
        "energy": "kilowatt kw 1|megawatt mw 1000|gigawatt gw 1000000",
        "degree": "degree 1|celsius 1",
        "share": "percent 1",
        "speed": "mph .44704|knot .514444",
    }.items()
    for unit in units.split("|")
    for *names, number in [unit.split()]
    for factor in [float(number)]
    for name in [*names, *(f"{one}s" for one in names)]
} | {"%": ("share", 1.0), "per cent": ("share", 1.0)}
_SUMMED = frozenset(("time", "length", "mass"))  # "two hours and ten minutes"
_SPEED = {"hour": 3600.0, "h": 3600.0, "second": 1.0, "s": 1.0}
_SIGNS = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen"}
_UNIT = re.compile(
    r"[\s-]?(?:(?P<power>square|cubic)[\s-])?(?P<unit>%|per cent\b|[^\W\d_]+)"
    r"(?:(?: an? | per |/)(?P<each>[^\W\d_]+))?",
    re.IGNORECASE,
)
_MONEY = frozenset(
    "dollar euro pound yen rupee crown krona kronor krone kroner franc peso real rand yuan won "
    "lira ruble rouble zloty forint dinar dirham riyal shilling naira cent penny pence sterling "
    "usd eur gbp chf".split()
)
_VAGUE = {"dozens": 12, "scores": 20, "hundreds": 100, "thousands": 1000, "millions": 10**6}
_VAGUE_NUMBER = re.compile(rf"\b(?:{'|'.join(_VAGUE)})\b", re.IGNORECASE)
# What stands directly before a number.
_AT_LEAST = re.compile(
    r"\b(?:at least|(?<!no )more than|over|above|upwards? of|no (?:fewer|less) than|tops|topped|"
    r"exceed(?:s|ed|ing)?|pass(?:es|ed)|a minimum of)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_AT_MOST = re.compile(
    r"\b(?:at most|(?<!ed )(?<!e[ns] )(?<!ne )(?<!ng )up to|fewer than|less than|no more than|"
    r"as many as|as much as|a maximum of)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_OF_AGE = re.compile(r"\b(?:under|below|aged?)(?: the age of)?\s+$", re.IGNORECASE)
_NONE = re.compile(r"(?:no|none|nobody|no one|zero)\b", re.IGNORECASE)
_NEARLY = re.compile(
    r"(?:\bnearly|\balmost|\babout|\baround|\bsome|\broughly|\bapproximately|\bcirca|\bca\.|\bclose"
    r" to|\ban? estimated|\bestimated at|\bjust (?:over|under)|\bsomething like|\bor so)\s+"
    r"(?:the\s+)?$",
    re.IGNORECASE,
)
_AFTER_AT_LEAST = re.compile(r"^\s*(?:or more|at least|plus\b)|^\+", re.IGNORECASE)
_NOT = re.compile(r"\b(?:no|not|never|cannot|nobody)\b|n't\b", re.IGNORECASE)
_MORE = re.compile(
    r"(?:\banother|\bfurther|\badditional|\bextra|\bby)\s+(?:about\s+|some\s+)?$", re.IGNORECASE
)
_RANGE = re.compile(r"^\s*(?:to|and|or|-|–)\s*$")
_TOTAL = re.compile(r"\b(?:total|tally|toll|number)\b[^,;]*\bto (?:[a-z]+ )?$", re.IGNORECASE)
_HALF = re.compile(r"\bhalf an? $", re.IGNORECASE)
_AND_A_HALF = re.compile(r" and a half\b", re.IGNORECASE)
_APPROXIMATE = 0.1
_TITLES = frozenset(
    "a an the mr mrs ms miss dr prof professor sir dame lord lady president prime minister mayor "
    "governor senator chief king queen prince princess bishop colonel general captain judge "
    "director spokesman spokeswoman spokesperson chairman chairwoman coach deputy former".split()
)
_PARTICLES = frozenset("de da di la le van von der den bin ibn al el of the and y e".split())
_NAME_WORD = re.compile(r"[^\W\d_]+(?:[.'’](?!s\b)[^\W\d_]+)*|\d+")


def value_of(asked: Asked, report: Report) -> Value | None:
    """Return what a report's span says; None where it is not of the kind that is asked for."""
    if asked is Asked.QUANTITY:
        return _quantity_of(report)
    if asked is Asked.MOMENT:
        return moment_of(report)
    if asked is Asked.CAUSE:
        return cause_of(report)
    text = report.text.partition(";")[0]
    words = _NAME_WORD.findall(text)
    kept = [word for word in words if word.lower() not in _TITLES] or words
    first = next((place for place, word in enumerate(kept) if word[0].isupper()), 0)
    kept = kept[first:]  # "sculptor Ina Roos"
    low = [n for n, word in enumerate(kept) if word.islower() and word not in _PARTICLES]
    kept = kept[max(low, default=-1) + 1 :] or kept  # "Swiss doctor Ina Roos"
    proper = [word for word in kept if word.lower() not in _PARTICLES]
    is_proper = bool(proper) and all(word[0].isupper() or word[0].isdigit() for word in proper)
    if len(proper) == 1 and not report.parts[0].strip('"“ '):  # every sentence has a capital
        is_proper = re.search(rf"(?<=[\w,] ){re.escape(proper[0])}\b", report.whole) is not None
    return (
        Name(tuple(word.casefold() for word in kept), is_proper, " ".join(text.split()))
        if kept
        else None
    )


def agree(one: Value, other: Value) -> bool | None:
    """Return whether two values can both be right; None where that cannot be said."""
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        return _quantities_agree(one, other)
    if isinstance(one, Moment) and isinstance(other, Moment):
        return moments_agree(one, other)
    if isinstance(one, Cause) and isinstance(other, Cause):
        return causes_agree(one, other)
    if isinstance(one, Name) and isinstance(other, Name):
        return _names_agree(one, other)
    return None


def only_number(text: str) -> float | None:
    """Return the number of a value such as "1,417 houses"; None where it has none or several."""
    numbers = [number for token in tokenize(folded(text)) if (number := _number(token)) is not None]
    return float(numbers[0]) if len(numbers) == 1 else None


def _quantities_agree(one: Quantity, other: Quantity) -> bool | None:
    if one.unit != other.unit and one.unit and other.unit:
        return None
    if one.low - one.rounded <= other.high + other.rounded:
        return other.low - other.rounded <= one.high + one.rounded
    return False


def _names_agree(one: Name, other: Name) -> bool | None:
    mine, others = set(one.words), set(other.words)
    if mine <= others or others <= mine or one.words[-1] == other.words[-1]:
        return True
    if one.is_proper and other.is_proper:
        initials = {"".join(word[0] for word in name.words) for name in (one, other)}
        if initials & (mine | others):
            return True
        is_first = mine & others <= {one.words[0]} & {other.words[0]}
        return False if is_first or len(mine) == len(others) else None
    # Things said in words: different only where no word is the same.
    mine, others = (
        set(
            stems(
                " ".join(
                    word for word in name.words if word not in _PARTICLES and not word.isdigit()
                )
            )
        )
        for name in (one, other)
    )
    return None if one.is_proper or other.is_proper or mine & others else False


def _quantity_of(report: Report) -> Quantity | None:
    """Read the number of a span, with what stands around it in its sentence.

    Where the question asks how many of something, and the sentence has one number of these, that
    is the number, whichever the reader chose.
    """
    before, span, after = (folded(part) for part in report.parts)
    text = f"{before} {span} {after}".strip()
    start = text.index(span, len(before))
    tokens = tokenize(text)
    numbers = [place for place, token in enumerate(tokens) if _number(token) is not None]
    noun = asked_noun(report.question)
    counted = [n for n in numbers if _TOTAL.search(text[: tokens[n].start])]
    counted = counted or [n for n in numbers if _counts(tokens, n, noun)]
    chosen = [n for n in numbers if start <= tokens[n].start < start + len(span)]
    if len(counted) == 1 and not set(chosen) & set(counted):
        chosen = counted
    if not chosen:
        return _vague(span)
    quantity = _read(text, tokens, chosen)
    return quantity and replace(quantity, is_counted=bool(set(chosen) & set(counted)))


def _read(text: str, tokens: Sequence[Token], chosen: Sequence[int]) -> Quantity | None:
    first, last = tokens[chosen[0]], tokens[chosen[-1]]
    before = text[: first.start]
    if _MORE.search(before) or _OF_AGE.search(before):
        return None  # "another 20" is no total, and "under five" an age
    halved = _HALF.search(before)
    begin, end = halved.start() if halved else first.start, last.end
    values, units, rounded = [], [], 0.0
    for place in chosen:
        number = _number(tokens[place]) or Decimal(0)
        more = _AND_A_HALF.match(text, tokens[place].end)
        unit, factor, end = _unit(text, tokens[place], more.end() if more else tokens[place].end)
        scale = factor * (0.5 if halved and place == chosen[0] else 1.0)
        values.append((float(number) + (0.5 if more else 0.0)) * scale)
        rounded = max(rounded, _rounding(number) * scale)
        units.append(unit)
    unit = next(filter(None, units), "")
    if any(one and one != unit for one in units):
        return None
    shown = text[begin:end]
    low = high = values[0]
    if len(values) == 2 and _RANGE.match(text[first.end : last.start]) and values[0] < values[1]:
        low, high = values
    elif len(values) > 1 and unit in _SUMMED and values == sorted(values, reverse=True):
        low = high = sum(values)
    elif len(values) > 1:
        return None
    if _NEARLY.search(before):
        rounded = max(rounded, _APPROXIMATE * high)
    elif _AT_MOST.search(before) or (_AT_LEAST.search(before) and _NOT.search(before)):
        low = 0.0
    elif _AT_LEAST.search(before) or _AFTER_AT_LEAST.search(text[end:]):
        high = math.inf
    return Quantity(low, high, unit, rounded, shown)


def _vague(span: str) -> Quantity | None:
    found = _VAGUE_NUMBER.search(span)
    if found is None:
        return Quantity(0.0, 0.0, "", 0.0, span) if _NONE.match(span) else None
    least = float(_VAGUE[found[0].lower()])
    return Quantity(least, 100 * least, "", 0.0, span)


def _number(token: Token) -> Decimal | None:
    """Return a token's number, of which a year may be one, and "150th": "1984 voters"."""
    if token.kind is Kind.NUMBER and token.value[0] == "number":
        return Decimal(str(token.value[1]))
    if token.value[0] == "ordinal" and token.word[0].isdigit():
        return Decimal(str(token.value[1]))
    if token.kind is Kind.DATE and token.value[0] == "date" and token.value[2:] == (None, None):
        return Decimal(str(token.value[1]))
    return None


def _rounding(number: Decimal) -> float:
    """Return how far off a number may be that looks rounded: half of its last digit but zeros."""
    digits = number.normalize()
    exponent = digits.as_tuple().exponent
    if not isinstance(exponent, int) or (exponent >= 0 and abs(number) < 100) or not exponent:
        return 0.0
    return min(10.0**exponent / 2, _APPROXIMATE * abs(float(number)))


def _unit(text: str, number: Token, place: int) -> tuple[str, float, int]:
    """Return a number's dimension, how much of it its unit is, and where the unit ends.

    Args:
        text: the sentence.
        number: whose unit is looked for.
        place: from where on.
    """
    sign = next((one for one in _SIGNS if one in text[number.start : number.end]), None)
    if sign:
        return _SIGNS[sign], 1.0, place
    found = _UNIT.match(text, place)
    if found is None:
        return "", 1.0, place
    word = found["unit"].casefold()
    if found["power"]:
        dimension, size, unit = {
            "square": ("area", 10_000.0, 2), "cubic": ("volume", 0.001, 3),
        }[found["power"].casefold()]  # fmt: skip
        kind, factor = _UNITS.get(word, ("", 1.0))
        return (dimension, factor**unit / size, found.end("unit")) if kind == "length" else (
            "", 1.0, place)  # fmt: skip
    money = word if word in _MONEY else word.removesuffix("s")
    if money in _MONEY:
        return {"sterling": "pound"}.get(money, money), 1.0, found.end("unit")
    dimension, factor = _UNITS.get(word, ("", 1.0))
    if not dimension:
        return "", 1.0, place
    seconds = _SPEED.get((found["each"] or "").casefold())
    if dimension == "length" and seconds:
        return "speed", factor / seconds, found.end()
    return dimension, factor, found.end("unit")


def _counts(tokens: Sequence[Token], place: int, noun: str) -> bool:
    """Return whether one of the two words after a number is what is counted."""
    if not noun:
        return False
    return any(token.value == ("stem", noun) for token in tokens[place + 1 : place + 3])
