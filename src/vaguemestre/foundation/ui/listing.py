"""A paginated list by its query string: page, order, filters; each link changes one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

PAGE = 30


def page_number(text: str) -> int:
    """A page of a list, from 1: the first one for what is none, or beyond what a database counts."""
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


@dataclass(frozen=True, slots=True)
class Listing:
    """`sort`: one of the orders offered; `backwards`: descending, written with a minus."""

    page: int
    sort: str
    backwards: bool
    query: Mapping[str, str]
    count: int = PAGE

    @classmethod
    def of(cls, query: Mapping[str, str], sorts: Sequence[str], *, count: int = PAGE) -> Self:
        """Parse a query. The first of `sorts` is the default, descending if it begins with a minus."""
        plain = {name: str(value)[:200] for name, value in query.items()}
        order = plain.get("tri", "")
        if order.lstrip("-") not in {sort.lstrip("-") for sort in sorts}:
            order = sorts[0]
        page = page_number(plain.get("page", ""))
        return cls(page, order.lstrip("-"), order.startswith("-"), plain, count)

    @property
    def first(self) -> int:
        return (self.page - 1) * self.count

    def shown[T](self, rows: Sequence[T]) -> Sequence[T]:
        """The rows of the page, of a list short enough to be loaded whole."""
        return rows[self.first : self.first + self.count]

    @property
    def search(self) -> str:
        """The words typed into the filter of the list: `q`."""
        return self.query.get("q", "").strip()[:80]

    @property
    def order(self) -> str:
        """As written in the query string."""
        return f"{'-' if self.backwards else ''}{self.sort}"

    def link(self, **changes: str | int) -> str:
        """The query string with changes; back to the first page unless `page` is changed."""
        query = {**self.query, "page": "", **{name: str(value) for name, value in changes.items()}}
        return "?" + urlencode({name: value for name, value in query.items() if value})

    def page_link(self, page: int) -> str:
        return self.link(page=page if page > 1 else "")

    def sorted_by(self, sort: str) -> str:
        """The link of a column's head; it reverses the order if the list is sorted by it."""
        is_reversed = sort == self.sort and not self.backwards
        return self.link(tri=f"-{sort}" if is_reversed else sort)
