"""Changes of classes and of what gives them. Parts, inside the caller's transaction."""

from dataclasses import asdict
from datetime import datetime

from django.db import IntegrityError, transaction

from vaguemestre.foundation.cluster.locks import locked_row
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.service_classes.models import ClassException, ClassTie, ServiceClass
from vaguemestre.people.service_classes.queries import limits_of
from vaguemestre.people.service_classes.rules import changed_limits
from vaguemestre.people.service_classes.values import ClassDraft


def save_class(academy_id: int, class_id: int, draft: ClassDraft, *, by: str, now: datetime) -> int:
    """Make a class (`class_id` 0), or change one of that académie. Returns its id.

    It takes over the functions and categories it names. Raises Refusal `service_classes.name-taken`,
    `service_classes.gone`.
    """
    others = ServiceClass.objects.filter(academy_id=academy_id, name=draft.name).exclude(pk=class_id)
    if others.exists():
        raise Refusal("service_classes.name-taken")
    if class_id:
        row = _locked_class(academy_id, class_id)
    else:
        row = ServiceClass(academy_id=academy_id)
    before = limits_of(row)
    for name, value in {"name": draft.name, **asdict(draft.limits)}.items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:  # somebody else made one of that name meanwhile
        raise Refusal("service_classes.name-taken") from error
    _tie(academy_id, row.pk, draft)
    record(
        "service_classes.class-changed" if class_id else "service_classes.class-made",
        to=f"service-class:{row.pk}",
        by=by,
        at=now,
        name=draft.name,
        changes=", ".join(
            f"{field}={getattr(draft.limits, field)}" for field in changed_limits(before, draft.limits)
        ),
        functions=", ".join(draft.functions),
        categories=", ".join(draft.categories),
        whole=draft.is_for_all,
    )
    return row.pk


def delete_class(academy_id: int, class_id: int, *, by: str, now: datetime) -> None:
    """Delete a class, with what gives it. Raises Refusal `service_classes.gone`."""
    row = _locked_class(academy_id, class_id)
    record("service_classes.class-deleted", to=f"service-class:{row.pk}", by=by, at=now, name=row.name)
    row.delete()


def give_exception(person_id: int, class_id: int, note: str, *, by: str, now: datetime) -> None:
    """Give somebody that class by name. Raises Refusal `service_classes.gone`."""
    row = locked_row(ServiceClass.objects.filter(pk=class_id), "service_classes.gone")
    ClassException.objects.update_or_create(
        person_id=person_id, defaults={"service_class": row, "note": note, "given_at": now}
    )
    record(
        "service_classes.exception-given", to=f"person:{person_id}", by=by, at=now, name=row.name, note=note
    )


def withdraw_exception(person_id: int, *, by: str, now: datetime) -> None:
    """Let the function and the category of somebody decide again. Idempotent."""
    if ClassException.objects.filter(person_id=person_id).delete()[0]:
        record("service_classes.exception-withdrawn", to=f"person:{person_id}", by=by, at=now)


def forget_person(person_id: int) -> None:
    """Forget what was given to somebody by name (GDPR art. 17)."""
    ClassException.objects.filter(person_id=person_id).delete()


def _tie(academy_id: int, class_id: int, draft: ClassDraft) -> None:
    wanted = {
        *((ClassTie.Kind.FUNCTION, key) for key in draft.functions),
        *((ClassTie.Kind.CATEGORY, key) for key in draft.categories),
        *([(ClassTie.Kind.ACADEMY, "")] if draft.is_for_all else ()),
    }
    for tie in ClassTie.objects.filter(service_class_id=class_id):
        if (tie.kind, tie.key) not in wanted:
            tie.delete()
    for kind, key in sorted(wanted):
        ClassTie.objects.update_or_create(
            academy_id=academy_id, kind=kind, key=key, defaults={"service_class_id": class_id}
        )


def _locked_class(academy_id: int, class_id: int) -> ServiceClass:
    return locked_row(ServiceClass.objects.filter(pk=class_id, academy_id=academy_id), "service_classes.gone")
