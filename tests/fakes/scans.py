"""Scans of pages: their pictures alone, without any text."""

from __future__ import annotations

import io

import pypdfium2

__all__ = ["scan_of"]


def scan_of(data: bytes, *, pages: frozenset[int] | None = None) -> bytes:
    """Return a PDF with pages made pictures.

    Args:
        data: the PDF.
        pages: numbers of these pages, from 0; all of them where None.
    """
    source, made = pypdfium2.PdfDocument(data), pypdfium2.PdfDocument.new()
    for number, page in enumerate(source):
        if pages is not None and number not in pages:
            made.import_pages(source, [number])
            continue
        width, height = page.get_size()
        picture = pypdfium2.PdfImage.new(made)
        picture.set_bitmap(page.render(scale=200 / 72, grayscale=True))
        picture.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
        new = made.new_page(width, height)
        new.insert_obj(picture)
        new.gen_content()
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()
