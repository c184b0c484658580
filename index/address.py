"""The address of an index: a folder, or a URL."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

__all__ = ["IndexAddress", "address_of", "beside"]

IndexAddress = Path | str
"""A folder, or a URL such as ``milvus://host:19530/news?catalogue=postgresql://db/newsbot``."""

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+)://")


def address_of(given: str | Path) -> IndexAddress:
    """Return the folder or the URL that somebody means."""
    if isinstance(given, str) and _SCHEME.match(given):
        return given
    return Path(given)


def beside(index: IndexAddress, suffix: str) -> Path:
    """Return where this machine keeps something that belongs to an index.

    That is beside its folder, under its name; for a URL, in the user's folder for data.
    """
    if isinstance(index, Path):
        return index.with_name(f"{index.name}{suffix}")
    import platformdirs  # only a URL needs it

    name = re.sub(r"\W+", "-", index.partition("?")[0].partition("://")[2])
    digest = hashlib.sha256(index.encode()).hexdigest()[:8]
    folder = Path(platformdirs.user_data_dir("newsbot", appauthor=False))
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}-{digest}{suffix}"
