"""Passwords: hashed, kept, compared. Hashing is slow on purpose: never inside a transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from threading import BoundedSemaphore

from django.contrib.auth.hashers import check_password as matches
from django.contrib.auth.hashers import get_hasher, identify_hasher, make_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.utils.functional import SimpleLazyObject

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.people.credentials.events import AccountChanged
from vaguemestre.people.credentials.hashers import HEAVY, LIGHT, hasher_of
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.rules.passwords import as_hashed
from vaguemestre.people.credentials.rules.passwords import check_password as check_chosen
from vaguemestre.people.credentials.rules.passwords import strength as judged
from vaguemestre.people.credentials.values import Bearer, Strength

_UNDONE_WITHIN = timedelta(days=7)
# Hashes computed together by a process. Whoever waits for one holds a thread of the pages: strangers get a
# place first (`hash_place`), and there are few.
_turns = {LIGHT: BoundedSemaphore(2), HEAVY: BoundedSemaphore(1)}

# Compared when there is nothing to compare with, so that an unknown user costs what a known one costs.
_nobody = {
    kind: SimpleLazyObject(partial(make_password, "not the password of anybody", hasher=kind))
    for kind in (LIGHT, HEAVY)
}
_places = BoundedSemaphore(2)


@contextmanager
def hash_place() -> Iterator[bool]:
    """Whether this process has a place for a stranger's hash; held until the block ends, never waited for."""
    has_place = _places.acquire(blocking=False)
    try:
        yield has_place
    finally:
        if has_place:
            _places.release()


def hashed(password: str, role: str = "agent") -> str:
    """Argon2id, ready to be kept. About 25 ms; 100 for an administrator."""
    kind = hasher_of(role)
    with _turns[kind]:
        return make_password(as_hashed(password), hasher=kind)


def wants_other_hash(kept: str, role: str) -> bool:
    """Whether the account's role or our parameters changed since that hash was made."""
    if not kept:
        return False
    wanted = get_hasher(hasher_of(role))
    return identify_hasher(kept).algorithm != wanted.algorithm or wanted.must_update(kept)


def keep_better_hash(account_id: int, kept: str) -> None:
    """The same password hashed anew: nobody is told. Inside the caller's transaction."""
    Account.objects.filter(pk=account_id).update(password=kept)


def holds(password: str, kept: str) -> bool:
    """True when that password was hashed as `kept`; "" holds nothing and takes the same time."""
    with _turns[_kind_of(kept)]:
        same = matches(as_hashed(password), kept or str(_nobody[LIGHT]))
    return same and bool(kept)


def spend_the_other_hash(password: str, kept: str) -> None:
    """After a try in vain on `kept`: the kind of hash it did not cost, or an administrator's would be told.

    Every refusal costs one of each, then, whoever it is of.
    """
    other = HEAVY if _kind_of(kept) == LIGHT else LIGHT
    with _turns[other]:
        matches(as_hashed(password), str(_nobody[other]))


def _kind_of(kept: str) -> str:
    return HEAVY if kept.startswith(f"{HEAVY}$") else LIGHT


def set_password(account_id: int, password: str, *, by: str, now: datetime) -> None:
    """Make it the account's password; a pending account stays pending. Inside the caller's transaction.

    No rule is asked here: see `check_chosen_password`.
    """
    keep_password(account_id, hashed(password), by=by, now=now)


def keep_password(account_id: int, kept: str, *, by: str, now: datetime) -> None:
    """The same with what `hashed` returned. What it replaces is kept a week, for the owner to undo it.

    Inside the caller's transaction.
    """
    account = Account.objects.select_for_update().get(pk=account_id)
    if account.is_active and account.has_usable_password():
        account.former_password, account.former_until = account.password, now + _UNDONE_WITHIN
    account.password, account.password_barred_at = kept, None
    account.save(update_fields=["password", "password_barred_at", "former_password", "former_until"])
    record("credentials.password-set", to=f"account:{account_id}", by=by, at=now)
    announce(AccountChanged(account_id))


def check_chosen_password(password: str, bearer: Bearer) -> None:
    """Raises Refusal `credentials.password-too-…` when it may not be chosen by that person."""
    check_chosen(password, bearer, _common())


def strength_of(password: str, bearer: Bearer) -> Strength:
    return judged(password, bearer, _common())


_validator = SimpleLazyObject(CommonPasswordValidator)


def _common() -> frozenset[str] | set[str]:
    """Twenty thousand of the most used passwords, shipped with Django; ours are in the rules."""
    passwords: set[str] = _validator.passwords
    return passwords
