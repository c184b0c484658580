"""The text of a page's article: trafilatura finds it, and it is written as the page prints it."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from typing import Any

import lxml.etree
import trafilatura

from corpus.errors import UnreadableArticle
from corpus.formats.boilerplate import POST_TIME, remove_boilerplate
from corpus.formats.markup import HOLDERS, clean, is_data_table, rendered, words_of

__all__ = ["THOROUGH_LIMIT", "page_text"]

THOROUGH_LIMIT = 2_000_000
"""Characters; on a longer page trafilatura's slower second opinions are left out."""

_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_NOT_LETTERS = re.compile(r"[\W_]+")
_SHORT = 25  # characters that another place of the page may have by chance
_MOST_COMPARED = 50_000_000


@dataclass
class _Leaf:
    """A block element with text of its own, or a whole table of data.

    Attributes:
        element: the element.
        text: its own text, without that of the blocks in it.
        linked: how many characters of that are in links.
        kept: whether it is the article's.
    """

    element: Any
    text: str = ""
    linked: int = 0
    kept: bool = False

    @property
    def letters(self) -> str:
        return _NOT_LETTERS.sub("", self.text).casefold()

    @property
    def is_linked(self) -> bool:
        return 2 * self.linked > len(self.text)


def page_text(tree: Any, title: str, size: int) -> str:
    """Write the article of a page as text.

    Args:
        tree: of the page; it is changed.
        title: the headline, which is left out.
        size: characters of the page's source.

    Raises:
        UnreadableArticle: there is none in it, or trafilatura cannot read it.
    """
    clean(tree)
    removed = remove_boilerplate(tree)
    _unwrap_article(tree)
    leaves = [leaf for leaf in _leaves(tree) if leaf.text.split() != title.split()]
    _mark_found(leaves, _found(tree, size))
    if not any(leaf.kept for leaf in leaves):
        for leaf in leaves:
            leaf.kept = not leaf.is_linked and len(leaf.text) > _SHORT and leaf.text[-1:] in '.!?”"'
    _add_between(leaves)
    text = rendered(tree, {leaf.element for leaf in leaves if leaf.kept})
    if not text:
        only = f", only {removed}" if removed else ""
        raise UnreadableArticle(f"no article found in the page{only}")
    return text


def _unwrap_article(tree: Any) -> None:
    """Make plain blocks of what holds most of the text, whatever its name says that it is."""
    paragraphs = [one for one in tree.iter("p") if len(one.text_content()) > _SHORT]
    total = sum(len(one.text_content()) for one in paragraphs)
    for element in list(tree.iter("aside", "dialog", "div", "section", "form")):
        inside = sum(len(one.text_content()) for one in element.iter("p"))
        if total and 2 * inside > total:
            if element.tag in ("aside", "dialog", "form"):
                element.tag = "div"
                element.attrib.clear()


def _found(tree: Any, size: int) -> str:
    """What trafilatura takes for the article, a block a line."""
    try:
        page = trafilatura.bare_extraction(
            copy.deepcopy(tree),
            fast=size > THOROUGH_LIMIT,
            include_comments=False,
            with_metadata=False,
            favor_recall=True,
        )
    except Exception as error:  # a third party's parser on anybody's page: all kinds are seen
        raise UnreadableArticle(f"the page cannot be parsed ({type(error).__name__})") from error
    return "" if page is None or isinstance(page, dict) else page.text or ""


def _leaves(tree: Any) -> list[_Leaf]:
    found: list[_Leaf] = []
    open_blocks: list[_Leaf] = []
    links = 0
    walk = lxml.etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        begins = event == "start"
        if element.tag == "table" and begins and is_data_table(element):
            found.append(_Leaf(element, words_of(element)))
            walk.skip_subtree()
            continue
        if element.tag in HOLDERS:
            if begins:
                open_blocks.append(_Leaf(element))
                found.append(open_blocks[-1])
            elif open_blocks and open_blocks[-1].element is element:
                open_blocks.pop()
        elif element.tag == "a":
            links += 1 if begins else -1
        words = element.text if begins else element.tail
        if words and open_blocks:
            open_blocks[-1].text += words
            open_blocks[-1].linked += len(words) if links else 0
    for leaf in found:
        leaf.text = " ".join(leaf.text.split())
    return [leaf for leaf in found if leaf.text]


def _mark_found(leaves: list[_Leaf], text: str) -> None:
    lines = {_NOT_LETTERS.sub("", line).casefold() for line in text.splitlines()}
    whole = "".join(_NOT_LETTERS.sub("", text).casefold())
    searched = len(whole) * len(leaves) < _MOST_COMPARED
    for leaf in leaves:
        letters = leaf.letters
        leaf.kept = letters in lines or (searched and len(letters) > _SHORT and letters in whole)


def _add_between(leaves: list[_Leaf]) -> None:
    """Keep what trafilatura loses inside an article: headings, tables, lists, boxes, times."""
    kept = [number for number, leaf in enumerate(leaves) if leaf.kept]
    if not kept:
        return
    inside = _article_element([leaves[number] for number in kept])
    for number, leaf in enumerate(leaves):
        between = kept[0] <= number <= kept[-1]
        if leaf.kept or inside not in (leaf.element, *leaf.element.iterancestors()):
            continue
        if leaf.element.tag == "table" or (between and not leaf.is_linked):
            leaf.kept = leaf.element.tag not in _HEADINGS and not leaf.element.get(POST_TIME)
    follows = False
    for leaf in reversed(leaves):
        leads = leaf.element.tag in _HEADINGS or leaf.element.get(POST_TIME)
        if leads and follows and leaf.element.getparent() is not None:
            leaf.kept = True
        follows = leaf.kept


def _article_element(kept: list[_Leaf]) -> Any:
    """The innermost element that holds nearly all that is kept."""
    counts: dict[Any, int] = {}
    for leaf in kept:
        for element in (leaf.element, *leaf.element.iterancestors()):
            counts[element] = counts.get(element, 0) + len(leaf.text)
    total = sum(len(leaf.text) for leaf in kept)
    holding = [element for element, count in counts.items() if 10 * count >= 8 * total]
    return max(holding, key=lambda element: sum(1 for _ in element.iterancestors()))
