"""Record, issue and reseal NUMENs."""

from datetime import datetime
from random import Random

from django.db import transaction

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import person_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory import queries
from vaguemestre.people.directory.models import NumenRow, Person
from vaguemestre.people.directory.rules.numen_vault import (
    HeldKeys,
    digest,
    is_sealed_with_current_key,
    seal,
    unseal,
)
from vaguemestre.people.directory.rules.numens import draw_numen
from vaguemestre.people.directory.values import Numen, NumenKeys, NumenLayout, StaffCategory

_BATCH_ROWS = 1000


def record_numen(person_id: int, numen: Numen, keys: NumenKeys, *, by: str, now: datetime) -> None:
    """Set the current NUMEN of somebody, and keep the former one. Inside the caller's transaction.

    Raises Refusal `directory.numen-of-somebody-else`.
    """
    # another may be issued just now
    Person.objects.select_for_update(no_key=True).filter(pk=person_id).first()
    numen_digest = digest(numen, keys)
    row = NumenRow.objects.filter(digest=numen_digest).first()
    if row and row.person_id != person_id:
        raise Refusal("directory.numen-of-somebody-else")
    if row and row.is_current and row.ciphertext:
        return
    NumenRow.objects.filter(person_id=person_id, is_current=True).update(is_current=False)
    if row:
        sealed = row.ciphertext or seal(numen, keys)  # empty once the holder's civil status was erased
        NumenRow.objects.filter(pk=row.pk).update(is_current=True, ciphertext=sealed)
    else:
        NumenRow.objects.create(
            person_id=person_id,
            ciphertext=seal(numen, keys),
            digest=numen_digest,
            layout=numen.layout,
            since=now,
        )
    record("directory.numen-recorded", to=person_subject(person_id), by=by, at=now, layout=numen.layout)


def issue_numen(
    person_id: int, layout: NumenLayout, keys: NumenKeys, draw: Random, *, by: str, now: datetime
) -> Numen:
    """Draw a NUMEN for somebody who has none. Inside the caller's transaction, which holds that person.

    Two services may issue at once. Raises Refusal `directory.numen-held-already`.
    """
    Person.objects.select_for_update().filter(pk=person_id).first()
    if NumenRow.objects.filter(person_id=person_id).exists():
        raise Refusal("directory.numen-held-already")
    person = queries.person_of(person_id)
    category = StaffCategory(person.category)
    while True:
        numen = draw_numen(layout, academy=person.academy.code, category=category, year=now.year, draw=draw)
        if not NumenRow.objects.filter(digest=digest(numen, keys)).exists():
            break
    record_numen(person_id, numen, keys, by=by, now=now)
    return numen


@transaction.atomic(durable=True)
def reseal_numens(keys: HeldKeys, after: int = 0, *, by: str, now: datetime) -> tuple[int, int]:
    """Use case: reseal with the current key a batch of rows after that id.

    Returns (rows resealed, last id; 0 when none is left). Run again from 0, it finds nothing to do.
    """
    rows = list(NumenRow.objects.filter(pk__gt=after).order_by("pk")[:_BATCH_ROWS])
    old = [
        row for row in rows if row.ciphertext and not is_sealed_with_current_key(bytes(row.ciphertext), keys)
    ]
    for row in old:
        row.ciphertext = seal(unseal(bytes(row.ciphertext), keys), keys)
    NumenRow.objects.bulk_update(old, ("ciphertext",), batch_size=200)
    if old:
        record("directory.numens-resealed", to="numens", by=by, at=now, count=len(old))
    return len(old), rows[-1].pk if rows else 0
