"""The NUMEN that somebody brings from another académie, or one issued. Inside the caller's transaction."""

from datetime import datetime
from random import Random

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.queries import person_by_numen
from vaguemestre.people.directory.rules.numen_vault import digest
from vaguemestre.people.directory.services import issue_numen, record_numen
from vaguemestre.people.directory.values import Numen, NumenKeys, NumenLayout


def check_brought(numen: Numen | None, keys: NumenKeys) -> None:
    """Raise Refusal `enrolment.numen-taken` if somebody has that NUMEN."""
    if numen and person_by_numen(digest(numen, keys)):
        raise Refusal("enrolment.numen-taken")


def give_numen(
    person_id: int,
    brought: Numen | None,
    layout: NumenLayout,
    keys: NumenKeys,
    draw: Random,
    *,
    by: str,
    now: datetime,
) -> None:
    """Record the NUMEN that the person brings; issue one to whoever brings none."""
    if brought:
        record_numen(person_id, brought, keys, by=by, now=now)
    else:
        issue_numen(person_id, layout, keys, draw, by=by, now=now)
