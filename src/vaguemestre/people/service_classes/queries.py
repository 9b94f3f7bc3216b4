"""Classes of service, what gives them, and the facts that decide."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from django.db.models import Q, Sum

from vaguemestre.people.directory.queries import functions_served
from vaguemestre.people.service_classes.models import (
    AskedClassChange,
    ClassException,
    ClassTie,
    ServiceClass,
)
from vaguemestre.people.service_classes.values import (
    AskedChange,
    ClassChange,
    ClassDraft,
    ClassSummary,
    ClassTies,
    PersonFacts,
    ServiceLimits,
)

LIMIT_FIELDS = tuple(one.name for one in fields(ServiceLimits))


def class_summaries(academy_id: int = 0) -> list[ClassSummary]:
    """The classes of an académie (0: of every one), by name. Two queries."""
    rows = ServiceClass.objects.order_by("academy_id", "name")
    rows = rows.filter(academy_id=academy_id) if academy_id else rows
    keys: dict[tuple[int, str], list[str]] = defaultdict(list)
    for class_id, kind, key in ClassTie.objects.order_by("key").values_list(
        "service_class_id", "kind", "key"
    ):
        keys[class_id, kind].append(key)
    return [
        ClassSummary(
            row.pk,
            row.academy_id,
            ClassDraft(
                row.name,
                limits_of(row),
                tuple(keys[row.pk, ClassTie.Kind.FUNCTION]),
                tuple(keys[row.pk, ClassTie.Kind.CATEGORY]),
                is_for_all=bool(keys[row.pk, ClassTie.Kind.ACADEMY]),
            ),
        )
        for row in rows
    ]


def has_classes() -> bool:
    """Whether the installation has any class."""
    return ServiceClass.objects.exists()


def class_summary(class_id: int) -> ClassSummary | None:
    """One class; None if there is none of that id."""
    return next((summary for summary in class_summaries() if summary.class_id == class_id), None)


def class_ties(academy_id: int, person_ids: Collection[int] | None = None) -> ClassTies:
    """What gives a class in that académie; the exceptions of these people only, if given. Two queries."""
    by_kind: dict[str, dict[str, int]] = defaultdict(dict)
    rows = ClassTie.objects.filter(academy_id=academy_id)
    for kind, key, class_id in rows.values_list("kind", "key", "service_class_id"):
        by_kind[kind][key] = class_id
    exceptions = ClassException.objects.filter(service_class__academy_id=academy_id)
    exceptions = exceptions if person_ids is None else exceptions.filter(person_id__in=person_ids)
    return ClassTies(
        dict(exceptions.values_list("person_id", "service_class_id")),
        by_kind[ClassTie.Kind.FUNCTION],
        by_kind[ClassTie.Kind.CATEGORY],
        by_kind[ClassTie.Kind.ACADEMY].get("", 0),
    )


def people_facts(academy_id: int, day: date, person_ids: Collection[int] | None = None) -> list[PersonFacts]:
    """The facts about the people of an académie (among these, if given) on that day. Two queries."""
    return [
        PersonFacts(person.person_id, person.category, person.functions)
        for person in functions_served(academy_id, day, person_ids)
    ]


def exception_of(person_id: int) -> str:
    """Why somebody was given a class by name; "" if nobody was."""
    rows = ClassException.objects.filter(person_id=person_id)
    return rows.values_list("note", flat=True).first() or ""


def exceptions_in(class_id: int) -> dict[int, str]:
    """Person → why, for those given that class by name."""
    return dict(ClassException.objects.filter(service_class_id=class_id).values_list("person_id", "note"))


def limits_of(row: ServiceClass | None) -> ServiceLimits:
    """What that class gives; everything as the installation is set without one."""
    return ServiceLimits(**{name: getattr(row, name) for name in LIMIT_FIELDS}) if row else ServiceLimits()


def asked_changes(academy_id: int, since: datetime) -> list[AskedChange]:
    """The changes that wait for a second person in that académie (0: in all), then those declined since."""
    state = AskedClassChange.State
    rows = AskedClassChange.objects.filter(
        Q(state=state.WAITING) | Q(state=state.DECLINED, changed_at__gt=since)
    )
    rows = rows.filter(academy_id=academy_id) if academy_id else rows
    return [asked_change_of(row) for row in rows.order_by("-state", "pk")]


def waiting_change(number: int) -> AskedChange | None:
    """A change that waits for a second person; None if none of that number does."""
    row = AskedClassChange.objects.filter(pk=number, state=AskedClassChange.State.WAITING).first()
    return asked_change_of(row) if row else None


def waiting_changes(academy_id: int) -> tuple[int, ...]:
    """The numbers of those that wait, in that académie (0: in all)."""
    rows = AskedClassChange.objects.filter(state=AskedClassChange.State.WAITING)
    rows = rows.filter(academy_id=academy_id) if academy_id else rows
    return tuple(rows.order_by("pk").values_list("pk", flat=True))


def people_lessened_alone(by: str, since: datetime) -> int:
    """How many people this actor gave less to, without anybody else, since then."""
    rows = AskedClassChange.objects.filter(
        state=AskedClassChange.State.ALONE, asked_by=by, changed_at__gt=since
    )
    return rows.aggregate(people=Sum("people"))["people"] or 0


def asked_change_of(row: AskedClassChange) -> AskedChange:
    change = ClassChange(row.academy_id, row.service_class_id or 0, _draft_of(row.draft))
    return AskedChange(row.pk, change, row.people, row.asked_by, row.asked_at, row.declined_by)


def _draft_of(stored: Mapping[str, Any] | None) -> ClassDraft | None:
    if stored is None:
        return None
    return ClassDraft(
        stored["name"],
        ServiceLimits(**stored["limits"]),
        tuple(stored["functions"]),
        tuple(stored["categories"]),
        is_for_all=stored["is_for_all"],
    )
