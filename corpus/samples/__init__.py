"""Sample articles written for this project; the README beside this file says what each is for."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

__all__ = ["samples_folder"]


def samples_folder() -> Path:
    """Return the folder of the sample articles, and of nothing else, ready for ``load_articles``.

    Returns:
        Absolute path of a folder of 10 files in 6 formats, 13 articles together. It lies inside
        the installed package: read it, do not write to it.

    Raises:
        NotADirectoryError: the package was not installed as plain files (it runs from a zip
            archive, say), or its data were left out.
    """
    folder = Path(str(files(__name__).joinpath("articles")))
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder}: the sample articles are not there as plain files")
    return folder.resolve()
