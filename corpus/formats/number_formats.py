"""Numbers of a workbook as its cells print them."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal

__all__ = ["printed"]

_DIGITS = re.compile(r"(?:[#0?][#0?,]*(?:\.[0#?]+)?|\.[0#?]+),*")
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|_.|\*.|\[[^\]]*\]')
_MOST_PLACES = 15
_KEPT = "\ufdd1"  # stands for a text of the format: a code point that no text has


def printed(value: object, pattern: str) -> str:
    """Write a cell's value.

    Args:
        value: of the cell.
        pattern: its number format, as ``#,##0.00`` or ``0%``. Of dates it is not followed: days
            and times are ISO 8601, a day without its midnight.

    Returns:
        The number in the form that the cell has, with its unit; as it is where the format is
        none of digits (fractions, exponents, conditions).
    """
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "" if value is None else str(value).strip()
    if pattern in ("", "General"):
        return _plain(value)
    try:
        return _by_pattern(value, pattern.split(";")) or _plain(value)
    except (ArithmeticError, ValueError):  # infinite, or of too many digits
        return _plain(value)


def _by_pattern(value: float, sections: list[str]) -> str:
    """By the section for its sign; the first one is for all numbers where it is the only one."""
    negative = value < 0
    own = negative and len(sections) > 1
    zero = not value and len(sections) > 2
    pattern = sections[1 if own else 2 if zero else 0]
    kept: list[str] = []

    def literal(found: re.Match[str]) -> str:
        kept.append(next((part for part in found.groups() if part), ""))
        return _KEPT

    digits = _LITERAL.sub(literal, pattern)
    found = _DIGITS.search(digits)
    before, after = (digits[: found.start()], digits[found.end() :]) if found else (digits, "")
    if re.search(r"[A-Za-z/@#0?]", before + after):
        return ""
    number = abs(value) * 100 ** (before + after).count("%")
    text = before + (_in_digits(number, found[0]) if found else "") + after
    for part in kept:
        text = text.replace(_KEPT, part, 1)
    return ("-" if negative and not own else "") + text.strip()


def _in_digits(number: float, pattern: str) -> str:
    """A number with the places that a pattern such as ``#,##0.0#`` asks for."""
    grouped, _, places = pattern.rstrip(",").partition(".")
    scaled = Decimal(repr(number)).scaleb(-3 * (len(pattern) - len(pattern.rstrip(","))))
    step = Decimal(1).scaleb(-min(len(places), _MOST_PLACES))
    fixed = f"{scaled.quantize(step, ROUND_HALF_UP):{',' if ',' in grouped else ''}f}"
    for place in reversed(places):
        if place == "0" or not fixed.endswith("0"):
            break
        fixed = fixed[:-1]
    first, point, last = fixed.partition(".")
    return first.zfill(grouped.count("0")) + (point + last if last else "")


def _plain(value: float) -> str:
    return str(int(value) if abs(value) < 1e15 and value == int(value) else value)
