"""A reader of Sieve text of the tests' own (RFC 5228 §8.1): what the script says, not how we wrote it."""

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r'(?P<space>\s+)|(?P<comment>#[^\n]*)|(?P<string>"(?:[^"\\]|\\.)*")|(?P<tag>:[A-Za-z_]\w*)|'
    r"(?P<number>\d+[KMG]?)|(?P<word>[A-Za-z_]\w*)|(?P<sign>[][(){},;])",
    re.DOTALL,
)


def tokens(script: str) -> Iterator[tuple[str, str]]:
    """(kind, text) of each token; a string comes without its quoting. Raises ValueError."""
    place = 0
    while place < len(script):
        match = _TOKEN.match(script, place)
        if match is None:
            raise ValueError(f"not Sieve: {script[place : place + 40]!r}")
        place = match.end()
        kind = str(match.lastgroup)
        if kind == "string":
            yield kind, re.sub(r"\\(.)", r"\1", match.group()[1:-1], flags=re.DOTALL)
        elif kind not in ("space", "comment"):
            yield kind, match.group()


def expanded(text: str, variables: dict[str, str]) -> str:
    """A string as Sieve reads it when `variables` is required: once, left to right (RFC 5229 §3)."""
    return re.sub(r"\$\{(\w+)\}", lambda match: variables.get(match.group(1), ""), text)


def shape(script: str) -> list[tuple[str, str]]:
    """The script without what its strings say."""
    return [(kind, "" if kind == "string" else text) for kind, text in tokens(script)]
