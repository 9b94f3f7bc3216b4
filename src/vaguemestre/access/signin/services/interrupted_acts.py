"""Forms interrupted by a re-authentication: kept sealed, given back once. Use cases."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from vaguemestre.access.signin.models import InterruptedAct
from vaguemestre.access.signin.rules.interrupted_acts import LIFE
from vaguemestre.people.credentials.rules.secret_box import seal, unseal
from vaguemestre.people.credentials.values import SecretKeys


@dataclass(frozen=True, slots=True)
class Act:
    """A form sent to `path` from `page`; `words` say what it does. `fields` None: to be typed again."""

    path: str
    page: str
    words: str
    fields: tuple[tuple[str, str], ...] | None


@transaction.atomic(durable=True)
def keep_act(session_key: str, account_id: int, act: Act, keys: SecretKeys, *, now: datetime) -> None:
    """The last one interrupted in that session takes the place of the one before."""
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
            "until": now + LIFE,
        },
    )


@transaction.atomic(durable=True)
def carry_act(session_key: str, account_id: int, to_key: str) -> None:
    """The session was renewed by a proof of the same person: what it holds follows."""
    InterruptedAct.objects.filter(session_key=session_key, account_id=account_id).update(session_key=to_key)


def held_act(session_key: str, account_id: int, keys: SecretKeys, *, now: datetime) -> Act | None:
    """What that session may go on with."""
    row = InterruptedAct.objects.filter(session_key=session_key, account_id=account_id, until__gt=now).first()
    if row is None:
        return None
    kept: Sequence[Sequence[str]] | None = (
        json.loads(unseal(bytes(row.sealed), account_id, keys)) if row.sealed else None
    )
    fields = tuple((name, value) for name, value in kept) if kept is not None else None
    return Act(row.path, row.page, row.words, fields)


@transaction.atomic(durable=True)
def take_act(session_key: str, account_id: int, path: str, *, now: datetime) -> bool:
    """True once, for the act of that path."""
    row = InterruptedAct.objects.filter(
        session_key=session_key, account_id=account_id, path=path, until__gt=now
    )
    return row.delete()[0] == 1


@transaction.atomic(durable=True)
def drop_act(session_key: str, account_id: int) -> None:
    """Its person does not go on with it."""
    InterruptedAct.objects.filter(session_key=session_key, account_id=account_id).delete()
