"""Steps in the life of DKIM keys, each a transaction recorded in the journal."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import domain_subject
from vaguemestre.post.dkim.models import DkimKey
from vaguemestre.post.dkim.ports import LookUpText, SigningKeys
from vaguemestre.post.dkim.queries import as_value, keys_of
from vaguemestre.post.dkim.rules.key_cycle import due_steps, new_selector, take_step
from vaguemestre.post.dkim.rules.key_pair import make_key_pair
from vaguemestre.post.dkim.rules.key_record import is_published
from vaguemestre.post.dkim.values import Algorithm, KeyState, SigningKey, Step, StepKind

_WAITING = frozenset({KeyState.PREPARED, KeyState.PUBLISHED})
_ACTIONS = {
    StepKind.PREPARE: "dkim.key-prepared",
    StepKind.SEE: "dkim.key-published",
    StepKind.LOSE: "dkim.key-unpublished",
    StepKind.ACTIVATE: "dkim.key-activated",
    StepKind.RETIRE: "dkim.key-retired",
    StepKind.ERASE: "dkim.key-erased",
}


def advance_keys(
    domain: str,
    look_up: LookUpText,
    signing_keys: SigningKeys,
    *,
    working_days: int,
    now: datetime,
    by: str = "system",
) -> tuple[Step, ...]:
    """Ask DNS about the keys of a domain that wait, and take the steps due. Returns them. Idempotent.

    Raises EngineDown when private keys cannot be written; what was done stays done.
    """
    keys = keys_of(domain)
    seen = _look_up(keys, look_up)
    steps: list[Step] = []
    for algorithm in Algorithm:
        of_this = [key for key in keys if key.algorithm is algorithm]
        due = due_steps(of_this, seen, algorithm, working_days=working_days, now=now)
        for step in due:
            if step.kind is StepKind.PREPARE:
                _prepare(domain, algorithm, step.selector, signing_keys, now, by)
        _take(domain, [step for step in due if step.kind is not StepKind.PREPARE], now, by)
        steps += due
    write_keys(domain, signing_keys)
    return tuple(steps)


def renew_keys(domain: str, signing_keys: SigningKeys, *, now: datetime, by: str) -> tuple[str, ...]:
    """Prepare a successor of each key that has none yet. Returns the new selectors."""
    keys, selectors = keys_of(domain), []
    for algorithm in Algorithm:
        of_this = [key for key in keys if key.algorithm is algorithm]
        if any(key.state in _WAITING for key in of_this):
            continue
        selector = new_selector(algorithm, {key.selector for key in of_this}, now)
        _prepare(domain, algorithm, selector, signing_keys, now, by)
        selectors.append(selector)
    return tuple(selectors)


def write_keys(domain: str, signing_keys: SigningKeys) -> None:
    """Make the signer use the active keys, and forget the private halves of those that sign no more."""
    _exchange(domain, signing_keys)
    keys = keys_of(domain)
    active = [key for key in keys if key.state is KeyState.ACTIVE]
    active.sort(
        key=lambda key: key.algorithm is not Algorithm.RSA
    )  # the first one seals ARC, which knows RSA only
    signing_keys.use(domain, [key.selector for key in active])
    for key in keys:
        if key.state in (KeyState.RETIRING, KeyState.GONE):
            signing_keys.erase(domain, key.selector)


def _exchange(domain: str, signing_keys: SigningKeys) -> None:
    """Let other machines have the private halves that were made here, and take those made elsewhere."""
    DkimKey.objects.filter(domain=domain, retired_at__isnull=False).exclude(sealed="").update(sealed="")
    for row in DkimKey.objects.filter(domain=domain, retired_at__isnull=True):
        sealed = signing_keys.sealed(domain, row.selector)
        if sealed and not row.sealed:
            DkimKey.objects.filter(pk=row.pk, sealed="").update(sealed=sealed)
        elif row.sealed and not sealed:
            signing_keys.take(domain, row.selector, row.sealed)


def _look_up(keys: Sequence[SigningKey], look_up: LookUpText) -> dict[str, bool | None]:
    """Selector → whether DNS has its record, of the keys that wait."""
    waiting = [key for key in keys if key.state in _WAITING]
    answers = look_up([key.record_name for key in waiting]) if waiting else {}
    seen: dict[str, bool | None] = {}
    for key in waiting:
        texts = answers.get(key.record_name)
        seen[key.selector] = None if texts is None else is_published(key, texts)
    return seen


def _prepare(
    domain: str, algorithm: Algorithm, selector: str, signing_keys: SigningKeys, now: datetime, by: str
) -> None:
    """The private half first: a row without its file would be published for nothing."""
    pair = make_key_pair(algorithm)
    signing_keys.store(domain, selector, pair.private)
    with transaction.atomic(durable=True):
        DkimKey.objects.create(
            domain=domain, selector=selector, algorithm=algorithm, public=pair.public,
            sealed=signing_keys.sealed(domain, selector), prepared_at=now,
        )  # fmt: skip
        _record(domain, Step(StepKind.PREPARE, selector), now, by)


def _take(domain: str, steps: Sequence[Step], now: datetime, by: str) -> None:
    """All of them in one transaction: a key is retired in the moment its successor signs."""
    with transaction.atomic(durable=True):
        # retiring before activating: never two active keys, not even inside
        for step in sorted(steps, key=lambda step: step.kind is StepKind.ACTIVATE):
            row = DkimKey.objects.select_for_update().get(domain=domain, selector=step.selector)
            after = take_step(as_value(row), step.kind, now)
            row.seen_at, row.active_at = after.seen_at, after.active_at
            row.retired_at, row.gone_at = after.retired_at, after.gone_at
            row.save(update_fields=("seen_at", "active_at", "retired_at", "gone_at"))
            _record(domain, step, now, by)


def _record(domain: str, step: Step, now: datetime, by: str) -> None:
    record(_ACTIONS[step.kind], to=domain_subject(domain), by=by, at=now, selector=step.selector)
