"""A list as its address asks for it: page, order, filters; every link of the page keeps the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

PAGE = 30


@dataclass(frozen=True, slots=True)
class Listing:
    """`sort`: one of the orders offered, `backwards` when asked with a minus. `asked`: the whole query."""

    page: int
    sort: str
    backwards: bool
    asked: Mapping[str, str]
    count: int = PAGE

    @classmethod
    def of(cls, asked: Mapping[str, str], sorts: Sequence[str], *, count: int = PAGE) -> Self:
        """The first of `sorts` is the order nobody asks for; begin it with a minus to have it backwards."""
        plain = {name: str(value)[:200] for name, value in asked.items()}
        wanted = plain.get("tri", "")
        if wanted.lstrip("-") not in {sort.lstrip("-") for sort in sorts}:
            wanted = sorts[0]
        page = plain.get("page", "")
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1
        return cls(max(1, number), wanted.lstrip("-"), wanted.startswith("-"), plain, count)

    @property
    def first(self) -> int:
        return (self.page - 1) * self.count

    def shown[T](self, rows: Sequence[T]) -> Sequence[T]:
        """The page of a list that is short enough to be held whole."""
        return rows[self.first : self.first + self.count]

    @property
    def order(self) -> str:
        """As it is written in an address."""
        return f"{'-' if self.backwards else ''}{self.sort}"

    def link(self, **changes: str | int) -> str:
        """The same list, with something else asked; the page begins again unless it is what changes."""
        query = {**self.asked, "page": "", **{name: str(value) for name, value in changes.items()}}
        return "?" + urlencode({name: value for name, value in query.items() if value})

    def page_link(self, page: int) -> str:
        return self.link(page=page if page > 1 else "")

    def sorted_by(self, sort: str) -> str:
        """What a click on the head of that column asks for."""
        turned = sort == self.sort and not self.backwards
        return self.link(tri=f"-{sort}" if turned else sort)
