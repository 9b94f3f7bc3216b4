"""The order an address asks for, in columns."""

import pytest

from vaguemestre.foundation.kernel.orders import column_of


def test_an_order_is_a_column_turned_by_a_minus_and_nothing_else_is_an_order() -> None:
    columns = {"age": "made_at"}
    assert column_of("age", columns) == "made_at"
    assert column_of("-age", columns) == "-made_at"
    for wrong in ("", "-", "made_at", "--age"):
        with pytest.raises(KeyError):
            column_of(wrong, columns)
