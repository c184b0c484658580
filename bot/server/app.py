"""The ASGI app: the page, its endpoints, ``/healthz``, ``/metrics`` and ``/mcp``, in middleware."""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.routing import BaseRoute

from bot.access.audit import AuditLog, Record, audit_beside, no_record
from bot.access.authentication import BasicAuthBackend, login_refused
from bot.access.policy import AccessPolicy, is_loopback, visitor_of
from bot.access.rate_limits import RateLimiter, ServerLimits
from bot.chat.collection_choice import CollectionChoice
from bot.chat.examples import Examples
from bot.chat.page import build_page
from bot.citing.permalinks import PermalinkStore, permalink_file
from bot.editing.service import EditingService
from bot.server.endpoints import add_endpoints
from bot.server.gradio_calls import GradioCallMiddleware, invalid_call
from bot.server.gradio_internals import mount_page
from bot.server.headers import SecurityHeaders
from bot.server.mcp_server import mcp_service
from bot.server.metrics import ServerMetrics, monitoring_routes
from bot.server.middleware import (
    CurrentVisitor,
    HostMiddleware,
    OriginMiddleware,
    ProxyPrefixMiddleware,
    RateLimitMiddleware,
)
from bot.server.name_pages import name_routes
from bot.server.openai_endpoint import openai_routes
from bot.server.permalinks import permalink_routes
from bot.server.questions_feed import question_routes
from bot.watching.question_watch import QuestionWatch
from bot.watching.questions import questions_beside

if TYPE_CHECKING:
    from fastapi import Request

    from bot.answering.answers import Answer
    from bot.newsbot import AnswerHook, NewsBot
    from bot.server.config import ServerConfig

__all__ = ["WebApp", "access_middleware", "build_apps", "upload_folder"]

_log = logging.getLogger(__name__)
_SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif")
_MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "Liberation Mono", "monospace")
_AT_ONCE = 4  # questions answered at the same time; the others wait in Gradio's queue


@dataclass(frozen=True)
class WebApp:
    """The application, and what has to be closed with it."""

    asgi: FastAPI
    page: gr.Blocks
    editing: EditingService
    questions: QuestionWatch


def build_apps(
    bots: Mapping[str, NewsBot], policy: AccessPolicy, config: ServerConfig, port: int
) -> dict[str, WebApp]:
    """Build an application for each collection, all of which listen on one port.

    Args:
        bots: by the collections' names, the first of them at the root; ``""`` for no collection.
        policy: who may do what, in all of them.
        config: how much of it is served.
        port: that will be listened on.

    Raises:
        NotServed: the configuration needs something that is not installed.
    """
    metrics = {name: ServerMetrics(bot) for name, bot in bots.items()}
    record = _audit(next(iter(bots.values())), policy, config)
    counted = {
        name: bot.with_hook(_hook(metrics[name], record, name)) for name, bot in bots.items()
    }
    limiter = RateLimiter(config.limits, upload_folder())
    choices = {name: CollectionChoice(tuple(bots), name, config.root_path) for name in bots}
    prefixes = {name: choice.prefix for name, choice in choices.items()}
    apps = {}
    for name, bot in bots.items():
        own = replace(config, root_path=prefixes[name])
        # Questions that are only tried for the examples are nobody's, and not counted.
        apps[name] = _build_app(
            bot, counted, metrics[name], choices[name], prefixes, policy, limiter, own, port, record
        )
    return apps


def _build_app(
    bot: NewsBot,
    bots: Mapping[str, NewsBot],
    metrics: ServerMetrics,
    choice: CollectionChoice,
    prefixes: Mapping[str, str],
    policy: AccessPolicy,
    limiter: RateLimiter,
    config: ServerConfig,
    port: int,
    record: Record,
) -> WebApp:
    limits, uploads = config.limits, upload_folder()
    counted = bots[choice.current]
    editing = EditingService(bot, limits, uploads, record)
    kept = PermalinkStore(permalink_file(bot.index))
    page = build_page(counted, Examples(bot), editing, policy, choice, kept, record)
    with page:
        defaults = add_endpoints(counted, bots, editing, policy, limits, prefixes, record)
    page.state_session_capacity = limits.sessions
    page.queue(default_concurrency_limit=_AT_ONCE, max_size=limits.waiting)
    routes: list[BaseRoute] = [
        *monitoring_routes(bot, metrics),
        *openai_routes(counted, limits),
        *permalink_routes(bot, kept),
        *name_routes(bot),
        *question_routes(bot),
    ]
    lifespan = None
    if config.mcp:
        mcp_routes, lifespan = mcp_service(counted, limits, record)
        routes += mcp_routes
    app = FastAPI(
        routes=routes,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        middleware=[
            Middleware(SecurityHeaders),
            *access_middleware(policy, limits, limiter),
            Middleware(CurrentVisitor),
            Middleware(GradioCallMiddleware, uploads=uploads, defaults=defaults),
        ],
    )
    mounted = mount_page(
        app,
        page,
        server_name=policy.host,
        server_port=port,
        root_path=config.root_path or None,
        max_file_size=limits.file_bytes,
        auth_dependency=_user_name if policy.has_users else None,
        **_page_options(),
    )
    for mistake in (KeyError, TypeError):
        mounted.add_exception_handler(mistake, invalid_call)
    questions = QuestionWatch(questions_beside(bot.index), lambda: bot, config.notify, _log.warning)
    return WebApp(app, page, editing, questions)


def _audit(bot: NewsBot, policy: AccessPolicy, config: ServerConfig) -> Record:
    """Return what writes the audit log of a server, which lies beside its first index."""
    wanted = not is_loopback(policy.host) if config.audit is None else config.audit
    if not wanted:
        return no_record
    file = audit_beside(bot.index)
    return AuditLog(file, CurrentVisitor.get, keep_questions=config.audit_questions).record


def _hook(metrics: ServerMetrics, record: Record, collection: str) -> AnswerHook:
    """Return what counts the questions to a bot, and writes them down."""

    def hook(question: str, outcome: Answer | Exception) -> None:
        metrics.count(question, outcome)
        what = "failed"
        if not isinstance(outcome, Exception):
            what = "refused" if outcome.refused else "answered"
        record("ask", question=question, outcome=what, collection=collection)

    return hook


def access_middleware(
    policy: AccessPolicy, limits: ServerLimits, limiter: RateLimiter
) -> list[Middleware]:
    """Return what decides whether a request is served, the outermost first."""
    return [
        Middleware(HostMiddleware, policy=policy),
        Middleware(OriginMiddleware, policy=policy),
        Middleware(ProxyPrefixMiddleware, root_path=policy.root_path),
        Middleware(
            AuthenticationMiddleware,
            backend=BasicAuthBackend(policy, limiter),
            on_error=login_refused,
        ),
        Middleware(RateLimitMiddleware, policy=policy, limits=limits, limiter=limiter),
    ]


@cache
def upload_folder() -> Path:
    """Make the folder that Gradio keeps uploads in: of this process and of this user alone."""
    folder = Path(tempfile.mkdtemp(prefix="newsbot-uploads-")).resolve()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["GRADIO_TEMP_DIR"] = str(folder)
    return folder


def _page_options() -> dict[str, Any]:
    """Return the looks of the page for Gradio, and nothing that phones home."""
    theme = gr.themes.Base(
        primary_hue=gr.themes.colors.teal,
        neutral_hue=gr.themes.colors.stone,
        font=_SANS,
        font_mono=_MONO,
    )
    folder = files("bot.chat") / "static"
    return {
        "theme": theme,
        "css": folder.joinpath("page.css").read_text(encoding="utf-8"),
        "js": folder.joinpath("page.js").read_text(encoding="utf-8"),
        "footer_links": [],
        "ssr_mode": False,
        "pwa": False,
        "mcp_server": False,
        "run_history": False,
        "enable_monitoring": False,
        "show_error": False,
    }


def _user_name(request: Request) -> str | None:
    return visitor_of(request.scope).name
