"""The directory as colleagues search it: shown names, function, school, address, phone; nothing else."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from vaguemestre.people.directory.models import Assignment, MailAddress, NameWord, Person, Structure
from vaguemestre.people.directory.queries.addresses import begins_with
from vaguemestre.people.directory.rules.names import fold, without_civility
from vaguemestre.people.directory.rules.nomenclature import (
    discipline_label,
    function_label,
    functions_with_same_label,
)
from vaguemestre.people.directory.rules.phones import phone_pattern

_MAX_SORTED_PEOPLE = 1500  # sorted after the search; beyond, the index of names is walked in order
_MAX_READ_PEOPLE = 4000  # ids read for one criterion, to intersect with the others
_MAX_PLACES = 300  # establishments that typed words may match
_MAX_WORDS = 5


@dataclass(frozen=True, slots=True)
class BookPost:
    """A post somebody serves today, codes replaced by labels."""

    function: str
    discipline: str
    uai: str
    school: str
    town: str
    phone: str


@dataclass(frozen=True, slots=True)
class BookCard:
    """A card of the directory. `phone`: the person's own, at work."""

    public_id: UUID
    name: str
    address: str
    phone: str
    posts: tuple[BookPost, ...]


@dataclass(frozen=True, slots=True)
class BookFilter:
    """Search criteria. `school`: words of its name, or its UAI."""

    words: str = ""
    school: str = ""
    function: str = ""
    discipline: str = ""
    hidden_academies: Collection[int] = ()  # académies whose people are not shown


def book_page(
    criteria: BookFilter, day: date, *, first: int = 0, count: int = 30, backwards: bool = False
) -> tuple[tuple[BookCard, ...], bool]:
    """A page of listed people who serve that day, by name, and whether more follow.

    Each typed word begins one of their names, in any order, ignoring accents. It takes some milliseconds for
    45,000 people: each criterion is read by its index; if all match many people, the index of sorted names is
    walked instead. A telephone number is compared with each of those that cards show.
    """
    served = _served(criteria, day)
    if served is None:
        return (), False
    pattern = phone_pattern(criteria.words)
    words = () if pattern else _words_of(criteria.words)
    if words is None:
        return (), False
    named = [NameWord.objects.filter(begins_with("word", word)) for word in words]
    is_placed = bool(criteria.school or criteria.function or criteria.discipline)
    matching = _people_in_all([served, *named], walked=0 if is_placed else 1)
    if criteria.hidden_academies:  # an exclusion, so that SQLite keeps walking the index of sorted names
        matching = matching.exclude(academy_id__in=criteria.hidden_academies)
    matching = matching.filter(phone__regex=pattern) if pattern else matching
    order = ("-sorted_as", "-pk") if backwards else ("sorted_as", "pk")
    people = list(matching.order_by(*order)[first : first + count + 1])
    return _cards(people[:count], day), len(people) > count


def book_card(public_id: UUID, day: date, *, hidden_academies: Collection[int] = ()) -> BookCard | None:
    """The card of a listed person who serves that day; None otherwise, without telling why.

    `hidden_academies`: académies whose people have no card.
    """
    people = Person.objects.filter(public_id=public_id, unlisted=False, hidden_since=None)
    cards = _cards([person for person in people if person.academy_id not in hidden_academies], day)
    return cards[0] if cards and cards[0].posts else None


def own_card(person_id: int, day: date) -> tuple[BookCard, bool] | None:
    """Somebody's own card, and whether they are unlisted."""
    people = list(Person.objects.filter(pk=person_id))
    return (_cards(people, day)[0], people[0].unlisted) if people else None


def book_school(uai: str) -> str:
    """The name of an establishment; "" if unknown."""
    return Structure.objects.filter(uai=uai).values_list("name", flat=True).first() or ""


def _words_of(typed: str) -> tuple[str, ...] | None:
    """The words to search for; None if something was typed that contains none."""
    words = tuple(
        dict.fromkeys(w for part in without_civility(typed).split() for w in fold(part).split("-") if w)
    )[:_MAX_WORDS]
    return None if typed.strip() and not words else words


def _served(criteria: BookFilter, day: date) -> QuerySet[Assignment] | None:
    """The assignments that match; None if no establishment does."""
    served = Assignment.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)
    if criteria.function:
        served = served.filter(function__in=functions_with_same_label(criteria.function))
    if criteria.discipline:
        served = served.filter(discipline=criteria.discipline)
    if criteria.school.strip():
        places = _places(criteria.school)
        return served.filter(structure_id__in=places) if places else None
    return served


def _places(typed: str) -> list[int]:
    by_code = list(Structure.objects.filter(uai=typed.strip().upper()).values_list("pk", flat=True))
    if by_code:
        return by_code
    structures = Structure.objects.all()
    for word in fold(typed).split("-")[:_MAX_WORDS]:
        structures = structures.filter(folded__contains=word)
    return list(structures.values_list("pk", flat=True)[:_MAX_PLACES])


def _people_in_all(
    row_sets: Sequence[QuerySet[NameWord] | QuerySet[Assignment]], *, walked: int
) -> QuerySet[Person]:
    """Listed people who are in all these sets of rows; the first `walked` sets are too large to be read."""
    listed = Person.objects.filter(unlisted=False, hidden_since=None)
    large = list(row_sets[:walked])
    common: set[int] | None = None
    for rows in row_sets[walked:]:
        ids = _few_people(rows)
        if ids is None:
            large.append(rows)
        else:
            common = ids if common is None else common & ids
    if common is None:
        return listed.filter(*_exists_in(large))
    for rows in large[walked:]:
        common = set(rows.filter(person_id__in=common).values_list("person_id", flat=True))
    if len(common) <= _MAX_SORTED_PEOPLE:
        return listed.filter(*_exists_in(large[:walked]), pk__in=common)
    return listed.filter(*_exists_in(row_sets))


def _exists_in(row_sets: Sequence[QuerySet[NameWord] | QuerySet[Assignment]]) -> list[Exists]:
    return [Exists(rows.filter(person_id=OuterRef("pk"))) for rows in row_sets]


def _few_people(rows: QuerySet[NameWord] | QuerySet[Assignment]) -> set[int] | None:
    """The ids of the people in a set of rows; None if they are too many to read."""
    ids = list(rows.values_list("person_id", flat=True)[: _MAX_READ_PEOPLE + 1])
    return set(ids) if len(ids) <= _MAX_READ_PEOPLE else None


def _cards(people: Sequence[Person], day: date) -> tuple[BookCard, ...]:
    ids = [person.pk for person in people]
    rows = MailAddress.objects.filter(person_id__in=ids, is_primary=True, may_send=True)
    addresses = dict(rows.values_list("person_id", "address"))
    posts = _posts(ids, day)
    return tuple(
        BookCard(
            person.public_id,
            person.shown_name,
            addresses.get(person.pk, ""),
            person.phone,
            posts.get(person.pk, ()),
        )
        for person in people
    )


def _posts(person_ids: Iterable[int], day: date) -> Mapping[int, tuple[BookPost, ...]]:
    rows = Assignment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=day), person_id__in=person_ids, starts_on__lte=day
    ).order_by("-is_primary", "starts_on", "id")
    by_person: dict[int, tuple[BookPost, ...]] = defaultdict(tuple)
    columns = (
        "person_id", "function", "discipline",
        "structure__uai", "structure__name", "structure__town", "structure__phone",
    )  # fmt: skip
    for person_id, function, discipline, *place in rows.values_list(*columns):
        post = BookPost(function_label(function), discipline_label(discipline), *place)
        if post not in by_person[person_id]:
            by_person[person_id] += (post,)
    return by_person
