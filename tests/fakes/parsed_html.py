"""What a browser would make of HTML, for tests that others' text stays text."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import strategies as st

__all__ = ["ANY_TEXT", "ParsedHtml"]

ANY_TEXT = st.text(st.characters(codec=None), max_size=80) | st.text(
    "<>&\"'`=/[]()!x \n1#;:\u202e\x00"
)
"""Text that somebody may have chosen to break out of where it is put."""


class ParsedHtml(HTMLParser):
    """The tags of HTML, their attributes, its text, and the text of ``mark``."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.marked = ""
        self._in_mark = False
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_mark = tag == "mark"
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        self._in_mark = False

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._in_mark:
            self.marked += data

    def handle_comment(self, data: str) -> None:
        self.tags.append("a comment")

    def handle_decl(self, decl: str) -> None:
        self.tags.append("a declaration")

    def handle_pi(self, data: str) -> None:
        self.tags.append("an instruction")
