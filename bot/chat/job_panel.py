"""The progress of the job that changes the index, and the button that cancels it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import gradio as gr

from bot.chat.events import QUICK
from bot.chat.html.markup import problem_html
from bot.chat.html.progress import progress_html
from bot.editing.jobs import Job, JobQueue
from bot.errors import BotError

if TYPE_CHECKING:
    from bot.access.policy import AccessPolicy

__all__ = ["JobPanel"]

_INTERVAL = 0.3  # seconds between two looks at a job


class JobPanel:
    """The components; ``run`` and ``follow_current`` yield the values of its ``outputs``."""

    def __init__(self, jobs: JobQueue, policy: AccessPolicy) -> None:
        """Put the panel into the Blocks that are being built; only editors may run and cancel."""
        self._jobs = jobs
        self._policy = policy
        followed = gr.State(0)  # number of the job that is followed
        self.outputs: list[Any] = [gr.HTML("", elem_id="status"), followed]
        self.cancel = gr.Button("Cancel", elem_id="cancel", size="sm", visible=False)
        self.cancel.click(self._cancel, followed, None, **QUICK)

    def run(self, start: Callable[[], Job], request: gr.Request) -> Iterator[list[Any]]:
        """Start a job for whoever sent a request, and follow it; the last number is 0."""
        try:
            self._policy.check_editor(request.request)
            job = start()
        except BotError as error:
            line = str(error)
            yield [problem_html(f"{line[:1].upper()}{line[1:]}."), gr.skip()]
        else:
            yield [progress_html(job), job.number]
            yield from _follow(job)

    def follow_current(self) -> Iterator[list[Any]]:
        """Follow the job that runs, if one does."""
        yield [gr.skip(), gr.skip()]  # of a generator that yields nothing Gradio makes blanks
        if (job := self._jobs.current) is not None:
            yield from _follow(job)

    def _cancel(self, number: int, request: gr.Request) -> None:
        if self._policy.may_edit(request.request):
            self._jobs.stop(number)


def _follow(job: Job) -> Iterator[list[Any]]:
    while not job.wait(_INTERVAL):
        yield [progress_html(job), job.number]
    yield [progress_html(job), 0]
