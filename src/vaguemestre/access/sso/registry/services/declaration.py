"""The registry made to match what was declared, in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from vaguemestre.access.sso.registry.queries import find_application
from vaguemestre.access.sso.registry.services.applications import kept, needs_secret, sha256, write_down
from vaguemestre.access.sso.registry.values import Registration


class _OnlyLooking(Exception):
    """Unwinds a dry run."""


def apply(
    declared: Sequence[tuple[Registration, str]], *, by: str, now: datetime, dry_run: bool = False
) -> list[tuple[str, str, str]]:
    """Use case: (client id, what was done, a secret to show once) of each; all or nothing.

    A declared secret replaces the one kept; without one, that of a known application stays and a new one gets
    its own. What is not declared is left alone. Raises Refusal as `add_application`.
    """
    told: list[tuple[str, str, str]] = []
    try:
        with transaction.atomic(durable=True):
            for registration, secret in declared:
                told.append(_apply(registration, secret, by, now))
            if dry_run:
                raise _OnlyLooking
    except _OnlyLooking:
        return [
            (client_id, f"serait {what}" if what != "inchangée" else what, "") for client_id, what, _ in told
        ]
    return told


def _apply(registration: Registration, secret: str, by: str, now: datetime) -> tuple[str, str, str]:
    client_id = registration.client_id
    if find_application(client_id) is None:
        shown = write_down(registration, by=by, now=now)
        if secret and needs_secret(registration):
            kept(registration, by, now, secret_sha256=sha256(secret))
            shown = ""
        return client_id, "ajoutée", shown
    more = {"secret_sha256": sha256(secret)} if secret and needs_secret(registration) else {}
    is_changed = kept(registration, by, now, **more)
    return client_id, "changée" if is_changed else "inchangée", ""
