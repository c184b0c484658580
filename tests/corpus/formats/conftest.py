"""Reading one file of any format, for the tests of each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from corpus.formats.draft import BadRecord, Draft
from corpus.formats.registry import format_of

ReadOne = Callable[[str | bytes, str], Draft]
ReadAll = Callable[[str | bytes, str], list[Draft | BadRecord]]


def _read_all(data: str | bytes, name: str) -> list[Draft | BadRecord]:
    kind = format_of(name)
    assert kind is not None
    return list(kind.parser()(data.encode() if isinstance(data, str) else data, name))


@pytest.fixture(scope="session")
def read_all() -> ReadAll:
    return _read_all


@pytest.fixture(scope="session")
def read_one() -> ReadOne:
    def read(data: str | bytes, name: str) -> Draft:
        (draft,) = _read_all(data, name)
        assert isinstance(draft, Draft)
        return draft

    return read
