"""Which ids a dense search is about, as FAISS is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import faiss
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Selection", "all_but", "only", "places_of"]

_FAISS: Any = faiss  # its type hints are those of C++, without what its Python layer adds


@dataclass(frozen=True)
class Selection:
    """Which ids a search is about.

    Attributes:
        parameters: what FAISS is told.
        but: what is left out, where that is all there is to it.
    """

    parameters: faiss.SearchParameters
    but: frozenset[int] | None = None


def only(ids: NDArray[np.int64]) -> Selection:
    """Narrow a search to these ids."""
    return Selection(_FAISS.SearchParameters(sel=_FAISS.IDSelectorBitmap(_bits(ids))))


def all_but(ids: NDArray[np.int64]) -> Selection:
    """Leave these ids out of a search."""
    rest = _FAISS.IDSelectorNot(_FAISS.IDSelectorBitmap(_bits(ids)))
    return Selection(_FAISS.SearchParameters(sel=rest), frozenset(ids.tolist()))


def places_of(
    id_map: Any, selection: Selection | None, low: int, high: int
) -> faiss.SearchParameters:
    """Narrow a search of vectors that have places but no ids.

    Args:
        id_map: FAISS's vector of the id at each place.
        selection: of ids, or None for all.
        low: the first place.
        high: the place after the last.
    """
    among = _FAISS.IDSelectorRange(low, high)
    if selection is not None:
        chosen = _FAISS.IDSelectorTranslated(id_map, selection.parameters.sel)
        among = _FAISS.IDSelectorAnd(among, chosen)
    parameters: faiss.SearchParameters = _FAISS.SearchParameters(sel=among)
    return parameters


def _bits(ids: NDArray[np.int64]) -> NDArray[np.uint8]:
    marks = np.zeros(int(ids.max(initial=0)) + 1, bool)
    marks[ids] = True
    return np.packbits(marks, bitorder="little")
