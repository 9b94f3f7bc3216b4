"""What a school writes about, read from `topics.txt` beside this file."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Topic:
    """A conversation: where it is filed, who starts it, what comes with its first letter ("-" nothing)."""

    folder: str
    who: str
    attachment: str
    subject: str
    opening: str
    answers: tuple[str, ...]


@cache
def topics() -> tuple[Topic, ...]:
    text = files(__package__).joinpath("topics.txt").read_text(encoding="utf-8")
    return tuple(_topics(text))


def _topics(text: str) -> Iterator[Topic]:
    for block in text.split("\n[")[1:]:
        head, _, rest = block.partition("]\n")
        folder, who, attachment = (piece.strip() for piece in head.split("|"))
        subject, _, body = rest.partition("\n")
        opening, *answers = (piece.strip() for piece in body.split("\n--\n"))
        yield Topic(folder, who, attachment, subject, opening, tuple(answers))
