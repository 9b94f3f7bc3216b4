"""Many people at once for tests, and acts carried out without a worker."""

from collections.abc import Callable
from datetime import UTC, datetime

from tests.access.signin.people import account

from vaguemestre.desks.bulk.models import BulkAct
from vaguemestre.desks.bulk.services import PassContext, run_pass
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.values import ActFacts
from vaguemestre.people.directory.models import NameWord

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def administrator(username: str) -> Account:
    made = account(username, role="administrator")
    Account.objects.filter(pk=made.pk).update(spans_academies=True)
    return Account.objects.get(pk=made.pk)


def agents(count: int, *, prefix: str = "agent", state: str = "active") -> list[Account]:
    """Agents whom the search finds as « agent »."""
    made = [account(f"{prefix}{n}", state=state, last_name=f"Agent{n}") for n in range(count)]
    NameWord.objects.bulk_create(NameWord(person_id=one.person_id, word="agent") for one in made)
    return made


def work(
    act_id: int,
    *,
    clock: Callable[[], datetime] = lambda: NOON,
    send: Callable[[BulkAct, ActFacts], bool] = lambda row, facts: True,
) -> None:
    """Carry out the order of the moment, as the worker does; whatever the machine, in one slice of time."""
    row = BulkAct.objects.get(pk=act_id)
    run_pass(act_id, row.number, PassContext(clock, send))
