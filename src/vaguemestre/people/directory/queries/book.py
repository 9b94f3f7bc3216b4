"""People as their colleagues find them: shown names, function, school, address, phone; nothing else."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from vaguemestre.people.directory.models import Assignment, MailAddress, NameWord, Person, Structure
from vaguemestre.people.directory.queries.directory import begins
from vaguemestre.people.directory.rules.names import fold
from vaguemestre.people.directory.rules.nomenclature import discipline_said, function_said, functions_alike

_FEW = 1500  # people put in order by themselves; when there are more, the order of names is walked
_READ = 4000  # people of one criterion whose numbers are read, to keep those of all
_PLACES = 300  # establishments that words may name
_WORDS = 5


@dataclass(frozen=True, slots=True)
class BookPost:
    """Where somebody serves today, and as what; codes are said in words."""

    function: str
    discipline: str
    uai: str
    school: str
    town: str
    phone: str


@dataclass(frozen=True, slots=True)
class BookCard:
    """Somebody as the directory shows them. `phone` is their own, at work."""

    public_id: UUID
    name: str
    address: str
    phone: str
    posts: tuple[BookPost, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom one looks for. `school`: words of its name, or its UAI."""

    words: str = ""
    school: str = ""
    function: str = ""
    discipline: str = ""


def book_page(
    wanted: Wanted, day: date, *, first: int = 0, count: int = 30, backwards: bool = False
) -> tuple[tuple[BookCard, ...], bool]:
    """Listed people who serve that day, in the order of names, and whether more follow.

    Each word typed begins one of their names, in any order, accents or not. Some milliseconds for 45,000
    people: what each criterion finds is read by index, and the order of names is walked when all find many.
    """
    served = _served(wanted, day)
    if served is None:
        return (), False
    words = _words_of(wanted.words)
    if words is None:
        return (), False
    named = [NameWord.objects.filter(begins("word", word)) for word in words]
    is_placed = bool(wanted.school or wanted.function or wanted.discipline)
    found = _those_in([served, *named], walked=0 if is_placed else 1)
    order = ("-sorted_as", "-pk") if backwards else ("sorted_as", "pk")
    people = list(found.order_by(*order)[first : first + count + 1])
    return _cards(people[:count], day), len(people) > count


def book_card(public_id: UUID, day: date) -> BookCard | None:
    """None for nobody, for whoever is unlisted and for whoever serves nowhere: nobody can tell which."""
    people = Person.objects.filter(public_id=public_id, unlisted=False, hidden_since=None)
    cards = _cards(list(people), day)
    return cards[0] if cards and cards[0].posts else None


def own_card(person_id: int, day: date) -> tuple[BookCard, bool] | None:
    """Somebody's card as they see it themselves, and whether they are unlisted."""
    people = list(Person.objects.filter(pk=person_id))
    return (_cards(people, day)[0], people[0].unlisted) if people else None


def book_school(uai: str) -> str:
    """The name of an establishment; "" for none."""
    return Structure.objects.filter(uai=uai).values_list("name", flat=True).first() or ""


def _words_of(typed: str) -> tuple[str, ...] | None:
    """The words to look for; None when something was typed and none can be read."""
    words = tuple(dict.fromkeys(w for part in typed.split() for w in fold(part).split("-") if w))[:_WORDS]
    return None if typed.strip() and not words else words


def _served(wanted: Wanted, day: date) -> QuerySet[Assignment] | None:
    """The assignments that answer; None when no establishment is named so."""
    served = Assignment.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)
    if wanted.function:
        served = served.filter(function__in=functions_alike(wanted.function))
    if wanted.discipline:
        served = served.filter(discipline=wanted.discipline)
    if wanted.school.strip():
        places = _places(wanted.school)
        return served.filter(structure_id__in=places) if places else None
    return served


def _places(typed: str) -> list[int]:
    by_code = list(Structure.objects.filter(uai=typed.strip().upper()).values_list("pk", flat=True))
    if by_code:
        return by_code
    found = Structure.objects.all()
    for word in fold(typed).split("-")[:_WORDS]:
        found = found.filter(folded__contains=word)
    return list(found.values_list("pk", flat=True)[:_PLACES])


def _those_in(
    readings: Sequence[QuerySet[NameWord] | QuerySet[Assignment]], *, walked: int
) -> QuerySet[Person]:
    """Listed people whom every reading names; the first `walked` of them name too many to be read."""
    found = Person.objects.filter(unlisted=False, hidden_since=None)
    many = list(readings[:walked])
    common: set[int] | None = None
    for reading in readings[walked:]:
        ids = _few(reading)
        if ids is None:
            many.append(reading)
        else:
            common = ids if common is None else common & ids
    if common is None:
        return found.filter(*_all_of(many))
    for reading in many[walked:]:
        common = set(reading.filter(person_id__in=common).values_list("person_id", flat=True))
    if len(common) <= _FEW:
        return found.filter(*_all_of(many[:walked]), pk__in=common)
    return found.filter(*_all_of(readings))


def _all_of(readings: Sequence[QuerySet[NameWord] | QuerySet[Assignment]]) -> list[Exists]:
    return [Exists(reading.filter(person_id=OuterRef("pk"))) for reading in readings]


def _few(reading: QuerySet[NameWord] | QuerySet[Assignment]) -> set[int] | None:
    """The people it names; None when they are too many."""
    ids = list(reading.values_list("person_id", flat=True)[: _READ + 1])
    return set(ids) if len(ids) <= _READ else None


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
    found: dict[int, tuple[BookPost, ...]] = defaultdict(tuple)
    columns = (
        "person_id", "function", "discipline",
        "structure__uai", "structure__name", "structure__town", "structure__phone",
    )  # fmt: skip
    for person_id, function, discipline, *place in rows.values_list(*columns):
        post = BookPost(function_said(function), discipline_said(discipline), *place)
        if post not in found[person_id]:
            found[person_id] += (post,)
    return found
