"""Apply declared applications to the registry, in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from django.db import transaction

from vaguemestre.access.sso.registry.queries import find_application
from vaguemestre.access.sso.registry.services.applications import (
    create_application,
    needs_secret,
    save_application,
    sha256,
)
from vaguemestre.access.sso.registry.values import Registration


class Outcome(StrEnum):
    """What a declaration changes, as displayed."""

    ADDED = "ajoutée"
    CHANGED = "changée"
    UNCHANGED = "inchangée"


class AppliedDeclaration(NamedTuple):
    """The outcome for one application, and its secret to show once ("" for none)."""

    client_id: str
    outcome: Outcome
    secret: str


class _DryRun(Exception):
    """Rolls back a dry run."""


def apply_declaration(
    declared: Sequence[tuple[Registration, str]], *, by: str, now: datetime, dry_run: bool = False
) -> list[AppliedDeclaration]:
    """Use case: create or change the declared applications (registration, secret); all or nothing.

    A declared secret replaces the stored one; without one, a known application keeps its own and a new one
    gets one. Applications not declared are left alone. Raises Refusal as `add_application`.
    """
    applied: list[AppliedDeclaration] = []
    try:
        with transaction.atomic(durable=True):
            for registration, secret in declared:
                applied.append(_apply(registration, secret, by, now))
            if dry_run:
                raise _DryRun
    except _DryRun:
        return [application._replace(secret="") for application in applied]
    return applied


def _apply(registration: Registration, secret: str, by: str, now: datetime) -> AppliedDeclaration:
    client_id = registration.client_id
    has_secret = bool(secret) and needs_secret(registration)
    if find_application(client_id) is None:
        drawn = create_application(registration, by=by, now=now)
        if has_secret:
            save_application(registration, by, now, secret_sha256=sha256(secret))
        return AppliedDeclaration(client_id, Outcome.ADDED, "" if has_secret else drawn)
    columns = {"secret_sha256": sha256(secret)} if has_secret else {}
    is_changed = save_application(registration, by, now, **columns)
    return AppliedDeclaration(client_id, Outcome.CHANGED if is_changed else Outcome.UNCHANGED, "")
