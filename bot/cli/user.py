"""The commands ``newsbot user``: who may use a page that others can reach."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.access.users import LONGEST_PASSWORD, UserFile, users_beside
from bot.cli.console import OutputLine, show
from bot.cli.factory import index_folder
from bot.cli.options import Collection, Index, Users
from bot.errors import UsersFailure

__all__ = ["user"]

user = typer.Typer(
    help="""Manage who may log in to the page.

    Example: newsbot user add ann
    """
)

_Name = Annotated[str, typer.Argument(metavar="NAME", help="Name to log in with.")]


@user.command()
def add(
    name: _Name, index: Index = None, collection: Collection = None, users: Users = None
) -> None:
    """Add a user, or change a user's password.

    The password is asked for twice and not shown; in a pipe, the first line is the password. What
    is kept is its argon2 hash. A page that is open takes note at the next request.

    Example: newsbot user add ann
    """
    file = _file(index, collection, users)
    new = file.add(name, _password())
    print(f"{name} can log in" if new else f"{name} has a new password")


@user.command()
def remove(
    name: _Name, index: Index = None, collection: Collection = None, users: Users = None
) -> None:
    """Remove a user, who is out from the next request on.

    Example: newsbot user remove ann
    """
    _file(index, collection, users).remove(name)
    print(f"{name} cannot log in any more")


@user.command()
def key(
    name: _Name,
    remove: Annotated[
        bool, typer.Option("--remove", help="Make the user's key worthless, and no new one.")
    ] = False,
    index: Index = None,
    collection: Collection = None,
    users: Users = None,
) -> None:
    """Make a key, with which a user's programs ask.

    They send "Authorization: Bearer KEY" to /v1, as to OpenAI, and to /answer and /search. It is
    printed once; what is kept is its hash. It takes the place of the user's earlier key, and cannot
    add or remove articles.

    Example: newsbot user key ann
    """
    file = _file(index, collection, users)
    if remove:
        file.remove_key(name)
        print(f"{name} has no key")
    else:
        print(file.make_key(name))


@user.command("list")
def list_users(index: Index = None, collection: Collection = None, users: Users = None) -> None:
    """List the users' names, one a line.

    Example: newsbot user list
    """
    names = sorted(_file(index, collection, users).read())
    show((OutputLine(((name, ""),)) for name in names), "no users: newsbot user add NAME adds one")


def _file(index: str | None, collection: str | None, users: Path | None) -> UserFile:
    return UserFile(users or users_beside(index_folder(index, collection)))


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline(LONGEST_PASSWORD + 2).rstrip("\r\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != first:
        raise UsersFailure("the two passwords differ; nothing was changed")
    return first
