"""The tab of the articles: a table to search, an article to read, and ways to add and remove."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from bot.chat.changes import Change, Changes
from bot.chat.events import HIDDEN
from bot.chat.listing import Listing, chosen, table_html
from bot.chat.markup import notice_html
from bot.chat.progress import progress_html
from bot.chat.reading import article_html, gone_html
from bot.errors import BotError, UnknownArticle
from corpus.errors import NewsbotError

if TYPE_CHECKING:
    from bot.newsbot import NewsBot

__all__ = ["ArticlesTab", "articles_tab"]

_MOST_FILES = 1_000
_MOST_ADDRESSES = 100
_LONGEST_PASTED = 5_000_000  # code points: the most that an article may have
_LOOK = 0.3  # seconds between two looks at a change that goes on

_TABLE_JS = """
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[name]");
  if (!button) return;
  if (button.name === "open") trigger("open", { value: button.value });
  if (button.name === "sort") trigger("sort", { value: button.value });
  if (button.name === "turn") trigger("turn", { value: button.value });
});
"""
_READER_JS = """
element.addEventListener("click", (event) => {
  const button = event.target.closest('button[name="close"]');
  if (button) { trigger("close"); window.newsbot?.closed(); }
});
watch("value", () => window.newsbot?.opened(element));
"""


@dataclass(frozen=True)
class _Sorted:
    """How the table stands: what is sorted by, which way, and which page is shown."""

    order: str = "title"
    falling: bool = False
    page: int = 0


@dataclass(frozen=True)
class ArticlesTab:
    """What the page calls.

    Attributes:
        show: gives the table's HTML, from what is searched for and how it stands.
        follow: gives the outputs of ``followed`` while a change goes on, if one does.
        followed: components that ``follow`` writes to.
        words: what is searched for, and
        state: how the table stands: what ``show`` takes.
        table: where it is shown.
        changed: events after which the index may hold other articles.
    """

    show: Callable[[str | None, Any], str]
    follow: Callable[[], Iterator[list[Any]]]
    followed: list[Any]
    words: gr.Textbox
    state: gr.State
    table: gr.HTML
    changed: list[Any]


def articles_tab(bot: NewsBot, listing: Listing, changes: Changes) -> ArticlesTab:
    """Put the tab's components and events into the Blocks that are being built."""
    state = gr.State(_Sorted())
    opened = gr.State("")
    with gr.Row(elem_id="library", equal_height=False):
        with gr.Column(elem_id="shelf"):
            words = gr.Textbox(
                label="Search the articles by title, source, author, date or id",
                placeholder="Search titles, sources, authors, dates",
                show_label=False,
                container=False,
                elem_id="search",
            )
            table = gr.HTML("", elem_id="table", js_on_load=_TABLE_JS)
        with gr.Column(elem_id="desk"):
            reader = gr.HTML("", elem_id="reader", js_on_load=_READER_JS)
            with gr.Row(visible=False, elem_id="removal") as removal:
                remove = gr.Button("Remove from the index", elem_id="remove", size="sm")
                sure = gr.Button("Yes, remove it", variant="stop", visible=False, size="sm")
                keep = gr.Button("No, keep it", visible=False, size="sm")
            status = gr.HTML("", elem_id="status")
            cancel = gr.Button("Cancel", elem_id="cancel", size="sm")
            adding = _adding()

    def show(words: str | None, state: _Sorted) -> str:
        try:
            rows = listing.rows()
        except NewsbotError as error:
            return notice_html(str(error), problem=True)
        found = chosen(rows, (words or "")[:300], state.order, state.falling)
        return table_html(found, state.page, state.order, state.falling, len(rows))

    def search(words: str, state: _Sorted) -> list[Any]:
        state = _Sorted(state.order, state.falling)
        return [show(words, state), state]

    def sort(words: str, state: _Sorted, event: gr.EventData) -> list[Any]:
        order = str(event.value)
        falling = not state.falling if order == state.order else order == "published"
        state = _Sorted(order, falling)
        return [show(words, state), state]

    def turn_page(words: str, state: _Sorted, event: gr.EventData) -> list[Any]:
        page = int(event.value) if str(event.value).isdecimal() else 0
        state = _Sorted(state.order, state.falling, page)
        return [show(words, state), state]

    quick: dict[str, Any] = {"queue": False, **HIDDEN}
    words.change(search, [words, state], [table, state], trigger_mode="always_last", **quick)
    table.sort(sort, [words, state], [table, state], **quick)
    table.turn(turn_page, [words, state], [table, state], **quick)

    def read(event: gr.EventData) -> list[Any]:
        article_id = str(event.value)
        try:
            article = bot.article(article_id)
        except UnknownArticle:
            return [gone_html(article_id), "", *_asked(removal=False)]
        except NewsbotError as error:
            return [notice_html(str(error), problem=True), "", *_asked(removal=False)]
        shown = article_html(article, close="Close the article")
        return [shown, article_id, *_asked(removal=True)]

    at_removal = [removal, remove, sure, keep]
    table.open(read, None, [reader, opened, *at_removal], **quick)
    close = ["", "", *_asked(removal=False)]
    reader.close(lambda: close, None, [reader, opened, *at_removal], **quick)
    remove.click(lambda: _asked(removal=True, sure=True), None, at_removal, **quick)
    keep.click(lambda: _asked(removal=True), None, at_removal, **quick)

    followed = [status, table]

    def follow(change: Change | None, words: str = "", state: _Sorted | None = None) -> Any:
        while change is not None and not change.wait(_LOOK):
            yield [progress_html(change), gr.skip()]
        if change is not None:
            yield [progress_html(change), show(words, state or _Sorted())]

    def begin(start: Callable[[], Change], words: str, state: _Sorted) -> Iterator[list[Any]]:
        try:
            change = start()
        except BotError as error:
            yield [notice_html(str(error), problem=True), gr.skip()]
        else:
            yield from follow(change, words, state)

    def add_files(files: list[str] | None, words: str, state: _Sorted) -> Iterator[list[Any]]:
        yield from begin(lambda: changes.add_files(_files(files)), words, state)

    def add_addresses(given: str, words: str, state: _Sorted) -> Iterator[list[Any]]:
        yield from begin(lambda: changes.add_addresses(_addresses(given)), words, state)

    def add_text(
        text: str, title: str, source: str, day: str | None, url: str, words: str, state: _Sorted
    ) -> Iterator[list[Any]]:
        def start() -> Change:
            return changes.add_text(_pasted(text), title, source, day or "", url)

        yield from begin(start, words, state)

    def take_out(article_id: str, words: str, state: _Sorted) -> Iterator[list[Any]]:
        yield from begin(lambda: changes.remove([article_id]), words, state)

    changed = []
    for button, work, given in (
        (adding.add_files, add_files, [adding.files]),
        (adding.add_addresses, add_addresses, [adding.addresses]),
        (adding.add_text, add_text, adding.article),
    ):
        changed.append(button.click(work, [*given, words, state], followed, **HIDDEN))
    changed.append(sure.click(take_out, [opened, words, state], followed, **HIDDEN))
    changed[-1].then(lambda: close, None, [reader, opened, *at_removal], **quick)

    def stop() -> None:
        if changes.latest is not None:
            changes.latest.stop()

    cancel.click(stop, None, None, **quick)

    def follow_running() -> Iterator[list[Any]]:
        yield [gr.skip(), gr.skip()]  # of a generator that gives nothing Gradio makes two blanks
        yield from follow(_running(changes))

    return ArticlesTab(show, follow_running, followed, words, state, table, changed)


@dataclass(frozen=True)
class _Adding:
    files: gr.File
    add_files: gr.Button
    addresses: gr.Textbox
    add_addresses: gr.Button
    article: list[Any]
    add_text: gr.Button


def _adding() -> _Adding:
    with gr.Accordion("Add articles", open=False, elem_id="add"), gr.Tabs():
        with gr.Tab("Files"):
            files = gr.File(
                label="Text, Markdown, HTML, JSON, CSV, PDF, Word, feeds, web archives; also .gz",
                file_count="multiple",
                type="filepath",
                elem_id="files",
                height=160,
            )
            add_files = gr.Button("Add the files", variant="primary", size="sm")
        with gr.Tab("Addresses"):
            addresses = gr.Textbox(
                label="Addresses, one on each line",
                info="Each is fetched once; nothing that it links to is.",
                lines=3,
                placeholder="https://",
            )
            add_addresses = gr.Button("Fetch and add", variant="primary", size="sm")
        with gr.Tab("Text"):
            title = gr.Textbox(label="Title", max_length=1_000)
            text = gr.Textbox(label="Text", lines=6, max_lines=14)
            with gr.Row():
                source = gr.Textbox(label="Source", max_length=300, min_width=120)
                day = gr.DateTime(label="Date", include_time=False, type="string", min_width=120)
            url = gr.Textbox(label="Address", max_length=2_000)
            add_text = gr.Button("Add the article", variant="primary", size="sm")
    article = [text, title, source, day, url]
    return _Adding(files, add_files, addresses, add_addresses, article, add_text)


def _files(given: list[str] | None) -> list[Path]:
    files = [Path(name) for name in given or ()]
    if not files:
        raise BotError("Choose files first.")
    if len(files) > _MOST_FILES:
        raise BotError(f"At most {_MOST_FILES:,} files at a time: these are {len(files):,}.")
    return files


def _addresses(given: str) -> list[str]:
    lines = list(dict.fromkeys(filter(None, map(str.strip, given.splitlines()))))
    if not lines:
        raise BotError("Give an address first.")
    if len(lines) > _MOST_ADDRESSES:
        raise BotError(f"At most {_MOST_ADDRESSES} addresses at a time: these are {len(lines):,}.")
    wrong = [line for line in lines if not line.lower().startswith(("http://", "https://"))]
    if wrong:
        # Anything else would be read as a path of this machine.
        raise BotError(f"Not a web address: {wrong[0][:200]}. It begins with https:// or http://.")
    return lines


def _pasted(text: str) -> str:
    if not text.strip():
        raise BotError("Paste the article's text first.")
    if len(text) > _LONGEST_PASTED:
        raise BotError(f"An article may have {_LONGEST_PASTED:,} characters at the most.")
    return text


def _asked(*, removal: bool, sure: bool = False) -> list[Any]:
    seen = (removal, removal and not sure, removal and sure, removal and sure)
    return [gr.update(visible=one) for one in seen]


def _running(changes: Changes) -> Change | None:
    latest = changes.latest
    return latest if latest is not None and not latest.is_finished else None
