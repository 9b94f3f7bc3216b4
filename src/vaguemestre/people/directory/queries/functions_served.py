"""Category and functions of people on a day, for what depends on them."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from itertools import batched
from typing import NamedTuple

from vaguemestre.people.directory.models import Assignment, Person
from vaguemestre.people.directory.queries.posts import serves_on

_BATCH_PARAMS = 10_000


class ServedFunctions(NamedTuple):
    """`functions`: of current posts, the main post's first, each once."""

    person_id: int
    category: str
    functions: tuple[str, ...]


def functions_served(
    academy_id: int, day: date, person_ids: Collection[int] | None = None
) -> list[ServedFunctions]:
    """The people of an académie (among these, if given), erased ones left out. Two queries a batch."""
    if person_ids is not None:
        batches = (_served_by(academy_id, day, batch) for batch in batched(person_ids, _BATCH_PARAMS))
        return [person for batch in batches for person in batch]
    return _served_by(academy_id, day, None)


def _served_by(academy_id: int, day: date, person_ids: Collection[int] | None) -> list[ServedFunctions]:
    """As `functions_served`, for one batch of people."""
    people = Person.objects.filter(academy_id=academy_id, erased_at=None)
    posts = Assignment.objects.filter(serves_on(day), person__academy_id=academy_id).exclude(function="")
    if person_ids is not None:
        people, posts = people.filter(pk__in=person_ids), posts.filter(person_id__in=person_ids)
    functions: dict[int, dict[str, None]] = defaultdict(dict)
    rows = posts.order_by("-is_primary", "starts_on", "id").values_list("person_id", "function")
    for person_id, function in rows:
        functions[person_id][function] = None
    return [
        ServedFunctions(person_id, category, tuple(functions.get(person_id, ())))
        for person_id, category in people.values_list("pk", "category")
    ]
