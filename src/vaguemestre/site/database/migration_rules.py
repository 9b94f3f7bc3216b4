"""Which changes of the tables the code of the version before can live with. Pure.

During an upgrade the new tables serve the old processes too, and serve them again after a way back: a
migration adds. What is no longer used goes one version later, and says since when nothing uses it:

    class Migration(migrations.Migration):
        unused_since = "0.3.0"  # the first version whose code does not know what is removed or renamed
        suits_old_code = "why the version before can live with it"  # of SQL, of code, of a new constraint
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from django.db.migrations import operations as ops
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import Field
from django.db.models.fields import NOT_PROVIDED

_ADDS = (
    ops.CreateModel, ops.AddIndex, ops.AlterModelOptions, ops.AlterModelManagers, ops.RemoveConstraint,
    ops.RemoveIndex, ops.RenameIndex, ops.AlterModelTableComment,
)  # fmt: skip
_REMOVES = (
    ops.RemoveField, ops.DeleteModel, ops.RenameField, ops.RenameModel, ops.AlterModelTable,
)  # fmt: skip
# What a field may change without the database refusing what the old code writes.
_HARMLESS = frozenset(
    ("help_text", "verbose_name", "choices", "validators", "editable", "default", "error_messages", "blank",
     "db_index", "related_name", "db_default")
)  # fmt: skip


class Narrowing(NamedTuple):
    """An operation that the old code may not survive, and why."""

    operation: str
    reason: str


def narrowings(migration: Migration, before: ProjectState, is_past: Callable[[str], bool]) -> list[Narrowing]:
    """The operations of a migration that take something from the old code and are not declared.

    `before`: the tables as the migration finds them. `is_past`: whether the code that may run meanwhile is of
    that version or a later one.
    """
    state, faults = before.clone(), []
    made = {op.name_lower for op in migration.operations if isinstance(op, ops.CreateModel)}
    for operation in migration.operations:
        reason = _reason(operation, state, migration, made)
        if reason and not _is_declared(operation, migration, is_past):
            faults.append(Narrowing(operation.describe(), reason))
        operation.state_forwards(migration.app_label, state)
    return faults


def version_numbers(version: str) -> tuple[int, ...]:
    """A version as numbers to compare: 0.10.0 comes after 0.9.1. Raises ValueError."""
    return tuple(int(number) for number in version.split("."))


def _is_declared(operation: Operation, migration: Migration, is_past: Callable[[str], bool]) -> bool:
    if getattr(migration, "suits_old_code", "") and not isinstance(operation, _REMOVES):
        return True
    since = getattr(migration, "unused_since", "")
    return bool(since) and is_past(since)


def _reason(operation: Operation, state: ProjectState, migration: Migration, made: set[str]) -> str:
    """Why the old code may not live with it; empty if it can."""
    if isinstance(operation, _ADDS) or getattr(operation, "model_name_lower", "") in made:
        return ""
    match operation:
        case ops.AddField():
            is_fillable = operation.field.many_to_many or _takes_silence(operation.field)
            return "" if is_fillable else "old code does not fill it: null=True or db_default"
        case ops.AlterField():
            model = state.models[migration.app_label, operation.model_name_lower]
            return ", ".join(_narrowed(model.fields[operation.name], operation.field))
        case ops.SeparateDatabaseAndState():
            inner = (_reason(each, state, migration, made) for each in operation.database_operations)
            return ", ".join(filter(None, inner))
        case _ if isinstance(operation, _REMOVES):
            return "old code still reads or writes what goes"
        case ops.RunPython() | ops.RunSQL():
            return "nobody can see what it does"
        case _:
            return "the old code’s rows may not satisfy it"


def _takes_silence(field: "Field[object, object]") -> bool:
    return field.null or field.db_default is not NOT_PROVIDED


def _narrowed(before: "Field[object, object]", after: "Field[object, object]") -> Iterator[str]:
    """What a field accepts no more. Another kind, or an option unknown here, counts as narrower."""
    _, kind, _, options = before.deconstruct()
    _, other_kind, _, other_options = after.deconstruct()
    if kind != other_kind:
        yield f"{kind} becomes {other_kind}"
    for name in sorted({*options, *other_options} - _HARMLESS):
        old, new = options.get(name), other_options.get(name)
        if old == new or (name == "null" and new) or (name == "unique" and not new):
            continue
        if name in ("max_length", "max_digits") and _is_longer(old, new):
            continue
        yield f"{name}: {old} becomes {new}"


def _is_longer(old: object, new: object) -> bool:
    return new is None or (isinstance(old, int) and isinstance(new, int) and new >= old)
