"""The tab of the articles: a table to search, an article to read, and ways to add and remove."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from bot.chat.add_form import adding_form
from bot.chat.article_table import ArticleTable, chosen, table_html
from bot.chat.events import HIDDEN
from bot.chat.html.article_view import article_html, gone_html
from bot.chat.html.markup import notice_html
from bot.chat.html.progress import progress_html
from bot.chat.selection import CHOOSING_JS, choosing_bar, chosen_rows
from bot.editing.jobs import Job
from bot.editing.service import EditingService
from bot.errors import BotError, UnknownArticle
from corpus.errors import NewsbotError

if TYPE_CHECKING:
    from bot.access.policy import AccessPolicy
    from bot.newsbot import NewsBot

__all__ = ["ArticlesTab", "articles_tab"]

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


_READERS_ONLY = (
    '<p class="byline">You may read every article and ask. Who may add and remove articles is '
    "decided by whoever runs this newsbot.</p>"
)


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
        permit: gives the outputs of ``permitted``: what whoever asks may do here.
        permitted: components that are hidden from whoever may only read.
        show: gives the table's HTML, from what is searched for and how it stands.
        follow: gives the outputs of ``followed`` while a change goes on, if one does.
        followed: components that ``follow`` writes to.
        words: what is searched for, and
        state: how the table stands: what ``show`` takes.
        table: where it is shown.
        changed: events after which the index may hold other articles.
    """

    permit: Callable[[gr.Request], list[Any]]
    permitted: list[Any]
    show: Callable[[str | None, Any, gr.Request], str]
    follow: Callable[[gr.Request], Iterator[list[Any]]]
    followed: list[Any]
    words: gr.Textbox
    state: gr.State
    table: gr.HTML
    changed: list[Any]


def articles_tab(
    bot: NewsBot, listing: ArticleTable, contributions: EditingService, policy: AccessPolicy
) -> ArticlesTab:
    """Put the tab's components and events into the Blocks that are being built.

    Args:
        bot: gives the articles to read.
        listing: gives the rows of the table.
        contributions: changes the index.
        policy: knows who may change it; the events ask it too, whatever is shown.
    """
    changes = contributions.changes
    number = gr.State(0)  # of the change that is followed, which Cancel stops
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
            choosing = choosing_bar()
            gone: dict[str, Any] = {"change": 0, "ids": []}  # what is no longer to be chosen
            table = gr.HTML("", elem_id="table", js_on_load=_TABLE_JS + CHOOSING_JS, gone=gone)
        with gr.Column(elem_id="desk"):
            reader = gr.HTML("", elem_id="reader", js_on_load=_READER_JS)
            with gr.Row(visible=False, elem_id="removal") as removal:
                remove = gr.Button("Remove from the index", elem_id="remove", size="sm")
                sure = gr.Button("Yes, remove it", variant="stop", visible=False, size="sm")
                keep = gr.Button("No, keep it", visible=False, size="sm")
            status = gr.HTML("", elem_id="status")
            cancel = gr.Button("Cancel", elem_id="cancel", size="sm", visible=False)
            readers = gr.HTML(_READERS_ONLY, elem_id="readers-only", visible=False)
            adding = adding_form()

    def permit(request: gr.Request) -> list[Any]:
        may = policy.may_edit(request.request)
        return [gr.update(visible=one) for one in (may, may, not may)]

    def show(words: str | None, state: _Sorted, request: gr.Request) -> str:
        try:
            rows = listing.rows()
        except NewsbotError as error:
            return notice_html(str(error), problem=True)
        found = chosen(rows, (words or "")[:300], state.order, state.falling)
        may = policy.may_edit(request.request)
        return table_html(found, state.page, state.order, state.falling, len(rows), may)

    # Gradio takes a private event's name from those of the endpoints too: none is called search.
    def look_up(words: str, state: _Sorted, request: gr.Request) -> list[Any]:
        state = _Sorted(state.order, state.falling)
        return [show(words, state, request), state]

    def sort(words: str, state: _Sorted, event: gr.EventData, request: gr.Request) -> list[Any]:
        order = str(event.value)
        falling = not state.falling if order == state.order else order == "published"
        state = _Sorted(order, falling)
        return [show(words, state, request), state]

    def turn_page(
        words: str, state: _Sorted, event: gr.EventData, request: gr.Request
    ) -> list[Any]:
        page = int(event.value) if str(event.value).isdecimal() else 0
        state = _Sorted(state.order, state.falling, page)
        return [show(words, state, request), state]

    quick: dict[str, Any] = {"queue": False, **HIDDEN}
    words.change(look_up, [words, state], [table, state], trigger_mode="always_last", **quick)
    table.sort(sort, [words, state], [table, state], **quick)
    table.turn(turn_page, [words, state], [table, state], **quick)

    def read(event: gr.EventData, request: gr.Request) -> list[Any]:
        article_id = str(event.value)
        try:
            article = bot.article(article_id)
        except UnknownArticle:
            return [gone_html(article_id), "", *_asked(removal=False)]
        except NewsbotError as error:
            return [notice_html(str(error), problem=True), "", *_asked(removal=False)]
        shown = article_html(article, close="Close the article")
        return [shown, article_id, *_asked(removal=policy.may_edit(request.request))]

    at_removal = [removal, remove, sure, keep]
    table.open(read, None, [reader, opened, *at_removal], **quick)
    close = ["", "", *_asked(removal=False)]
    reader.close(lambda: close, None, [reader, opened, *at_removal], **quick)
    remove.click(lambda: _asked(removal=True, sure=True), None, at_removal, **quick)
    keep.click(lambda: _asked(removal=True), None, at_removal, **quick)

    def ask_removal(event: gr.EventData, request: gr.Request) -> list[Any]:
        may = policy.may_edit(request.request)
        return choosing.shown(chosen_rows(listing.at_hand(), event.ids) if may else ())

    table.removal(ask_removal, None, choosing.outputs, **quick)

    followed = [status, table, number]

    def follow(
        request: gr.Request,
        change: Job,
        words: str = "",
        state: _Sorted | None = None,
        ids: Sequence[str] = (),
    ) -> Any:
        while not change.wait(_LOOK):
            yield [progress_html(change), gr.skip(), change.number]
        shown: Any = show(words, state or _Sorted(), request)
        if ids and change.report is not None:
            shown = gr.update(value=shown, gone={"change": change.number, "ids": list(ids)})
        yield [progress_html(change), shown, 0]

    def begin(
        request: gr.Request,
        start: Callable[[], Job],
        words: str,
        state: _Sorted,
        ids: Sequence[str] = (),
    ) -> Iterator[list[Any]]:
        try:
            policy.check_editor(request.request)
            change = start()
        except BotError as error:
            line = str(error)
            yield [
                notice_html(f"{line[:1].upper()}{line[1:]}.", problem=True),
                *(gr.skip(), gr.skip()),
            ]
        else:
            yield [progress_html(change), gr.skip(), change.number]
            yield from follow(request, change, words, state, ids)

    def add_files(
        files: list[str] | None, words: str, state: _Sorted, request: gr.Request
    ) -> Iterator[list[Any]]:
        paths = [str(file) for file in files or ()]
        for told in begin(request, lambda: contributions.add(paths), words, state):
            # Once they are taken they are no longer where they were uploaded to.
            yield [*told, None if isinstance(told[-1], int) else gr.skip()]

    def add_addresses(
        given: str | None, words: str, state: _Sorted, request: gr.Request
    ) -> Iterator[list[Any]]:
        lines = list(dict.fromkeys(filter(None, map(str.strip, (given or "").splitlines()))))
        yield from begin(request, lambda: contributions.add(addresses=lines), words, state)

    def add_text(
        text: str | None,
        title: str | None,
        source: str | None,
        day: str | None,
        url: str | None,
        words: str,
        state: _Sorted,
        request: gr.Request,
    ) -> Iterator[list[Any]]:
        def start() -> Job:
            known = {"source": source or "", "published": day or "", "url": url or ""}
            return contributions.add(text=text or "", title=title or "", **known)

        yield from begin(request, start, words, state)

    def take_out(
        named: str | tuple[str, ...], words: str, state: _Sorted, request: gr.Request
    ) -> Iterator[list[Any]]:
        ids = [one for one in ([named] if isinstance(named, str) else named) if one]
        yield from begin(request, lambda: contributions.remove(ids), words, state, ids)

    changed = []
    for button, work, given, to in (
        (adding.add_files, add_files, [adding.files], [*followed, adding.files]),
        (adding.add_addresses, add_addresses, [adding.addresses], followed),
        (adding.add_text, add_text, adding.article, followed),
        (sure, take_out, [opened], followed),
        (choosing.sure, take_out, [choosing.ids], followed),
    ):
        changed.append(button.click(work, [*given, words, state], to, **HIDDEN))
    changed[-2].then(lambda: close, None, [reader, opened, *at_removal], **quick)
    changed[-1].then(
        lambda one, ids: close if one in ids else [gr.skip()] * len(close),
        [opened, choosing.ids],
        [reader, opened, *at_removal],
        **quick,
    )
    for button in (choosing.sure, choosing.keep):
        button.click(lambda: gr.update(visible=False), None, choosing.place, **quick)

    def stop(number: int, request: gr.Request) -> None:
        if policy.may_edit(request.request):
            changes.stop(number)

    cancel.click(stop, number, None, **quick)

    def follow_running(request: gr.Request) -> Iterator[list[Any]]:
        yield [gr.skip()] * len(followed)  # of a generator that gives nothing Gradio makes blanks
        if (change := changes.current) is not None:
            yield from follow(request, change)

    permitted = [adding.place, cancel, readers]
    return ArticlesTab(
        permit, permitted, show, follow_running, followed, words, state, table, changed
    )


def _asked(*, removal: bool, sure: bool = False) -> list[Any]:
    seen = (removal, removal and not sure, removal and sure, removal and sure)
    return [gr.update(visible=one) for one in seen]
