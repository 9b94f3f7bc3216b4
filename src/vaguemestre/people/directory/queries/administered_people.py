"""People for administrators: all of them, without civil status."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from vaguemestre.people.directory.models import Assignment, MailAddress, Person
from vaguemestre.people.directory.queries.addresses import bears_words
from vaguemestre.people.directory.queries.people import of_academy
from vaguemestre.people.directory.queries.posts import newest_post_labels
from vaguemestre.people.directory.rules.names import without_civility

_MAX_WORDS = 5


@dataclass(frozen=True, slots=True)
class PersonSummary:
    """Somebody, whatever the service. No birth date, no birth name: administrators see no civil status."""

    person_id: int
    dossier: str
    name: str
    category: str
    service: str
    place: str
    academy_id: int
    academy: str
    unlisted: bool
    hidden_since: datetime | None = None  # out of the directory: gone, or on a long leave
    erased_at: datetime | None = None  # then the name is the username, and the dossier is ""


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Filter of people. `service_id` -1: those without a service.

    `uai`: those who hold a post there on `day`; `ends_by`: those whose every post of `day` ends by then.
    """

    words: str = ""
    service_id: int = 0
    category: str = ""
    academy_id: int = 0
    uai: str = ""
    ends_by: date | None = None
    day: date | None = None


def people_page(
    criteria: PeopleFilter,
    *,
    first: int,
    count: int,
    backwards: bool = False,
    among: QuerySet[Any, Any] | None = None,
) -> tuple[tuple[PersonSummary, ...], int]:
    """A page of people of every service, by name, and their total.

    Each word begins a shown name, or equals a dossier or an address. People whose civil status was erased are
    found by username or address only. `among`: a query of person ids that they are part of.
    """
    rows = _matching(criteria, among)
    order = ("-sorted_as", "-pk") if backwards else ("sorted_as", "pk")
    page = rows.order_by(*order)[first : first + count]
    return _person_summaries(page), rows.count()


def matching_people(
    criteria: PeopleFilter, *, limit: int, among: QuerySet[Any, Any] | None = None
) -> tuple[int, ...]:
    """The person ids of `people_page`, all of them up to `limit`, by name."""
    rows = _matching(criteria, among).order_by("sorted_as", "pk")
    return tuple(rows.values_list("pk", flat=True)[:limit])


def person_summary(person_id: int) -> PersonSummary | None:
    """The person of that id, if any."""
    return next(iter(_person_summaries(Person.objects.filter(pk=person_id))), None)


def person_summaries(person_ids: Collection[int]) -> dict[int, PersonSummary]:
    """Summaries of people, by id."""
    return {one.person_id: one for one in _person_summaries(Person.objects.filter(pk__in=person_ids))}


def _matching(criteria: PeopleFilter, among: QuerySet[Any, Any] | None) -> QuerySet[Person]:
    rows = Person.objects.filter(of_academy(criteria.academy_id))
    if among is not None:
        rows = rows.filter(pk__in=among)
    if not criteria.words.split():
        rows = rows.filter(erased_at=None)
    for typed in without_civility(criteria.words).split()[:_MAX_WORDS]:
        rows = rows.filter(_matches_word(typed))
    if criteria.service_id:
        service = None if criteria.service_id < 0 else criteria.service_id
        rows = rows.filter(service_id=service) if service else rows.filter(service__isnull=True)
    if criteria.category:
        rows = rows.filter(category=criteria.category)
    return rows.filter(posts_match(criteria))


def posts_match(criteria: PeopleFilter) -> Q:
    """The condition on the posts that people hold on `criteria.day`; none without a day."""
    if criteria.day is None:
        return Q()
    running = Q(ends_on__isnull=True) | Q(ends_on__gte=criteria.day)
    posts = Assignment.objects.filter(running, person_id=OuterRef("pk"), starts_on__lte=criteria.day)
    condition = Q()
    if criteria.uai:
        condition &= Q(Exists(posts.filter(structure__uai=criteria.uai.upper())))
    if criteria.ends_by:
        later = Q(ends_on__isnull=True) | Q(ends_on__gt=criteria.ends_by)
        condition &= Q(Exists(posts)) & ~Q(Exists(posts.filter(later)))
    return condition


def _matches_word(typed: str) -> Q:
    condition = Q(dossier__iexact=typed)
    if "@" in typed:
        owned = MailAddress.objects.filter(person_id=OuterRef("pk"), address=typed.strip().lower())
        return condition | Q(Exists(owned))
    return condition | bears_words(typed)


def _person_summaries(rows: QuerySet[Person]) -> tuple[PersonSummary, ...]:
    people = list(rows.select_related("service", "academy"))
    places = newest_post_labels([row.pk for row in people])
    return tuple(
        PersonSummary(
            row.pk,
            "" if row.erased_at else row.dossier,
            row.shown_name,
            row.category,
            row.service.code if row.service else "",
            places.get(row.pk, ""),
            row.academy_id,
            row.academy.name,
            row.unlisted,
            row.hidden_since,
            row.erased_at,
        )
        for row in people
    )
