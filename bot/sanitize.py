"""Text made safe to show, without what a terminal or a browser would act on."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

__all__ = ["clean", "counted", "one_line", "safe_link"]

# The order matters: whole escape sequences go before the lone control characters, or the tail of
# a colour code would stay behind as visible litter.
_SEQUENCES = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor moves, clearing
    "|(?:\x1b[\\]PX^_]|[\x90\x98\x9d-\x9f])"  # OSC, DCS and their kin, up to their end
    "[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\\\|\x9c)"
    "|\x1b[ -/]*[0-~]"  # the two- and three-character ones
)
_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f"  # C0 but tab and line feed, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # marks that turn the writing direction
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"  # invisible tags and annotations
)
_SPACE = re.compile(r"\s")
_SURROGATES = re.compile("[\ud800-\udfff]")


def counted(number: int, noun: str, many: str = "") -> str:
    """Return a number with its noun, in the plural (``many``, or with an s) unless it is 1."""
    return f"{number:,} {noun if number == 1 else many or f'{noun}s'}"


def clean(text: str) -> str:
    """Remove what a terminal would act on, and keep what a reader sees.

    Returns:
        The text without escape sequences, control characters (tab and line feed stay) and
        characters that turn the writing direction or are invisible tags; other line ends become
        line feeds, half surrogates U+FFFD.
    """
    text = _SEQUENCES.sub("", text)
    text = _BREAKS.sub("\n", text)
    text = _CONTROLS.sub("", text)
    return _SURROGATES.sub("\ufffd", text)


def one_line(text: str) -> str:
    """Clean text and put it on one line, each run of white space one space."""
    return " ".join(clean(text).split())


def safe_link(url: str | None) -> tuple[str, str] | None:
    """Return an address that may be a link, and its host, neither escaped yet.

    None unless it is plain http or https with a host, without a user name, which can pass for a
    host, and without white space.
    """
    if not url or clean(url) != url or _SPACE.search(url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
        named = parts.username is not None or parts.password is not None
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or named:
        return None
    return url, host
