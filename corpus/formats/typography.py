"""Typography that means something, as characters: what is raised, lowered, stacked or quoted."""

from __future__ import annotations

import re
from typing import Any

import lxml.etree

__all__ = ["fraction", "lowered", "raised", "write_typography"]

_SLASH = "\u2044"
_SLASHES = {"/", _SLASH, "\u2215"}

_SUPERSCRIPTS = str.maketrans(
    "0123456789+-\u2212=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVW",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ",
)
_SUBSCRIPTS = str.maketrans(
    "0123456789+-\u2212=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ"
)
_ORDINAL = re.compile(r"(?:st|nd|rd|th|er|ère|ers|ème)", re.IGNORECASE)
_MARKS = {"TM": "™", "SM": "℠"}
_RAISED_STYLE = re.compile(r"vertical-align\s*:\s*(super|sub)\b", re.IGNORECASE)
_KINDS = {
    "sup": "sup", "superscript": "sup", "sub": "sub", "subscript": "sub",
    "frac": "frac", "sfrac": "frac", "fraction": "frac",
}  # fmt: skip
_CENTS = re.compile(r"(?:.*[-_])?(?:cents?|fraction|decimals?)", re.IGNORECASE)
_PRICE = re.compile(r"(?:.*[-_])?(?:price|amount|cost)(?:[-_].*)?", re.IGNORECASE)
_NUMERATOR = re.compile(r"(?:.*[-_])?num(?:erator)?", re.IGNORECASE)
_DENOMINATOR = re.compile(r"(?:.*[-_])?den(?:om|ominator)?", re.IGNORECASE)
_STACKED = re.compile(r"(.*?)(\d+)\s*[/\u2044\u2215]\s*(\d+)", re.DOTALL)
_OPERATORS = re.compile(r"[=<>+×÷±≈≤≥≠−→]")
_QUOTES = "\"'“”„«»‘’"
_NEW_TAB = re.compile(
    r"[\s,;(\[–-]*\b(?:link )?opens?(?: in)?(?: an?)?(?: new| external| another)+ "
    r"(?:browser )?(?:tab|window)[\s)\].]*$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{3,}")


def raised(text: str, before: str) -> str:
    """Write a superscript as plain text.

    Args:
        text: what is raised.
        before: the text that it follows, or the end of it.

    Returns:
        Unicode superscripts where they exist for all of its letters and digits (``24¹``); an
        ordinal's ending as it is (``21st``); else the text, after a space where it would run
        into a letter or digit.
    """
    inner = " ".join(text.split())
    if inner in _MARKS:
        return _MARKS[inner]
    if _ORDINAL.fullmatch(inner) and before[-1:].isdigit():
        return inner
    return _shifted(inner, before, _SUPERSCRIPTS)


def lowered(text: str, before: str) -> str:
    """Write a subscript as plain text; see ``raised``."""
    return _shifted(" ".join(text.split()), before, _SUBSCRIPTS)


def fraction(numerator: str, denominator: str, before: str) -> str:
    """Write a fraction on one line: ``1⁄2``, after a space where it follows a number."""
    space = " " if before[-1:].isdigit() else ""
    return f"{space}{numerator.strip()}{_SLASH}{denominator.strip()}"


def _shifted(inner: str, before: str, table: dict[int, int]) -> str:
    letters = [char for char in inner if char.isalnum()]
    if not letters:
        return inner
    if inner[0] not in "[({" and not _WORD.search(inner) and ord(inner[0]) in table:
        if all(ord(char) in table for char in letters):
            return inner.translate(table)
    return f" {inner}" if before[-1:].isalnum() else inner


def write_typography(tree: Any, breaks: frozenset[str]) -> None:
    """Write into the tree as characters what a browser shows by position or by itself.

    Superscripts, subscripts, fractions, raised cents, formulas of MathML, the quotation marks of
    ``q``, the brackets of ruby; "opens in new tab" leaves the links.

    Args:
        tree: of HTML, without what is hidden.
        breaks: names of elements that stand on lines of their own.
    """
    shifted: list[tuple[Any, str, str]] = []
    before = ""
    walk = lxml.etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        if element.tag in breaks:
            before = ""
        elif event == "start" and (kind := _kind(element)):
            shifted.append((element, kind, before))
            walk.skip_subtree()
            continue
        words = element.text if event == "start" else element.tail
        before = words[-1:] if words else before
    for element, kind, text in shifted:
        _write(element, kind, text)
    for element in tree.iter("a", "q", "rt"):
        _mark(element)


def _kind(element: Any) -> str:
    """What is done to an element's characters; empty for nothing."""
    tag = element.tag
    if tag in ("sup", "sub", "math"):
        return "cents" if tag == "sup" and _is_price(element.getparent()) else str(tag)
    classes = (element.get("class") or "").split()
    if classes and _is_price(element.getparent()) and any(map(_CENTS.fullmatch, classes)):
        return "cents"
    for name in classes if tag in ("span", "small", "a", "i", "font") else ():
        if name in _KINDS:
            return _KINDS[name]
    style = _RAISED_STYLE.search(element.get("style") or "")
    return {"super": "sup", "sub": "sub"}[style[1].lower()] if style else ""


def _is_price(element: Any) -> bool:
    for _ in range(2):
        if element is None:
            return False
        if any(map(_PRICE.fullmatch, (element.get("class") or "").split())):
            return True
        element = element.getparent()
    return False


def _write(element: Any, kind: str, before: str) -> None:
    text = _flat(element)
    following = element.getnext()
    tail = element.tail or ""
    if kind == "math":
        text = _formula(element, before)
    elif kind == "frac":
        text = _fraction_of(element, before)
    elif kind == "cents":
        cents = before.isdigit() and text.isdigit() and len(text) == 2
        text = f".{text}" if cents else raised(text, before)
    elif kind == "sub":
        text = text if before in _SLASHES else lowered(text, before)
    elif tail.strip() in _SLASHES and following is not None and following.tag == "sub":
        text = f" {text}" if before.isdigit() else text
        tail = _SLASH
    else:
        text = raised(text, before)
    element.clear()
    element.tag, element.text, element.tail = "span", text, tail


def _fraction_of(element: Any, before: str) -> str:
    """A fraction whose parts are marked, or written with a slash; with the number before it."""
    whole, numerator, denominator = [element.text or ""], "", ""
    for part in element.iterdescendants():
        classes = (part.get("class") or "").split()
        if part.tag == "sup" or any(map(_NUMERATOR.fullmatch, classes)):
            numerator = _flat(part)
        elif part.tag == "sub" or any(map(_DENOMINATOR.fullmatch, classes)):
            denominator = _flat(part)
        elif not numerator:
            whole.append(_flat(part))
    stacked = _STACKED.fullmatch(_flat(element))
    if numerator and denominator:
        number = "".join(whole).strip()
    elif stacked is not None:
        number, numerator, denominator = stacked[1].strip(), stacked[2], stacked[3]
    else:
        return raised(_flat(element), before)
    space = " " if number and before.isdigit() else ""
    return f"{space}{number}{fraction(numerator, denominator, number or before)}"


def _formula(element: Any, before: str) -> str:
    """MathML on one line."""
    tag = str(element.tag).rpartition("}")[2].rpartition(":")[2]
    parts = [child for child in element if isinstance(child.tag, str)]
    if tag in ("msup", "msub", "mfrac") and len(parts) == 2:
        first = _formula(parts[0], before)
        second = _formula(parts[1], "")
        if tag == "mfrac":
            return fraction(first, second, before)
        return first + (raised if tag == "msup" else lowered)(second, first)
    if tag == "msubsup" and len(parts) == 3:
        base, below, above = (_formula(part, "") for part in parts)
        return base + lowered(below, base) + raised(above, base)
    if tag == "semantics" and parts:
        return _formula(parts[0], before)
    if tag == "msqrt":
        return f"√({''.join(_formula(part, '') for part in parts)})"
    if not parts:
        text = _flat(element).strip("\u2061\u2062\u2063\u2064")
        return f" {text} " if tag == "mo" and _OPERATORS.fullmatch(text) else text
    text = before
    for part in parts:
        text += _formula(part, text)
    return " ".join(text.removeprefix(before).split(" "))


def _mark(element: Any) -> None:
    if element.tag == "a":
        for inner in element.iter():
            if inner.text and not (
                inner is element and not len(element) and _NEW_TAB.match(inner.text)
            ):
                inner.text = _NEW_TAB.sub("", inner.text)
            if inner is not element and inner.tail:
                inner.tail = _NEW_TAB.sub("", inner.tail)
        return
    opening, closing = ("(", ")") if element.tag == "rt" else ("“", "”")
    words = "".join(element.itertext()).strip()
    if words[:1] in _QUOTES + "(" or not words:
        return
    element.text = opening + (element.text or "")
    if len(element):
        element[-1].tail = (element[-1].tail or "") + closing
    else:
        element.text += closing


def _flat(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())
