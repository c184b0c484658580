"""What the environment decides. Nothing else in newsbot reads it."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import SettingsError

__all__ = ["Settings", "default_index"]

_PREFIX = "NEWSBOT_"
_INDEX = "NEWSBOT_INDEX"
_KNOWN = (_INDEX,)


@dataclass(frozen=True)
class Settings:
    """The settings of one process.

    Attributes:
        index: folder of the index that is used where none is named; it need not exist.
    """

    index: Path

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings, and refuse a misspelt one rather than pass over it.

        Args:
            environ: the variables to read; those of the process when None.

        Returns:
            The settings. ``NEWSBOT_INDEX`` may start with ``~``; unset or empty, the index is
            ``newsbot/index`` in the platform's folder for user data.

        Raises:
            SettingsError: a variable starts with ``NEWSBOT_`` and is not a setting, or the
                index is something that no folder can be called.
        """
        variables = os.environ if environ is None else environ
        unknown = sorted(name for name in variables if name.startswith(_PREFIX))
        for name in unknown:
            if name not in _KNOWN:
                raise SettingsError(_unknown(name))
        return cls(index=_index(variables.get(_INDEX, "")))


def default_index(environ: Mapping[str, str] | None = None) -> Path:
    """Give the folder of the index used where none is named; raises what ``Settings.load`` does."""
    return Settings.load(environ).index


def _index(value: str) -> Path:
    if not value.strip():
        # Imported here: a named index, the common case in a service, needs no platform look-up.
        import platformdirs

        return Path(platformdirs.user_data_dir("newsbot", appauthor=False)) / "index"
    try:
        return Path(value).expanduser()
    except RuntimeError as error:
        raise SettingsError(f"{_INDEX} is {value!r}, and that home folder is not known") from error


def _unknown(name: str) -> str:
    # Compared without the prefix, which alone would make any two of them look alike.
    endings = [known.removeprefix(_PREFIX) for known in _KNOWN]
    close = difflib.get_close_matches(name.removeprefix(_PREFIX), endings, n=1)
    hint = f"did you mean {_PREFIX}{close[0]}?" if close else f"known are: {', '.join(_KNOWN)}"
    return f"unknown setting {name} in the environment; {hint}"
