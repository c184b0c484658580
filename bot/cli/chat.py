"""The command ``newsbot chat``: the page, and who may use it."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.console import complain
from bot.cli.factory import open_bot, settings_for
from bot.cli.options import ChatModelName, Index, Port, Refusal, Users, WithReader

if TYPE_CHECKING:
    from bot.newsbot import NewsBot
    from bot.server.config import ServerConfig

__all__ = ["chat"]


def chat(
    index: Index = None,
    collection: Annotated[
        list[str] | None,
        typer.Option(
            "--collection",
            metavar="NAME",
            help="A collection that newsbot init made; given several times, the page has a choice "
            "among them. Default: NEWSBOT_COLLECTION, else none.",
        ),
    ] = None,
    port: Port = 7860,
    reader: WithReader = None,
    level: Refusal = None,
    chat_model: ChatModelName = None,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Address to listen on; 0.0.0.0 is every one.")
    ] = "127.0.0.1",
    users: Users = None,
    editors: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="Users who may add and remove articles: ann,ben."),
    ] = None,
    open_to_anyone: Annotated[
        bool, typer.Option("--open-to-anyone", help="Let others use the page without logging in.")
    ] = False,
    root_path: Annotated[
        str,
        typer.Option(metavar="PREFIX", help="Where a proxy shows the page: its path or address."),
    ] = "",
    mcp: Annotated[
        bool, typer.Option("--mcp", help="Serve the Model Context Protocol at /mcp.")
    ] = False,
    user_header: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Header in which a proxy that logs users in (OIDC, SAML) names them, such as "
            "X-Forwarded-User.",
        ),
    ] = None,
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ADDRESS",
            help="Address or network of the proxies that are believed; may be given several "
            "times. Default: this machine.",
        ),
    ] = None,
    audit: Annotated[
        bool | None,
        typer.Option(
            "--audit/--no-audit",
            help="Write down who asks, adds, removes and watches what, beside the index. "
            "Default: where others can reach the page.",
        ),
    ] = None,
    audit_questions: Annotated[
        bool,
        typer.Option(
            "--audit-questions/--no-audit-questions", help="Whether that has the questions' texts."
        ),
    ] = True,
    requests: Annotated[
        int,
        typer.Option(
            "--requests-a-minute", min=0, help="Requests of one client; 0 for any number."
        ),
    ] = 120,
    originals: Annotated[
        float,
        typer.Option(
            "--originals-gb",
            min=0,
            max=1_000_000,
            help="GB that all that was added may take; 0 for any amount.",
        ),
    ] = 10,
) -> None:
    """Serve the chat page and its API, until Ctrl-C.

    Its address is printed. Only this machine is listened to, unless --host says otherwise: that
    needs users, made by newsbot user add or named by a proxy (--user-header), or --open-to-anyone.
    Where there are users, everybody logs in, on this machine too. All of them may add and remove
    articles, unless --editors says who. What they add is kept beside the index.

    With --collection given several times, the first is at the address itself and the others at
    /c/NAME/. They share users, those of the first, and /answer takes "collection".

    Example: newsbot chat --port 8000

    Example: newsbot chat --host 0.0.0.0 --editors ann,ben
    """
    names = list(dict.fromkeys(collection or ()))
    settings = settings_for(index, names[0] if names else None)
    folder = settings.index
    bots = {
        name: open_bot(index, reader, level, chat_model, name or None) for name in names or [""]
    }
    from bot.access.rate_limits import ServerLimits
    from bot.access.users import users_beside
    from bot.server.config import ServerConfig

    beside = users_beside(folder)
    config = ServerConfig(
        users=users or (beside if beside.exists() else None),
        editors=None if editors is None else [name.strip() for name in editors.split(",")],
        open_to_anyone=open_to_anyone,
        root_path=root_path,
        mcp=mcp,
        notify=settings.notify,
        user_header=user_header,
        trusted_proxies=trusted_proxy or ("127.0.0.1", "::1"),
        audit=audit,
        audit_questions=audit_questions,
        limits=ServerLimits(
            requests_a_minute=requests,
            # Not rounded down to nothing, which would be any amount.
            originals_bytes=math.ceil(originals * 1_000_000_000),
        ),
    )
    _serve(bots, host, port, config)


def _serve(bots: Mapping[str, NewsBot], host: str, port: int, config: ServerConfig) -> None:
    """Serve the page, print its address and wait for Ctrl-C."""
    from bot.access.policy import bracketed
    from bot.server.serving import start

    server = start(bots, host, port, config)
    if config.open_to_anyone and config.users is None and config.user_header is None:
        complain("warning: whoever reaches this machine can ask, and read every article")
    print(f"newsbot is at http://{bracketed(host)}:{port}", flush=True)
    try:
        threading.Event().wait()
    finally:
        server.close()
