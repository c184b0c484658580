"""The formats in which answers are kept and cited."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["ExportFormat"]


class ExportFormat(StrEnum):
    """How answers are written down."""

    MARKDOWN = "markdown"
    CHICAGO = "chicago"
    BIBTEX = "bibtex"
    RIS = "ris"
    CSL_JSON = "csl-json"
    CSV = "csv"

    @property
    def label(self) -> str:
        """The name that people know it by."""
        return _TITLES[self]

    @property
    def ending(self) -> str:
        """How the name of its file ends, without the dot."""
        return _ENDINGS[self]


_TITLES = {
    ExportFormat.MARKDOWN: "Markdown",
    ExportFormat.CHICAGO: "Footnotes (Chicago)",
    ExportFormat.BIBTEX: "BibTeX",
    ExportFormat.RIS: "RIS",
    ExportFormat.CSL_JSON: "CSL-JSON",
    ExportFormat.CSV: "CSV",
}
_ENDINGS = {
    ExportFormat.MARKDOWN: "md",
    ExportFormat.CHICAGO: "txt",
    ExportFormat.BIBTEX: "bib",
    ExportFormat.RIS: "ris",
    ExportFormat.CSL_JSON: "json",
    ExportFormat.CSV: "csv",
}
