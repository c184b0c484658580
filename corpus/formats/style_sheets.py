"""Style sheets in a page: what they hide, strike, raise or lower is written into its elements."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

__all__ = ["inline_styles"]

_NOISE = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_SELECTOR = re.compile(r"([a-z][a-z0-9]*)?([.#][\w-]+)", re.IGNORECASE)
_HIDING = re.compile(
    r"(?<![\w-])(?:display|visibility|mso-hide|clip|clip-path|font-size|left|top|right|text-indent"
    r"|margin-left|text-decoration|text-decoration-line)\s*:[^;]*",
    re.IGNORECASE,
)
_SHIFTING = re.compile(r"(?<![\w-])vertical-align\s*:\s*(?:super|sub)\b", re.IGNORECASE)
_LONGEST = 200_000  # characters of a sheet


def inline_styles(tree: Any) -> None:
    """Write what the page's own style sheets say of classes and ids into ``style`` attributes.

    Only rules for every medium count, and only those by which text is hidden, struck, raised or
    lowered. What hides most of the page is left out: a script shows that later.
    """
    rules: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for sheet in tree.iter("style"):
        for selectors, declarations in _RULE.findall(_always((sheet.text or "")[:_LONGEST])):
            hiding = ";".join(_HIDING.findall(declarations))
            shifting = ";".join(_SHIFTING.findall(declarations))
            if hiding or shifting:
                for selector in selectors.split(","):
                    found = _SELECTOR.fullmatch(selector.strip())
                    if found is not None:
                        rules[found[2]].append(((found[1] or "").lower(), hiding, shifting))
    if not rules:
        return
    whole = len(tree.text_content())
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        told = [rule for name in _names(element) for rule in rules.get(name, ())]
        if told:
            most = 2 * len(element.text_content()) > whole
            style = [element.get("style") or ""]
            for tag, hiding, shifting in told:
                if tag in ("", element.tag):
                    style += [shifting] if most else [hiding, shifting]
            element.set("style", ";".join(filter(None, style)))


def _names(element: Any) -> Iterator[str]:
    """Its classes and its id, as a style sheet names them."""
    for name in (element.get("class") or "").split():
        yield f".{name}"
    if element.get("id"):
        yield f"#{element.get('id')}"


def _always(sheet: str) -> str:
    """A style sheet without its conditional parts (``@media`` and the like)."""
    parts, depth, skipped, begun = [], 0, False, 0
    sheet = _NOISE.sub("", sheet)
    for mark in re.finditer(r"[@{};]", sheet):
        if mark[0] == "@" and depth == 0 and not skipped:
            parts.append(sheet[begun : mark.start()])
            skipped = True
        elif mark[0] == "{":
            depth += 1
        elif mark[0] == "}":
            depth = max(0, depth - 1)
        if skipped and depth == 0 and mark[0] in "};":
            skipped, begun = False, mark.end()
    return "".join(parts) if skipped else "".join([*parts, sheet[begun:]])
