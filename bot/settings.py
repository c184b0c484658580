"""Settings from the environment. No other module reads it."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.errors import SettingsError
from index.address import IndexAddress, address_of

__all__ = ["Level", "Settings"]

_PREFIX = "NEWSBOT_"
_INDEX = "NEWSBOT_INDEX"
_READER = "NEWSBOT_READER"
_LEVEL = "NEWSBOT_LEVEL"
_CHAT_MODEL = "NEWSBOT_CHAT_MODEL"
_KNOWN = (_INDEX, _READER, _LEVEL, _CHAT_MODEL)


class Level(StrEnum):
    """How sure an answer must be to be given rather than refused."""

    CAUTIOUS = "cautious"
    BALANCED = "balanced"
    EAGER = "eager"


@dataclass(frozen=True)
class Settings:
    """The settings of one process.

    Attributes:
        index: folder or URL of the index that is used where none is named; it need not exist.
        reader: name or folder of the reader; None for the one that comes along.
        level: how sure an answer must be.
        chat_model: ``PROVIDER:NAME`` of the chat model that writes answers; None for none.
    """

    index: IndexAddress
    reader: str | None = None
    level: Level = Level.BALANCED
    chat_model: str | None = None

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings; a misspelt one is an error.

        Args:
            environ: the variables to read; those of the process when None.

        Returns:
            The settings. ``NEWSBOT_INDEX`` may start with ``~``; unset or empty, the index is
            ``newsbot/index`` in the platform's folder for user data.

        Raises:
            SettingsError: a variable starts with ``NEWSBOT_`` and is not a setting, the index is
                in the home folder of an unknown user, or there is no such level.
        """
        variables = os.environ if environ is None else environ
        for name in sorted(variables):
            if name.startswith(_PREFIX) and name not in _KNOWN:
                raise SettingsError(_unknown(name))
        return cls(
            index=_index(variables.get(_INDEX, "")),
            reader=variables.get(_READER, "").strip() or None,
            level=_level(variables.get(_LEVEL, "")),
            chat_model=variables.get(_CHAT_MODEL, "").strip() or None,
        )


def _index(value: str) -> IndexAddress:
    if not value.strip():
        # Imported here: a named index, the common case in a service, needs no platform look-up.
        import platformdirs

        return Path(platformdirs.user_data_dir("newsbot", appauthor=False)) / "index"
    address = address_of(value.strip() if "://" in value else value)
    if not isinstance(address, Path):
        return address
    try:
        return address.expanduser()
    except RuntimeError as error:
        raise SettingsError(f"{_INDEX} is {value!r}, and that home folder is not known") from error


def _level(value: str) -> Level:
    try:
        return Level(value.strip().lower() or Level.BALANCED)
    except ValueError as error:
        known = ", ".join(Level)
        raise SettingsError(f"{_LEVEL} is {value!r}; it can be {known}") from error


def _unknown(name: str) -> str:
    # Without the prefix, which would make any two look alike.
    endings = [known.removeprefix(_PREFIX) for known in _KNOWN]
    close = difflib.get_close_matches(name.removeprefix(_PREFIX), endings, n=1)
    hint = f"did you mean {_PREFIX}{close[0]}?" if close else f"known are: {', '.join(_KNOWN)}"
    return f"unknown setting {name} in the environment; {hint}"
