"""The command ``newsbot init``: a folder for a collection of articles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import SettingsError
from bot.sanitize import one_line
from bot.settings import CONFIG_FILE, Settings, check_collection

__all__ = ["init"]

_TEMPLATE = """\
# A collection of newsbot. Paths are taken from this folder. Each line can be said by a variable
# too, such as NEWSBOT_LEVEL, which comes first; "newsbot config" shows what holds.

# Where other collections lie, beside this one.
collections = ".."

# The index, which newsbot makes.
index = "index"

# Where the articles come from: files, folders and web addresses. "newsbot index" without a path
# reads them, and "newsbot watch" follows the folders among them. Feeds: "newsbot feed add URL".
articles = {articles}

# How sure an answer must be: cautious, balanced or eager.
level = "balanced"

# A chat model that may write the answers, every word of which is checked.
# chat_model = "ollama:llama3.2"

# Another reader than the one that comes along.
# reader = "my-reader"

# Who is told when the answer to a standing question changes. Nobody, unless you say so.
# webhook = "https://example.org/newsbot"
# smtp = "smtp://mail.example.org"
# mail_from = "newsbot@example.org"
# mail_to = ["desk@example.org"]
"""


def init(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of the collection, and of its folder.")
    ],
    articles: Annotated[
        list[str] | None,
        typer.Option(
            "--articles",
            metavar="PATH",
            help="Where its articles come from: a file, a folder or a web address; may be given "
            "several times. Default: the folder articles in it, which is made.",
        ),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--in",
            metavar="DIR",
            help="Folder to make it in. Default: NEWSBOT_COLLECTIONS, else what newsbot.toml "
            "says, else newsbot/collections in the user's data folder.",
        ),
    ] = None,
) -> None:
    """Make a folder for a collection of articles.

    In NAME are made newsbot.toml, which explains each of its lines, and, unless --articles names
    other places, the folder articles. Nothing is indexed yet, and nothing is ever overwritten.
    Then --collection NAME, or the current folder being NAME, means this collection.

    Example: newsbot init council

    Example: newsbot init fires --articles ~/reports/fires
    """
    place = (Settings.load().collections if folder is None else folder.absolute()) / (
        check_collection(name)
    )
    sources = [
        one if "://" in one else str(Path(one).expanduser().absolute()) for one in articles or ()
    ]
    file = place / CONFIG_FILE
    try:
        place.mkdir(parents=True, exist_ok=True)
        if not sources:
            (place / "articles").mkdir(exist_ok=True)
        with file.open("x", encoding="utf-8") as opened:
            # A JSON list of strings is a TOML array of them.
            opened.write(_TEMPLATE.format(articles=json.dumps(sources or ["articles"])))
    except FileExistsError as error:
        raise SettingsError(f"{file}: is there already; nothing was changed") from error
    except OSError as error:
        raise SettingsError(f"cannot make {place}: {error.strerror or error}") from error
    print(f"made {one_line(str(file))}")
    option = f"--collection {name}" if folder is None else ""
    where = f"(in {one_line(str(place))})" if folder is not None else ""
    if not sources:
        print(f"put articles into {one_line(str(place / 'articles'))}")
    print(" ".join(f"then: newsbot index {option} {where}".split()))
