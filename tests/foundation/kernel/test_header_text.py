"""Quoted strings and comments are read as RFC 5322 writes them, and no field holds a processor."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.foundation.kernel.text.header_text import replace_comments, replace_quoted

FIELDS = st.text(alphabet='"\\()a\n', max_size=40)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ('"a" b', "[a] b"),
        (r'"a \" b" c', r"[a \" b] c"),
        (r'"a\\" "b"', r"[a\\] [b]"),
        ('a "b', 'a "b'),
        ("", ""),
    ],
)
def test_each_quoted_string_is_replaced(field: str, expected: str) -> None:
    assert replace_quoted(field, lambda content: f"[{content}]") == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [("(a) b", "[a] b"), ("(a (b) c)", "(a [b] c)"), (r"(a\)b) c", r"[a\)b] c"), ("a (b", "a (b")],
)
def test_each_inner_comment_is_replaced(field: str, expected: str) -> None:
    assert replace_comments(field, lambda content: f"[{content}]") == expected


@given(FIELDS)
def test_nothing_outside_changes(field: str) -> None:
    assert replace_quoted(field, lambda content: f'"{content}"') == field
    assert replace_comments(field, lambda content: f"({content})") == field


@pytest.mark.parametrize("replace", [replace_quoted, replace_comments])
@pytest.mark.parametrize("unit", ['"\\', "(\\", '"a\\"', "(", '"', "\\"])
def test_a_field_made_to_hold_a_processor_takes_linear_time(replace: object, unit: str) -> None:
    """100,000 characters; by the square of their number they took minutes."""
    started = time.process_time()
    replace(unit * 50_000, lambda content: "")  # type: ignore[operator]
    assert time.process_time() - started < 5


def test_a_closed_string_is_what_the_simple_pattern_finds() -> None:
    field = r'a "b \" c" (d) "e" "f'
    simple = re.sub(r'"((?:[^"\\]|\\.)*)"', r"<\1>", field)
    assert replace_quoted(field, lambda content: f"<{content}>") == simple
