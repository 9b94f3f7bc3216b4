"""The word lists of a sample, read from `words.txt` beside this file."""

from functools import cache
from importlib.resources import files


@cache
def words(name: str) -> tuple[str, ...]:
    """The list of that name, in its order. Raises KeyError."""
    return _lists()[name]


@cache
def _lists() -> dict[str, tuple[str, ...]]:
    lists: dict[str, tuple[str, ...]] = {}
    name = ""
    for line in files(__package__).joinpath("words.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            name = line.strip("[]")
            lists[name] = ()
        elif line and not line.startswith("#"):
            lists[name] += tuple(line.split("|"))
    return lists
