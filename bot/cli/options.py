"""The arguments and options that newsbot's commands share, each with its help."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.sanitize import one_line
from bot.settings import Level

__all__ = [
    "AllowLocal",
    "Articles",
    "AsJson",
    "ChatModelName",
    "Collection",
    "Index",
    "Model",
    "Name",
    "Port",
    "Prune",
    "Question",
    "Refusal",
    "Since",
    "Source",
    "Until",
    "Users",
    "WithReader",
]

_DATE_HELP = "a day (2024-05-31) or an ISO 8601 date and time"


def _date(value: str) -> date:
    for kind in (date, datetime):
        try:
            return kind.fromisoformat(value.strip())
        except ValueError:
            continue
    raise typer.BadParameter(f"{one_line(value)!r} is not {_DATE_HELP}")


Question = Annotated[str, typer.Argument(metavar="QUESTION", help="The question, in quotes.")]
Index = Annotated[
    str | None,
    typer.Option(
        "--index",
        metavar="DIR",
        help="Folder of the index, or milvus://HOST/NAME?catalogue=postgresql://DB/NAME. Default: "
        "NEWSBOT_INDEX, else what newsbot.toml says, else newsbot/index in the user's data folder.",
    ),
]
AllowLocal = Annotated[
    bool,
    typer.Option(
        "--allow-local", help="Fetch addresses of this machine and of the local network too."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Collection = Annotated[
    str | None,
    typer.Option(
        "--collection",
        metavar="NAME",
        help="The collection that newsbot init made, with its newsbot.toml. "
        "Default: NEWSBOT_COLLECTION, else none.",
    ),
]
ChatModelName = Annotated[
    str | None,
    typer.Option(
        "--chat-model",
        metavar="PROVIDER:NAME",
        help="Let this chat model write the answers, every word of which is checked: "
        "ollama:llama3.2, openai:gpt-5-mini (OPENAI_BASE_URL for another endpoint), "
        "anthropic:claude-haiku-4-5. It is sent the questions and the sentences found. "
        "Default: NEWSBOT_CHAT_MODEL, else none.",
    ),
]
Since = Annotated[
    date | None,
    typer.Option(
        metavar="DATE", parser=_date, help=f"Only articles published then or later: {_DATE_HELP}."
    ),
]
Until = Annotated[
    date | None,
    typer.Option(
        metavar="DATE",
        parser=_date,
        help=f"Only articles published then or earlier: {_DATE_HELP}; a day counts whole.",
    ),
]
Source = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME", help="Only articles from this publisher; may be given several times."
    ),
]
Articles = Annotated[
    list[str] | None,
    typer.Option(
        "--article",
        metavar="ID",
        help="Only this article, by the id that ask and search print; may be given several times.",
    ),
]
Name = Annotated[
    list[str] | None,
    typer.Option(
        "--name",
        metavar="NAME",
        help="Only articles that name this person, organisation or place, as newsbot names list "
        "has it; given several times, all of them.",
    ),
]
Model = Annotated[
    str | None,
    typer.Option(
        metavar="NAME_OR_PATH",
        help="Embed with this sentence-transformers model; the index remembers it. "
        "Default: the MiniLM that comes along.",
    ),
]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port of the page.")]
Prune = Annotated[
    bool,
    typer.Option(
        "--prune",
        help="Remove articles that have gone: with their file, or out of a file that changed. "
        "Entries that a feed no longer lists stay.",
    ),
]
Refusal = Annotated[
    Level | None,
    typer.Option(
        "--level",
        help="How sure an answer must be to be given rather than refused. "
        "Default: NEWSBOT_LEVEL, else balanced.",
    ),
]
Users = Annotated[
    Path | None,
    typer.Option(
        "--users",
        metavar="FILE",
        help="File of users, as newsbot user add makes it. Default: one beside the index.",
    ),
]
WithReader = Annotated[
    str | None,
    typer.Option(
        "--reader",
        metavar="NAME_OR_PATH",
        help="Read with this model: the folder of one that bot.training made, or any Hugging "
        "Face question-answering model on this machine. Default: NEWSBOT_READER, else the one "
        "that comes along.",
    ),
]
