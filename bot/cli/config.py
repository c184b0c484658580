"""The command ``newsbot config``: which settings hold, and where each was found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from bot.cli.console import OutputLine, report
from bot.cli.factory import settings_for
from bot.cli.options import AsJson, Collection, Index
from bot.sanitize import one_line
from bot.settings import Settings, masked

__all__ = ["config"]


def config(index: Index = None, collection: Collection = None, as_json: AsJson = False) -> None:
    """Show which settings hold, and where each was found.

    An option comes before a variable (NEWSBOT_LEVEL=eager), a variable before a line of
    newsbot.toml (level = "eager"), and that before the default. newsbot.toml is the collection's
    where one is named, else the file that NEWSBOT_CONFIG names, the one in the current folder, or
    the one in the user's folder for configuration. A key that is not known is refused.

    Passwords in addresses, and all of a webhook but its host, are not shown.

    Example: newsbot config

    Example: newsbot config --collection council --json
    """
    settings = settings_for(index, collection)
    rows = [*_rows(settings, {"index": "--index"} if index is not None else {})]
    told = {name: {"value": value, "from": origin} for name, value, origin in rows}
    report(told, (_line(*row) for row in rows), as_json)


def _line(name: str, value: str | list[str] | None, origin: str) -> OutputLine:
    shown = (", ".join(value) if isinstance(value, list) else value) or "-"
    pieces = ((f"{name:<12}", "dim"), (one_line(shown), ""))
    return OutputLine((*pieces, (f"  ({one_line(origin)})", "dim")))


def _rows(
    settings: Settings, flags: dict[str, str]
) -> Iterator[tuple[str, str | list[str] | None, str]]:
    held = asdict(settings)
    del held["origins"]
    held |= held.pop("notify")
    for name, value in held.items():
        shown: str | list[str] | None
        if isinstance(value, tuple):
            shown = [masked(name, str(one)) for one in value]
        else:
            shown = None if value is None else masked(name, str(value))
        yield name, shown, flags.get(name) or settings.origins.get(name, "default")
