"""The text of a page's article: trafilatura finds it, and it is written as the page prints it."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from typing import Any

import lxml.etree
import trafilatura

from corpus.errors import UnreadableArticle
from corpus.formats.boilerplate import POST_TIME, only_appeals, remove_boilerplate
from corpus.formats.markup import HOLDERS, clean, is_data_table, rendered, words_of

__all__ = ["THOROUGH_LIMIT", "page_text"]

THOROUGH_LIMIT = 2_000_000
"""Characters; on a longer page trafilatura's slower second opinions are left out."""

_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_NOT_LETTERS = re.compile(r"[\W_]+")
_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*[¹²³⁰-⁹]*$")
_FACTS = re.compile(
    r"\b(?:fact|info-?box|key-?(?:point|takeaway)|at-a-glance|in-brief)", re.IGNORECASE
)
_SHORT = 25  # characters that another place of the page may have by chance
_SHORTEST = 10  # characters of a sentence
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

    @property
    def is_sentence(self) -> bool:
        return len(self.text) > _SHORTEST and _SENTENCE_END.search(self.text) is not None

    @property
    def leads(self) -> bool:
        """Whether it belongs to what follows it."""
        return self.element.tag in _HEADINGS or self.element.get(POST_TIME) is not None


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
    leaves = _without_headline(_leaves(tree), title)
    _mark_found(leaves, _found(tree, size))
    if not any(leaf.kept for leaf in leaves):
        for leaf in leaves:
            leaf.kept = not leaf.is_linked and leaf.is_sentence
    _add_lost(leaves)
    text = rendered(tree, {leaf.element for leaf in leaves if leaf.kept})
    asked = only_appeals(text)
    if not text or asked:
        only = f", only {removed or asked}" if removed or asked else ""
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
    page_copy = copy.deepcopy(tree)
    for element in page_copy.iter():
        element.attrib.pop("aria-hidden", None)  # which is printed, and which it would leave out
    try:
        page = trafilatura.bare_extraction(
            page_copy,
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


def _without_headline(leaves: list[_Leaf], title: str) -> list[_Leaf]:
    """Leave out the headline, a first heading in other words for it, and the line above it."""
    words = set(_WORD.findall(title.casefold()))
    headline = None
    for number, leaf in enumerate(leaves):
        if leaf.element.tag == "h1":
            shared = words & set(_WORD.findall(leaf.text.casefold()))
            headline = number if 2 * len(shared) > len(words) else None
            break
    return [
        leaf
        for number, leaf in enumerate(leaves)
        if leaf.text.split() != title.split()
        and number != headline
        and (headline is None or number > headline or leaf.is_sentence)
    ]


def _mark_found(leaves: list[_Leaf], text: str) -> None:
    lines = {_NOT_LETTERS.sub("", line).casefold() for line in text.splitlines()}
    whole = "".join(_NOT_LETTERS.sub("", text).casefold())
    searched = len(whole) * len(leaves) < _MOST_COMPARED
    for leaf in leaves:
        letters = leaf.letters
        leaf.kept = letters in lines or (searched and len(letters) > _SHORT and letters in whole)


def _add_lost(leaves: list[_Leaf]) -> None:
    """Keep what trafilatura loses inside an article: headings, tables, lists, boxes, times."""
    kept = [number for number, leaf in enumerate(leaves) if leaf.kept]
    if not kept:
        return
    inside = _article_element([leaves[number] for number in kept])
    shares = _linked_lists(leaves)
    whole = "".join(leaf.letters for leaf in leaves if leaf.kept)
    for number, leaf in enumerate(leaves):
        if leaf.leads or inside not in leaf.element.iterancestors():
            continue
        if leaf.kept:
            continue
        linked = shares.get(leaf.element.getparent(), leaf.is_linked)
        among = kept[0] <= number <= kept[-1] or leaf.is_sentence or _is_fact(leaf.element)
        quoted = next(leaf.element.iterancestors("aside"), leaf.element).tag == "aside"
        repeated = quoted and leaf.letters in whole
        leaf.kept = leaf.element.tag == "table" or (among and not linked and not repeated)
    follows = False
    for leaf in reversed(leaves):
        leaf.kept = leaf.kept or (leaf.leads and follows)
        follows = leaf.kept


def _is_fact(element: Any) -> bool:
    """Whether an element stands in a box of facts, by its name."""
    names = (f"{one.get('class') or ''} {one.get('id') or ''}" for one in element.iterancestors())
    return any(map(_FACTS.search, names))


def _linked_lists(leaves: list[_Leaf]) -> dict[Any, bool]:
    """Lists to whether most of what is in them is in links: then they lead to other pages."""
    counts: dict[Any, list[int]] = {}
    for leaf in leaves:
        if leaf.element.tag == "li":
            count = counts.setdefault(leaf.element.getparent(), [0, 0])
            count[0] += leaf.linked
            count[1] += len(leaf.text)
    return {above: 10 * linked > 9 * length for above, (linked, length) in counts.items()}


def _article_element(kept: list[_Leaf]) -> Any:
    """The innermost element that holds nearly all that is kept."""
    counts: dict[Any, int] = {}
    for leaf in kept:
        for element in leaf.element.iterancestors():
            counts[element] = counts.get(element, 0) + len(leaf.text)
    total = sum(len(leaf.text) for leaf in kept)
    holding = [element for element, count in counts.items() if 10 * count >= 8 * total]
    return max(holding, key=lambda element: sum(1 for _ in element.iterancestors()))
