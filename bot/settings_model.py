"""What ``newsbot.toml`` and the environment may say, as pydantic-settings reads it."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from bot.errors import SettingsError
from bot.sanitize import one_line

__all__ = ["SettingsModel", "read_settings"]

_LEVELS = ("cautious", "balanced", "eager")


def _level(value: object) -> object:
    name = value.strip().lower() if isinstance(value, str) else value
    if name not in _LEVELS:
        raise ValueError(f"it can be {', '.join(_LEVELS)}")
    return name


class SettingsModel(BaseSettings):
    """The settings as they are written; see ``bot.settings.Settings``."""

    model_config = SettingsConfigDict(extra="forbid", strict=True)

    index: str | None = None
    reader: str | None = None
    level: Annotated[str, BeforeValidator(_level)] = "balanced"
    chat_model: str | None = None
    articles: list[str] = []
    collection: str | None = None
    collections: str | None = None
    webhook: str | None = None
    smtp: str | None = None
    mail_from: str | None = None
    mail_to: list[str] = []


def read_settings(
    told: Mapping[str, Any], variables: Mapping[str, str], file: Path | None
) -> tuple[SettingsModel, dict[str, str]]:
    """Read the settings that the environment tells, and a file for the others.

    Args:
        told: values by setting.
        variables: the name of the variable of each setting that is told.
        file: a TOML file; None for none.

    Returns:
        The settings, and where each was found that is not the default.

    Raises:
        SettingsError: the file cannot be read, a key of it is unknown, or a value is invalid.
    """
    written = _written(file)

    class _Sources(SettingsModel):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            *others: PydanticBaseSettingsSource,
            **named: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return init_settings, TomlConfigSettingsSource(settings_cls, file)

    try:
        model = _Sources(**told)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        cause = one_line(first["msg"].removeprefix("Value error, "))
        is_ours = first["type"] == "value_error"
        # A value of the wrong type may hold a password: only its type is named.
        given = first["input"]
        value = f"{given!r}"[:100] if is_ours else f"of type {type(given).__name__}"
        where = variables[name] if name in told else f"{file}: {name}"
        where += "".join(f"[{place}]" for place in first["loc"][1:])
        raise SettingsError(f"{where} is {value}; {cause}") from error
    origins = dict.fromkeys(written, str(file)) | {name: variables[name] for name in told}
    return model, origins


def _written(file: Path | None) -> dict[str, Any]:
    """Return what a file holds, and refuse a key that is no setting."""
    if file is None:
        return {}
    try:
        with file.open("rb") as opened:
            written = tomllib.load(opened)
    except OSError as error:
        raise SettingsError(f"{file}: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: not TOML: {one_line(str(error))}") from error
    known = [*SettingsModel.model_fields]
    for key in written:
        if key not in known:
            close = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {close[0]}?" if close else f"known are: {', '.join(known)}"
            raise SettingsError(f"{file}: unknown key {one_line(key)!r}; {hint}")
    return written
