"""The title and author that a document's properties give, where they are meant as such.

Programs fill the properties in by themselves: with the name of the file, of the template, of the
account. Those are worth less than the first line of the document.
"""

from __future__ import annotations

import re

from corpus.formats.text import split_title, title_from_name
from corpus.text import one_line

__all__ = ["sensible_author", "sensible_title", "title_and_text"]

_LONGEST = 300
_FILE_NAME = re.compile(
    r"\.(docx?|dotx?|odt|rtf|pdf|txt|html?|indd|qxd|qxp|pub|pages|pptx?|xlsx?|tex|dvi|ps)$", re.I
)
_NO_TITLE = re.compile(
    r"(microsoft (word|powerpoint) - .*|(untitled|document|dokument|doc|slide|layout)[ _-]*\d*"
    r"|\(?(title|word document|powerpoint presentation|no title|unknown|none|null|anonymous"
    r"|unspecified)\)?|\W*|[\d\W_]+"
    r"|https?://\S*|\S*[/\\]\S*)",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"\(?(python-docx|administrator|admin|author|user|owner|root|guest|unknown|anonymous|none|null"
    r"|default|unspecified|windows user|microsoft( office)?( user)?)\)?|(\W*|[\d\W_]+|\S*[/\\]\S*)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.,;:][\"'”’»)\]]*[⁰¹²³⁴-⁹]*$")


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


def title_and_text(title: str, text: str, name: str) -> tuple[str, str]:
    """Choose the title of a document, and leave it out of the text where it is a line of it.

    Args:
        title: what ``sensible_title`` gave.
        text: paragraphs with blank lines between them.
        name: the file's name.

    Returns:
        The title and the text. Without a title of its own the document's first line is one, unless
        it ends as a sentence does: each paragraph stands between blank lines here.
    """
    first, _, rest = text.partition("\n\n")
    if title:
        same = first.casefold().split() == title.casefold().split()
        return title, rest.strip() if same and rest.strip() else text
    if _SENTENCE.search(first):
        return title_from_name(name), text
    return split_title(text, name)
