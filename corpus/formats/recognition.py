"""Lines of scanned pages, recognised by the program tesseract where that is installed."""

from __future__ import annotations

import math
import shutil
import subprocess
from collections.abc import Iterator
from itertools import groupby
from statistics import mean, median

import pypdfium2
import pypdfium2.raw as pdfium

from corpus.formats.print_lines import PrintedLine

__all__ = ["NOT_INSTALLED", "is_scan", "recognised", "tesseract"]

NOT_INSTALLED = "tesseract, which recognises text, is not installed"

_LEAST_COVERED = 0.5  # of a page, by one picture: then the page is one
_RESOLUTION = 300  # dots an inch, what tesseract is made for
_MOST_DOTS = 25_000_000  # of a page; two thirds more than A3 has
_LONGEST_WAIT = 60  # seconds on the clock for a page
_LEAST_CONFIDENCE = (
    50  # percent, the mean of a line; what is taken for text in photographs has less
)
_WORD = "5"  # the level of a word


def tesseract() -> str | None:
    """Return the path of the program, or None where there is none on the PATH."""
    return shutil.which("tesseract")


def is_scan(page: pypdfium2.PdfPage) -> bool:
    """Return whether a page that has no text is a picture of one."""
    width, height = page.get_size()
    for picture in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = picture.get_bounds()
        if (right - left) * (top - bottom) >= _LEAST_COVERED * width * height:
            return True
    return False


def recognised(page: pypdfium2.PdfPage, program: str) -> list[PrintedLine]:
    """Return the lines of a page as tesseract reads them, in its order.

    Raises:
        OSError: it cannot be run.
        subprocess.SubprocessError: it failed, or took longer than a page should.
    """
    width, height = page.get_size()
    scale = min(_RESOLUTION / 72, math.sqrt(_MOST_DOTS / max(1.0, width * height)))
    found = subprocess.run(
        [program, "stdin", "stdout", "--dpi", str(round(72 * scale)), "tsv"],
        input=_picture(page, scale),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
        timeout=_LONGEST_WAIT,
    )
    rows = [line.split("\t") for line in found.stdout.decode("utf-8", "replace").splitlines()]
    words = [row for row in rows if len(row) == 12 and row[0] == _WORD and row[11].strip()]
    return list(_lines(words, scale, height))


def _picture(page: pypdfium2.PdfPage, scale: float) -> bytes:
    """A page in grey, as a portable grey map."""
    drawn = page.render(scale=scale, grayscale=True).to_numpy()
    rows, columns = drawn.shape[:2]
    return b"P5 %d %d 255\n" % (columns, rows) + bytes(drawn.tobytes())


def _lines(words: list[list[str]], scale: float, height: float) -> Iterator[PrintedLine]:
    """The lines that words are of, by the numbers of their block, paragraph and line."""
    for _, of_block in groupby(words, lambda row: row[2]):
        block = list(of_block)
        size = median(int(row[9]) for row in block) / scale
        for _, of_line in groupby(block, lambda row: row[3:5]):
            line = list(of_line)
            if mean(float(row[10]) for row in line) < _LEAST_CONFIDENCE:
                continue
            middle = median(int(row[7]) + int(row[9]) / 2 for row in line)
            text = " ".join(row[11].strip() for row in line)
            yield PrintedLine(text, int(line[0][6]) / scale, height - middle / scale, size)
