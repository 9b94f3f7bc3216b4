"""Forms interrupted by a re-authentication: stored sealed, offered again once. Use cases."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from vaguemestre.access.signin.models import InterruptedAct
from vaguemestre.access.signin.rules.interrupted_acts import LIFETIME
from vaguemestre.people.credentials.rules.secret_box import seal, unseal
from vaguemestre.people.credentials.values import SecretKeys


@dataclass(frozen=True, slots=True)
class Act:
    """A form sent to `path` from `page`; `words`: its label. `fields` None: it must be typed again.

    `mark` tells it from the one that takes its place.
    """

    path: str
    page: str
    words: str
    fields: tuple[tuple[str, str], ...] | None
    mark: str = ""


@transaction.atomic(durable=True)
def store_act(session_key: str, account_id: int, act: Act, keys: SecretKeys, *, now: datetime) -> None:
    """Store the interrupted act, in place of a former one of the session."""
    sealed = seal(json.dumps(act.fields).encode(), account_id, keys) if act.fields is not None else b""
    InterruptedAct.objects.filter(until__lt=now).delete()
    InterruptedAct.objects.update_or_create(
        session_key=session_key,
        defaults={
            "account_id": account_id,
            "path": act.path,
            "page": act.page,
            "words": act.words,
            "sealed": sealed,
            "until": now + LIFETIME,
        },
    )


@transaction.atomic(durable=True)
def move_act(session_key: str, account_id: int, to_key: str) -> None:
    """Move the act to the session that replaces this one after a fresh proof of the same person."""
    InterruptedAct.objects.filter(session_key=session_key, account_id=account_id).update(session_key=to_key)


def find_act(session_key: str, account_id: int, keys: SecretKeys, *, now: datetime) -> Act | None:
    """The act that session may resume."""
    row = InterruptedAct.objects.filter(session_key=session_key, account_id=account_id, until__gt=now).first()
    if row is None:
        return None
    pairs: Sequence[Sequence[str]] | None = (
        json.loads(unseal(bytes(row.sealed), account_id, keys)) if row.sealed else None
    )
    fields = tuple((name, value) for name, value in pairs) if pairs is not None else None
    return Act(row.path, row.page, row.words, fields, str(row.until.timestamp()))


@transaction.atomic(durable=True)
def take_act(session_key: str, account_id: int, path: str, *, now: datetime) -> bool:
    """Use up the act of that path; True for exactly one caller."""
    row = InterruptedAct.objects.filter(
        session_key=session_key, account_id=account_id, path=path, until__gt=now
    )
    return row.delete()[0] == 1


@transaction.atomic(durable=True)
def drop_act(session_key: str, account_id: int) -> None:
    """Delete the act: the user does not resume it."""
    InterruptedAct.objects.filter(session_key=session_key, account_id=account_id).delete()
