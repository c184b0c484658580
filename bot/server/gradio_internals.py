"""What the server uses of Gradio without a public way to it, as it is in Gradio 6.31.

- ``gr.context.Context.root_block``, ``Blocks.default_config.fns``, ``Api._api_info`` and
  ``gradio.utils.get_function_description``: descriptions of an endpoint's parameters.
- ``LocalContext.request``: who caused the event that a function serves.
- ``Blocks.has_launched`` and ``is_running``: only of an app that was launched does Gradio ask where
  its files lie.
- ``Blocks.app`` and ``Blocks._queue``, ``App.stop_event``: the end of an app that was mounted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr
from fastapi import FastAPI
from gradio.components.api_component import Api
from gradio.context import LocalContext
from gradio.events import api
from gradio.routes import App
from gradio.utils import get_function_description
from starlette.routing import Mount

__all__ = ["add_endpoint", "event_scope", "mount_page", "stop_page"]


def add_endpoint(name: str, function: Callable[..., Any], **options: Any) -> list[Any]:
    """Add an endpoint to the Blocks whose ``with`` this is called in.

    Args:
        name: of the endpoint.
        function: answers calls; its docstring describes it and its parameters.
        options: of ``gr.api``.

    Returns:
        The defaults of its parameters, in their order.
    """
    blocks = gr.context.Context.root_block
    assert blocks is not None, "called outside of Blocks"
    what, parameters, _ = get_function_description(function)
    event = api(function, api_name=name, api_description=what, **options)
    described = [(key, text) for key, text in parameters.items() if key != "request"]
    inputs = blocks.default_config.fns[event["id"]].inputs
    for component, (key, text) in zip(inputs, described, strict=True):
        assert isinstance(component, Api), "made by gr.api"
        component.label = key
        component._api_info = {**component._api_info, "additional_description": text}
    return [component.value for component in inputs if isinstance(component, Api)]


def event_scope() -> Mapping[str, Any] | None:
    """Return the ASGI scope of the request whose event is being served; None outside of one."""
    request = LocalContext.request.get(None)
    inner = getattr(request, "request", None)
    return None if inner is None else inner.scope


def mount_page(app: FastAPI, page: gr.Blocks, **options: Any) -> App:
    """Mount a page at the root of an application; takes what ``gr.mount_gradio_app`` does."""
    gr.mount_gradio_app(app, page, path="", **options)
    page.has_launched = page.is_running = True
    mounted = next(route.app for route in app.routes if isinstance(route, Mount))
    assert isinstance(mounted, App), "mounted by Gradio just now"
    page.app = mounted
    return mounted


def stop_page(page: gr.Blocks) -> None:
    """Let a mounted page answer nothing more, and end the streams to its visitors."""
    page._queue.close()  # type: ignore[no-untyped-call]
    page.is_running = False
    page.app.stop_event.set()
