"""Quoted strings and comments of header fields (RFC 5322 §3.2), in time linear in the length of the field."""

import re
from collections.abc import Callable

# Possessive, and an unclosed one is consumed as well: no character is scanned from several starts.
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)("?)')
_INNER_COMMENT = re.compile(r"\(((?:[^()\\]|\\.)*+)(\)?)")


def replace_quoted(field: str, replacement: Callable[[str], str]) -> str:
    """The field, each quoted string replaced by that of its content. An unclosed one stays as written."""
    return _replace_closed(_QUOTED, field, replacement)


def replace_comments(field: str, replacement: Callable[[str], str]) -> str:
    """The field, each comment that holds no other replaced by that of its content.

    An unclosed one stays as written.
    """
    return _replace_closed(_INNER_COMMENT, field, replacement)


def _replace_closed(pattern: re.Pattern[str], field: str, replacement: Callable[[str], str]) -> str:
    return pattern.sub(lambda match: replacement(match[1]) if match[2] else match[0], field)
