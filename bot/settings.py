"""Settings from the environment, ``newsbot.toml`` and the defaults. No other module reads them."""

from __future__ import annotations

import difflib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.errors import SettingsError
from index.address import IndexAddress, address_of

__all__ = ["CONFIG_FILE", "Level", "Notify", "Settings", "check_collection", "masked"]

CONFIG_FILE = "newsbot.toml"
"""Name of the file of settings, and of what makes a folder a collection."""

_PREFIX = "NEWSBOT_"
_CONFIG = "NEWSBOT_CONFIG"
_FIELDS = (
    *("index", "reader", "level", "chat_model", "articles", "collection", "collections"),
    *("webhook", "smtp", "mail_from", "mail_to"),
)
_LISTS = ("articles", "mail_to")
_VARIABLES = {name: f"{_PREFIX}{name.upper()}" for name in _FIELDS}
_KNOWN = (*_VARIABLES.values(), _CONFIG)
_NAME = re.compile(r"\w[\w.-]{0,63}")
_USERINFO = re.compile(r"(?<=://)[^/?#]*@")


class Level(StrEnum):
    """How sure an answer must be to be given rather than refused."""

    CAUTIOUS = "cautious"
    BALANCED = "balanced"
    EAGER = "eager"


@dataclass(frozen=True)
class Notify:
    """Who is told when the answer to a standing question changes; nobody where nothing is set.

    Attributes:
        webhook: address that a JSON object is posted to.
        smtp: server that sends mail: ``smtp://[USER:PASSWORD@]HOST[:PORT]``, or ``smtps://``.
        mail_from: sender.
        mail_to: recipients.
    """

    webhook: str | None = None
    smtp: str | None = None
    mail_from: str | None = None
    mail_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """The settings of one process.

    Attributes:
        index: folder or URL of the index that is used where none is named; it need not exist.
        reader: name or folder of the reader; None for the one that comes along.
        level: how sure an answer must be.
        chat_model: ``PROVIDER:NAME`` of the chat model that writes answers; None for none.
        articles: what is indexed and watched where nothing is named: paths and web addresses.
        collection: name of the collection that is used; None for none.
        collections: folder in which the collections lie side by side.
        notify: who is told of changed answers.
        origins: where each setting was found that is not the default.
    """

    index: IndexAddress
    reader: str | None = None
    level: Level = Level.BALANCED
    chat_model: str | None = None
    articles: tuple[str, ...] = ()
    collection: str | None = None
    collections: Path = Path()
    notify: Notify = Notify()
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)

    @classmethod
    def load(
        cls, environ: Mapping[str, str] | None = None, collection: str | None = None
    ) -> Settings:
        """Read the settings; a misspelt one is an error.

        A variable comes before the file, and the file before the default. One file is read: the
        collection's, else the one that ``NEWSBOT_CONFIG`` names, ``newsbot.toml`` in the current
        folder, or the user's own. Paths in a file are taken from its folder.

        Args:
            environ: the variables to read; those of the process when None.
            collection: name of a collection, whose index comes before ``NEWSBOT_INDEX``.

        Returns:
            The settings. ``NEWSBOT_INDEX`` may start with ``~``; where nobody names an index, it
            is ``newsbot/index`` in the platform's folder for user data.

        Raises:
            SettingsError: a variable that starts with ``NEWSBOT_``, or a key of the file, is not a
                setting or has an invalid value, or there is no such file or collection.
        """
        variables = os.environ if environ is None else environ
        for name in sorted(variables):
            if name.startswith(_PREFIX) and name not in _KNOWN:
                raise SettingsError(_unknown(name))
        told = {
            name: _value(name, variables[variable])
            for name, variable in _VARIABLES.items()
            if variables.get(variable, "").strip()
        }
        from bot.settings_model import read_settings  # late: pydantic takes a third of a second

        file = _config_file(variables.get(_CONFIG, "").strip())
        model, origins = read_settings(told, _VARIABLES, file)
        collections = _collections(model.collections, origins.get("collections"), file)
        chosen = collection or model.collection
        named_in = origins.get("collection", "")
        if chosen:
            file = _collection_file(chosen, collections)
            if collection:  # a flag comes before a variable
                told.pop("index", None)
            told.pop("collections", None)
            model, origins = read_settings(told, _VARIABLES, file)
            origins["collection"] = "--collection" if collection else named_in
            if model.index is None:
                model.index, origins["index"] = "index", str(file)
        folder = file.parent if file is not None else Path()
        in_file = {key for key, origin in origins.items() if origin == str(file)}

        def placed(key: str, value: str) -> str:
            origin = origins.get(key, "")
            if key in in_file:
                return _placed(value, folder, f"{origin}: {key}")
            return _placed(value, None, origin)

        index = address_of(placed("index", model.index)) if model.index else _user_data() / "index"
        return cls(
            index=index,
            reader=model.reader and _reader(model.reader, folder if "reader" in in_file else None),
            level=Level(model.level),
            chat_model=model.chat_model,
            articles=tuple(placed("articles", one) for one in model.articles),
            collection=chosen,
            collections=collections,
            notify=Notify(model.webhook, model.smtp, model.mail_from, tuple(model.mail_to)),
            origins=origins,
        )


def check_collection(name: str) -> str:
    """Return the name of a collection, which is the last part of its path and nothing more.

    Raises:
        SettingsError: it is none.
    """
    if not _NAME.fullmatch(name):
        raise SettingsError(
            f"{name!r} is no name of a collection: take up to 64 letters, digits and . _ -, "
            "a letter or a digit first"
        )
    return name


def masked(name: str, value: str) -> str:
    """Return a setting's value without what is secret: passwords, and a webhook's path."""
    if name == "webhook":
        try:
            parts = urlsplit(value)
        except ValueError:  # of brackets that do not close
            return "…"
        return f"{parts.scheme}://{parts.hostname}/…" if parts.hostname else "…"
    if name == "smtp":  # a password may hold anything, and a mail server has no path
        return re.sub(r"(?<=://).*@", "…@", value, flags=re.DOTALL)
    return _USERINFO.sub("…@", value)


def _value(name: str, given: str) -> Any:
    """Return what a variable says; a list is JSON, or one entry."""
    value = given if name in ("index", "level") else given.strip()
    if name == "index" and "://" in value:
        return value.strip()
    if name not in _LISTS:
        return value
    if not value.startswith("["):
        return [value]
    try:
        return json.loads(value)
    except ValueError as error:
        raise SettingsError(f"{_VARIABLES[name]} is {value!r}, which is not JSON") from error


def _config_file(named: str) -> Path | None:
    if named:
        file = Path(_placed(named, None, _CONFIG))
        if not file.is_file():
            raise SettingsError(f"{_CONFIG} is {named!r}, and there is no such file")
        return file
    import platformdirs

    own = Path(platformdirs.user_config_dir("newsbot", appauthor=False))
    files = (Path.cwd() / CONFIG_FILE, own / CONFIG_FILE)
    return next((file for file in files if file.is_file()), None)


def _collections(named: str | None, origin: str | None, file: Path | None) -> Path:
    if named is None:
        return _user_data() / "collections"
    if file is None or origin != str(file):
        return Path(os.path.normpath(_placed(named, None, str(origin))))
    return Path(os.path.normpath(_placed(named, file.parent, f"{origin}: collections")))


def _collection_file(name: str, collections: Path) -> Path:
    file = collections / check_collection(name) / CONFIG_FILE
    if not file.is_file():
        raise SettingsError(
            f'no collection {name!r} in {collections}: run "newsbot init {name}" to make it'
        )
    return file


def _placed(value: str, folder: Path | None, origin: str) -> str:
    """Return a path with its home folder, from the folder of the file that names it; or a URL."""
    if "\0" in value:
        raise SettingsError(f"{origin} is {value!r}, and no path holds a null character")
    address = address_of(value)
    if not isinstance(address, Path):
        return address
    try:
        address = address.expanduser()
    except RuntimeError as error:
        raise SettingsError(f"{origin} is {value!r}, and that home folder is not known") from error
    return str(address if folder is None else folder / address)


def _reader(name: str, folder: Path | None) -> str:
    if folder is not None and (folder / name).is_dir():
        return str(folder / name)
    return name


def _user_data() -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir("newsbot", appauthor=False))


def _unknown(name: str) -> str:
    # Without the prefix, which would make any two look alike.
    endings = [known.removeprefix(_PREFIX) for known in _KNOWN]
    close = difflib.get_close_matches(name.removeprefix(_PREFIX), endings, n=1)
    hint = f"did you mean {_PREFIX}{close[0]}?" if close else f"known are: {', '.join(_KNOWN)}"
    return f"unknown setting {name} in the environment; {hint}"
