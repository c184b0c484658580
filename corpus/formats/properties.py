"""The title and author that a document's properties give, where they are meant as such.

Programs fill the properties in by themselves: with the name of the file, of the template, of the
account. Those are worth less than the first line of the document.
"""

from __future__ import annotations

import re

from corpus.text import one_line

__all__ = ["sensible_author", "sensible_title", "without_title"]

_LONGEST = 300
_FILE_NAME = re.compile(
    r"\.(docx?|dotx?|odt|rtf|pdf|txt|html?|indd|qxd|qxp|pub|pages|pptx?|xlsx?|tex|dvi|ps)$", re.I
)
_NO_TITLE = re.compile(
    r"(microsoft (word|powerpoint) - .*|(untitled|document|dokument|doc|slide|layout)[ _-]*\d*"
    r"|(title|word document|powerpoint presentation|no title|unknown|none|null|\W*)|[\d\W_]+"
    r"|https?://\S*|\S*[/\\]\S*)",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"(python-docx|administrator|admin|author|user|owner|root|guest|unknown|anonymous|none|null"
    r"|default|windows user|microsoft( office)?( user)?|\W*|[\d\W_]+|\S*[/\\]\S*)",
    re.IGNORECASE,
)


def sensible_title(value: object) -> str:
    """The title that a property gives, or an empty string.

    Args:
        value: the property, of whatever kind it may be.

    Returns:
        One line; empty for a file's name, a program's default, or no words at all.
    """
    title = one_line(value, _LONGEST) if isinstance(value, str) else ""
    return "" if _NO_TITLE.fullmatch(title) or _FILE_NAME.search(title) else title


def sensible_author(value: object) -> str | None:
    """The author that a property gives, or None for the name of an account or a program."""
    author = one_line(value, _LONGEST) if isinstance(value, str) else ""
    return None if _NO_AUTHOR.fullmatch(author) else author


def without_title(text: str, title: str) -> str:
    """Leave out the first paragraph of a text where it is the title, and is not all of it."""
    first, _, rest = text.partition("\n\n")
    same = first.casefold().split() == title.casefold().split()
    return rest.strip() if same and rest.strip() else text
