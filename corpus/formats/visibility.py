"""What a browser does not show of a page: hidden and struck text, scripts, forms."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["remove", "remove_unseen"]

_UNREAD = frozenset(
    "script style head template noscript iframe object svg audio video canvas select button "
    "textarea annotation annotation-xml del s strike rp".split()
)
_STYLE = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    r"|clip\s*:\s*rect\(\s*[01](?:px)?[\s,]+[01]|clip-path\s*:\s*inset\(\s*(?:50|100)%"
    r"|font-size\s*:\s*0(?![.\d])|(?:left|top|right|text-indent|margin-left)\s*:\s*-\d{3,}"
    r"|text-decoration(?:-line)?\s*:[^;]*line-through)",
    re.IGNORECASE,
)
_CLASS = re.compile(
    r"(?:[\w-]*[-_])?(?:visually-?hidden|visual-?hide|visually-hide|sr-?only|screen-?reader"
    r"(?:-text|-only|s|-response)?|a11y-(?:hidden|text|only)|accessib(?:le|ility)-(?:hidden|text)"
    r"|assistive-text|off-?screen|hide-visually|element-invisible|invisible|is-hidden|u-hidden)"
    r"|d-none|hidden|hide",
    re.IGNORECASE,
)
_SHOWN_CLASS = re.compile(r"(?:\w+:|d-(?:\w+-)?)(?:block|flex|grid|inline|contents|table)")
_SHEET_NOISE = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_LONGEST_SHEET = 200_000
_CLOSING = set(".,;:!?)")


def remove_unseen(tree: Any) -> None:
    """Take out of a tree what a browser does not show or shows as struck, and all comments."""
    hidden = _hidden_by_sheets(tree)
    for element in list(tree.iter()):
        if not isinstance(element.tag, str) or _is_unseen(element, hidden):
            remove(element)


def remove(element: Any) -> None:
    """Take an element out of its tree; the text that follows it stays."""
    parent = element.getparent()
    if parent is None:
        return
    previous = element.getprevious()
    before = (parent.text if previous is None else previous.tail) or ""
    after = element.tail or ""
    if before[-1:].isspace() and after[:1] in _CLOSING:
        before = before.rstrip()
    element.tail = None
    parent.remove(element)
    if previous is None:
        parent.text = before + after
    else:
        previous.tail = before + after


def _is_unseen(element: Any, hidden: set[str]) -> bool:
    if element.tag.rpartition(":")[2] in _UNREAD:
        return True
    if element.get("hidden", "until-found") != "until-found":
        return True
    style = element.get("style")
    if style and _STYLE.search(style):
        return True
    names = _names(element)
    if names & hidden:
        return True
    classes = (element.get("class") or "").split()
    return any(map(_CLASS.fullmatch, classes)) and not any(map(_SHOWN_CLASS.match, classes))


def _names(element: Any) -> set[str]:
    """Its classes and its id, as a style sheet names them."""
    names = {f".{name}" for name in (element.get("class") or "").split()}
    return names | {f"#{element.get('id')}"} if element.get("id") else names


def _hidden_by_sheets(tree: Any) -> set[str]:
    """Classes and ids that the page's own style sheets hide or strike, for every medium.

    A name that most of the page has is left out: a script shows that later.
    """
    names: set[str] = set()
    for sheet in tree.iter("style"):
        for selectors, rules in _RULE.findall(_always((sheet.text or "")[:_LONGEST_SHEET])):
            if _STYLE.search(rules):
                selected = map(str.strip, selectors.split(","))
                names.update(one for one in selected if re.fullmatch(r"[.#][\w-]+", one))
    if names:
        whole = len(tree.text_content())
        for element in tree.iter():
            own = names & _names(element) if isinstance(element.tag, str) else set()
            if own and 2 * len(element.text_content()) > whole:
                names -= own
    return names


def _always(sheet: str) -> str:
    """A style sheet without its conditional parts (``@media`` and the like)."""
    parts, depth, skipped, begun = [], 0, False, 0
    sheet = _SHEET_NOISE.sub("", sheet)
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
