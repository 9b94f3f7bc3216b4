"""Files of an import as big as schools give them, sealed by the service that alone holds the keys."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connections
from tests.schools.rosters.schools import NOW, TODAY, UAI, school, setting

from vaguemestre.access.signin.models import BrowserSession
from vaguemestre.access.signin.presence import present_secret
from vaguemestre.access.signin.rules.session_keys import new_session_key, session_digest
from vaguemestre.engines.agent import Agent, Verb
from vaguemestre.engines.instance import Home
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.rules.numen_vault import HeldKeys
from vaguemestre.schools.rosters.models import StagedRow
from vaguemestre.schools.rosters.sample import sample_files
from vaguemestre.schools.rosters.services import stage_files, staged_plan
from vaguemestre.schools.rosters.values import ClassWriter
from vaguemestre.site.adapters.numens import AskedNumens, HeldNumens, verbs
from vaguemestre.site.adapters.rosters import ClassFileReader
from vaguemestre.site.agents.sockets import numen_socket

pytestmark = pytest.mark.django_db(transaction=True)

PADDING_BYTES = 5_000_000


def leaving_no_connection(run: Callable[..., object]) -> Callable[..., object]:
    """Close what the agent's thread opened: it ends with its request."""

    def answer(*arguments: str) -> object:
        try:
            return run(*arguments)
        finally:
            connections.close_all()

    return answer


@pytest.fixture
def numens(tmp_path: Path) -> Iterator[AskedNumens]:
    keys, place = numen_keys.get(), Home(tmp_path)
    assert isinstance(keys, HeldKeys)
    path = numen_socket(place)
    path.parent.mkdir(parents=True)
    table = {
        name: Verb(leaving_no_connection(verb.run), verb.users)
        for name, verb in verbs(HeldNumens(keys), set(), set()).items()
    }
    with Agent(path, table) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield AskedNumens(place)
        server.shutdown()
        thread.join()


@pytest.fixture
def head(people: dict[str, Account]) -> Iterator[ClassWriter]:
    """The head of the school, at a page with their session."""
    secret, account = new_session_key(), people["head"]
    BrowserSession.objects.create(
        session_key=session_digest(secret), account=account, expire_date="2100-01-01T00:00Z", session_data=""
    )
    mark = present_secret.set(secret)
    yield ClassWriter(account.pk, TODAY)
    present_secret.reset(mark)


@pytest.mark.heavy
def test_five_megabytes_are_sealed_and_looked_at(numens: AskedNumens, head: ClassWriter) -> None:
    files = sample_files(school(size=8), TODAY)
    name = next(iter(files))
    opening, separator, rest = files[name].rpartition(b"</")
    files[name] = opening + b" " * PADDING_BYTES + separator + rest
    stage_files(head, UAI, files, numens, now=NOW)
    sealed = bytes(StagedRow.objects.get().sealed)
    assert len(sealed) > PADDING_BYTES
    assert b"ficAlimMENESR" not in sealed
    plan = staged_plan(head, UAI, numens, setting(), ClassFileReader())
    assert plan is not None
    assert plan == staged_plan(head, UAI, numen_keys.get(), setting(), ClassFileReader())


def test_each_draft_has_its_own_key(numens: AskedNumens, head: ClassWriter) -> None:
    sealed = []
    for _ in range(2):
        stage_files(head, UAI, {"a.xml": b"the same"}, numens, now=NOW)
        sealed.append(bytes(StagedRow.objects.get().sealed))
    assert sealed[0] != sealed[1]
