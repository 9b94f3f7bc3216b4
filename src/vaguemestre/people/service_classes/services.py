"""Changes of classes and of what gives them. Parts, inside the caller's transaction."""

from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from vaguemestre.foundation.cluster.locks import locked_row
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import person_subject, service_class_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.service_classes.models import (
    AskedClassChange,
    ClassException,
    ClassTie,
    ServiceClass,
)
from vaguemestre.people.service_classes.queries import asked_change_of, limits_of
from vaguemestre.people.service_classes.rules import changed_limits, check_second_person
from vaguemestre.people.service_classes.values import AskedChange, ClassChange, ClassDraft

KEPT = timedelta(days=7)  # what was done alone, or declined


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
        to=service_class_subject(row.pk),
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
    record("service_classes.class-deleted", to=service_class_subject(row.pk), by=by, at=now, name=row.name)
    row.delete()


def ask_change(change: ClassChange, people: int, *, by: str, now: datetime) -> int:
    """Have a change wait for a second person, in the place of one that waits for that class.

    `people`: who would get less. Returns its number. Raises Refusal `service_classes.gone`.
    """
    if change.class_id:
        row = _locked_class(change.academy_id, change.class_id)
        AskedClassChange.objects.filter(service_class=row).exclude(
            state=AskedClassChange.State.ALONE
        ).delete()
    asked = _keep_change(change, people, AskedClassChange.State.WAITING, by, now)
    record(
        "service_classes.change-asked", to=service_class_subject(change.class_id), by=by, at=now,
        name=_name_of(change), people=people,
    )  # fmt: skip
    return asked.pk


def record_alone(change: ClassChange, people: int, *, by: str, now: datetime) -> None:
    """Remember how many people one person alone gives less to."""
    alone = ClassChange(change.academy_id, 0, change.draft)  # it outlives the class
    _keep_change(alone, people, AskedClassChange.State.ALONE, by, now)


def take_change(number: int, *, by: str, now: datetime) -> AskedChange:
    """A change that waits, agreed to by a second person, who then makes it.

    Raises Refusal `service_classes.not-waiting`, `service_classes.same-person`.
    """
    row = _locked_change(number)
    check_second_person(row.asked_by, by)
    asked = asked_change_of(row)
    row.delete()
    record(
        "service_classes.change-approved", to=service_class_subject(asked.change.class_id), by=by, at=now,
        name=_name_of(asked.change), people=asked.people,
    )  # fmt: skip
    return asked


def decline_change(number: int, *, by: str, now: datetime) -> None:
    """Decline a change that waits, or take back one's own. Raises Refusal `service_classes.not-waiting`."""
    row = _locked_change(number)
    row.state, row.declined_by, row.changed_at = AskedClassChange.State.DECLINED, by, now
    row.save()
    change = asked_change_of(row).change
    record(
        "service_classes.change-declined", to=service_class_subject(change.class_id), by=by, at=now,
        name=_name_of(change), people=row.people,
    )  # fmt: skip


def give_exception(person_id: int, class_id: int, note: str, *, by: str, now: datetime) -> None:
    """Give somebody that class by name. Raises Refusal `service_classes.gone`."""
    row = locked_row(ServiceClass.objects.filter(pk=class_id), "service_classes.gone")
    ClassException.objects.update_or_create(
        person_id=person_id, defaults={"service_class": row, "note": note, "given_at": now}
    )
    record(
        "service_classes.exception-given",
        to=person_subject(person_id),
        by=by,
        at=now,
        name=row.name,
        note=note,
    )


def withdraw_exception(person_id: int, *, by: str, now: datetime) -> None:
    """Let the function and the category of somebody decide again. Idempotent."""
    if ClassException.objects.filter(person_id=person_id).delete()[0]:
        record("service_classes.exception-withdrawn", to=person_subject(person_id), by=by, at=now)


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


def _locked_change(number: int) -> AskedClassChange:
    rows = AskedClassChange.objects.filter(pk=number, state=AskedClassChange.State.WAITING)
    return locked_row(rows, "service_classes.not-waiting")


def _keep_change(change: ClassChange, people: int, state: str, by: str, now: datetime) -> AskedClassChange:
    old = AskedClassChange.objects.filter(changed_at__lt=now - KEPT)
    old.exclude(state=AskedClassChange.State.WAITING).delete()
    return AskedClassChange.objects.create(
        academy_id=change.academy_id,
        service_class_id=change.class_id or None,
        draft=asdict(change.draft) if change.draft else None,
        people=people,
        state=state,
        asked_by=by,
        asked_at=now,
        changed_at=now,
    )


def _name_of(change: ClassChange) -> str:
    """The name the class will have; of a deletion, the one it has."""
    names = ServiceClass.objects.filter(pk=change.class_id).values_list("name", flat=True)
    return change.draft.name if change.draft else names.first() or ""
