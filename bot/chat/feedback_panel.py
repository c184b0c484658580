"""Thumbs under the answers, and the panel that asks why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from bot.chat.events import HIDDEN
from bot.chat.html.markup import notice_html
from bot.chat.turns import Turn, Vote
from bot.feedback import FeedbackStore
from corpus.errors import NewsbotError

__all__ = ["FeedbackPanel", "feedback_events", "feedback_panel"]

_THANKS = notice_html("Thank you. It is kept on this computer, beside the index.")


@dataclass(frozen=True)
class FeedbackPanel:
    """The panel's components.

    Attributes:
        panel: all of it, to be shown or hidden.
        right: what only a thumb down asks for.
        reason: why.
        expected: what would be right.
        unanswerable: whether the articles do not say.
        keep: sends it.
        leave: closes the panel.
        number: of the vote that it is about.
    """

    panel: gr.Group
    right: gr.Group
    reason: gr.Textbox
    expected: gr.Textbox
    unanswerable: gr.Checkbox
    keep: gr.Button
    leave: gr.Button
    number: gr.State


def feedback_panel() -> FeedbackPanel:
    """Put the panel, hidden, into the Blocks that are being built."""
    number = gr.State(0)
    with gr.Group(visible=False, elem_id="why") as panel:
        reason = gr.Textbox(label="Why? (if you like)", max_lines=3, max_length=2_000)
        with gr.Group(visible=False) as right:
            expected = gr.Textbox(label="What would be right? (if you know)", max_length=2_000)
            unanswerable = gr.Checkbox(label="The articles do not say")
        with gr.Row():
            keep = gr.Button("Keep", variant="primary", size="sm")
            leave = gr.Button("Close", size="sm")
    return FeedbackPanel(panel, right, reason, expected, unanswerable, keep, leave, number)


def feedback_events(
    panel: FeedbackPanel, chat: gr.Chatbot, turns: gr.State, notice: gr.HTML, store: FeedbackStore
) -> None:
    """Let the thumbs and the panel work: a vote counts at once, its reason when it is kept."""

    def vote(before: tuple[Turn, ...], like: gr.LikeData) -> list[Any]:
        index = like.index[0] if isinstance(like.index, tuple) else like.index
        place = index // 2  # each turn is a question and its answer
        if not 0 <= place < len(before):
            return [gr.skip()] * 8
        turn = before[place]
        liked = like.liked if isinstance(like.liked, bool) else None
        try:
            if turn.vote is not None:
                store.remove(turn.vote.number)
            number = 0
            if liked is not None:
                number = store.add(
                    turn.question,
                    turn.answer,
                    liked,
                    narrowed=bool(turn.narrowing),
                    generation=turn.generation,
                )
        except NewsbotError as error:
            return [*[gr.skip()] * 7, notice_html(str(error), problem=True)]
        voted = None if liked is None else Vote(number, liked)
        after = (*before[:place], replace(turn, vote=voted), *before[place + 1 :])
        opened = gr.update(visible=liked is not None)
        right = gr.update(visible=liked is False)
        said = notice_html() if liked is None else _THANKS
        return [after, number, opened, right, "", "", False, said]

    chat.like(
        vote,
        turns,
        [
            *(turns, panel.number, panel.panel, panel.right),
            *(panel.reason, panel.expected, panel.unanswerable, notice),
        ],
        queue=False,
        **HIDDEN,
    )

    def keep(number: int, reason: str, expected: str, unanswerable: bool) -> list[Any]:
        try:
            store.explain(number, reason, expected, unanswerable=unanswerable)
        except NewsbotError as error:
            return [gr.skip(), notice_html(str(error), problem=True)]
        return [gr.update(visible=False), _THANKS]

    given = [panel.number, panel.reason, panel.expected, panel.unanswerable]
    kept: Sequence[Any] = [panel.panel, notice]
    gr.on(
        [panel.keep.click, panel.reason.submit, panel.expected.submit],
        keep,
        given,
        kept,
        queue=False,
        **HIDDEN,
    )
    panel.leave.click(
        lambda: [gr.update(visible=False), notice_html()], None, kept, queue=False, **HIDDEN
    )
