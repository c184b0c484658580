"""Numbers of workbooks are read as their cells print them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.formats.number_formats import printed


@pytest.mark.parametrize(
    ("value", "pattern", "text"),
    [
        (0.125, "0.0%", "12.5%"),
        (1234.5, '#,##0.00 "kr"', "1,234.50 kr"),
        (1234567.0, "General", "1234567"),
        (2.5e9, '#,##0.0,,,"bn"', "2.5bn"),
        (-5.5, "0.0;(0.0)", "(5.5)"),
        (-5.5, "0.00", "-5.50"),
        (0, '0;-0;"none"', "none"),
        (12.3, "[$€-407] #,##0.00", "€ 12.30"),
        (12.3, '_-* #,##0.00\\ "€"_-', "12.30 €"),
        (3.0, "0.##", "3"),
        (7, "00000", "00007"),
        (0.5, "# ?/?", "0.5"),
        (1234.0, "0.00E+00", "1234"),
        (float("inf"), "0", "inf"),
        (5, "yyyy", "5"),
        (" two ", "0", "two"),
        (None, "0", ""),
    ],
)
def test_number_is_written_by_its_format(value: object, pattern: str, text: str) -> None:
    assert printed(value, pattern) == text


@given(
    st.one_of(st.floats(), st.integers(), st.booleans()),
    st.text('#0?,.%;"\\[]$€-_* E+/@ydkr', max_size=20),
)
def test_any_format_gives_a_text(value: float, pattern: str) -> None:
    assert printed(value, pattern) is not None
