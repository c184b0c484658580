"""Several articles, chosen by the boxes of the table: to be asked alone, or removed at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from bot.chat.html.markup import title_html
from bot.sanitize import counted

if TYPE_CHECKING:
    from bot.chat.article_table import ArticleRow

__all__ = ["CHOOSING_JS", "Selection", "choosing_bar", "chosen_rows", "question_html"]

_MOST_NAMED = 12  # titles that the question lists

# What is chosen is kept here and not on the server: it outlasts searching, sorting and turning
# pages, costs no request for a box, and two quick clicks cannot overtake each other.
CHOOSING_JS = """
const chosen = new Set();
const mark = () => {
  const boxes = [...element.querySelectorAll('input[name="choose"]')];
  for (const box of boxes) box.checked = chosen.has(box.value);
  const all = element.querySelector('input[name="choose-all"]');
  if (!all) return;
  const here = boxes.filter((box) => box.checked).length;
  all.checked = here === boxes.length;
  all.indeterminate = here > 0 && here < boxes.length;
  const bar = element.querySelector(".choosing");
  bar.querySelector("[role=status]").textContent = chosen.size ? `${chosen.size} chosen` : "";
  for (const button of bar.querySelectorAll("button")) button.hidden = !chosen.size;
};
element.addEventListener("change", (event) => {
  const all = event.target.name === "choose-all";
  if (!all && event.target.name !== "choose") return;
  for (const box of all ? element.querySelectorAll('input[name="choose"]') : [event.target]) {
    if (event.target.checked) chosen.add(box.value);
    else chosen.delete(box.value);
  }
  mark();
});
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[name]");
  if (button?.name === "remove-chosen") trigger("removal", { ids: [...chosen] });
  if (button?.name === "ask-chosen") trigger("only", { ids: [...chosen] });
  if (button?.name === "choose-none") {
    chosen.clear();
    mark();
    element.querySelector('input[name="choose-all"]').focus();
  }
});
watch("value", mark);
watch("gone", () => {
  for (const id of props.gone.ids) chosen.delete(id);
  mark();
});
"""
# Gradio makes what is hidden when it is first shown.
_QUESTION_JS = """
const look = () => element.querySelector("[tabindex]")?.focus();
watch("value", look);
look();
"""


@dataclass(frozen=True)
class Selection:
    """The second look.

    Attributes:
        place: holds all of it.
        question: what is asked, as HTML.
        sure: what removes them.
        keep: what leaves them.
        ids: of the articles that are asked about, a tuple.
    """

    place: gr.Column
    question: gr.HTML
    sure: gr.Button
    keep: gr.Button
    ids: gr.State

    @property
    def outputs(self) -> list[Any]:
        """What ``shown`` writes to."""
        return [self.place, self.question, self.ids]

    @staticmethod
    def shown(rows: Sequence[ArticleRow] = ()) -> list[Any]:
        """Ask about these articles, or ask nothing where there are none."""
        ids = tuple(row.id for row in rows)
        return [gr.update(visible=bool(rows)), question_html(rows), ids]


def choosing_bar() -> Selection:
    """Put the second look into the Blocks that are being built, hidden until it is needed."""
    with gr.Column(visible=False, elem_id="chosen") as place:
        question = gr.HTML("", js_on_load=_QUESTION_JS)
        with gr.Row():
            sure = gr.Button("Yes, remove them", variant="stop", size="sm")
            keep = gr.Button("No, keep them", size="sm")
    return Selection(place, question, sure, keep, gr.State(()))


def chosen_rows(rows: Sequence[ArticleRow], ids: object) -> list[ArticleRow]:
    """Give those that a browser says are chosen, in the order of the listing.

    Args:
        rows: of the listing; what has been removed meanwhile is no longer among them.
        ids: what came from the browser: anything.
    """
    wanted = {one for one in ids if isinstance(one, str)} if isinstance(ids, list) else set()
    return [row for row in rows if row.id in wanted]


def question_html(rows: Sequence[ArticleRow]) -> str:
    """Ask whether these are to be removed, and name them as far as there is room."""
    if not rows:
        return ""
    items = "".join(f"<li><bdi>{title_html(row.title)}</bdi></li>" for row in rows[:_MOST_NAMED])
    more = len(rows) - _MOST_NAMED
    rest = f"<li>and {more:,} more</li>" if more > 0 else ""
    return (
        f'<p tabindex="-1"><strong>Remove {counted(len(rows), "article")} from the index?</strong>'
        f"</p><ul>{items}{rest}</ul>"
    )
