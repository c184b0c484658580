"""What a browser does not show of a page: hidden and struck text, scripts, forms."""

from __future__ import annotations

import re
from typing import Any

from corpus.formats.style_sheets import inline_styles

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
_CLOSING = set(".,;:!?)")


def remove_unseen(tree: Any) -> None:
    """Take out of a tree what a browser does not show or shows as struck, and all comments."""
    inline_styles(tree)
    for element in list(tree.iter()):
        if not isinstance(element.tag, str) or _is_unseen(element):
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


def _is_unseen(element: Any) -> bool:
    if element.tag.rpartition(":")[2] in _UNREAD:
        return True
    if element.get("hidden", "until-found") != "until-found":
        return True
    style = element.get("style")
    if style and _STYLE.search(style):
        return True
    classes = (element.get("class") or "").split()
    return any(map(_CLASS.fullmatch, classes)) and not any(map(_SHOWN_CLASS.match, classes))
