"""What the protocols' tests lend: nobody listens to events, notices are kept."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import count

import pytest
from tests.access.signin.people import account

from vaguemestre.access.signin.events import SessionsEnded
from vaguemestre.access.sso.cas import handlers as cas_handlers
from vaguemestre.access.sso.headers import handlers as headers_handlers
from vaguemestre.access.sso.oidc import handlers as oidc_handlers
from vaguemestre.access.sso.oidc.rules.keys import generate_key
from vaguemestre.access.sso.oidc.services import keys as oidc_keys
from vaguemestre.access.sso.registry import handlers as registry_handlers
from vaguemestre.access.sso.registry.events import VisitEnded
from vaguemestre.access.sso.registry.models import Visit
from vaguemestre.access.sso.registry.ports import call, post_document, post_form
from vaguemestre.access.sso.registry.values import Signing
from vaguemestre.access.sso.saml import handlers as saml_handlers
from vaguemestre.access.sso.saml.rules.pairs import generate_pair
from vaguemestre.access.sso.saml.services import keys as saml_keys
from vaguemestre.foundation.jobs import ports as jobs
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.people.credentials.models import Account


class Told:
    """What applications were told, and how they take it."""

    def __init__(self) -> None:
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.documents: list[tuple[str, bytes]] = []
        self.calls: list[str] = []
        self.away = False
        self.grumpy = False

    def __call__(self, address: str, fields: Mapping[str, str]) -> None:
        if self.away:
            raise EngineDown(address)
        self.forms.append((address, dict(fields)))
        if self.grumpy:
            raise EngineRefused(address)

    def document(self, address: str, content: bytes, kind: str, action: str) -> None:
        self.documents.append((address, content))

    def call(self, address: str) -> None:
        if self.away:
            raise EngineDown(address)
        self.calls.append(address)

    def work(self) -> None:
        """What the worker does with the visits that ended."""
        for visit_id in Visit.objects.filter(ended_at__isnull=False).values_list("pk", flat=True):
            oidc_handlers.notify_client(VisitEnded(visit_id))
            cas_handlers.notify_service(VisitEnded(visit_id))
            saml_handlers.notify_service_provider(VisitEnded(visit_id))
            headers_handlers.delete_ended_visit(VisitEnded(visit_id))


@pytest.fixture
def told() -> Iterator[Told]:
    kept = Told()
    before = post_form.get(), post_document.get(), call.get()
    post_form.replace(kept)
    post_document.replace(kept.document)
    call.replace(kept.call)
    yield kept
    post_form.replace(before[0])
    post_document.replace(before[1])
    call.replace(before[2])


@pytest.fixture(autouse=True)
def _few_listeners() -> Iterator[None]:
    before = jobs.subscriptions.get()
    jobs.subscriptions.replace({SessionsEnded: (registry_handlers.follow_sessions,)})
    yield
    jobs.subscriptions.replace(before)


_made: dict[tuple[str, int], tuple[str, str]] = {}
_paired: dict[int, tuple[bytes, bytes]] = {}


@pytest.fixture(autouse=True)
def _same_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test has the same first key, and the same second: drawing one takes longer than a test."""
    asked, paired = count(), count()

    def pem(kind: Signing) -> tuple[str, str]:
        place = kind.value, next(asked)
        if place not in _made:
            _made[place] = generate_key(kind)
        return _made[place]

    def pair(host: str, now: datetime) -> tuple[bytes, bytes]:
        place = next(paired)
        if place not in _paired:
            _paired[place] = generate_pair(host, now)
        return _paired[place]

    monkeypatch.setattr(oidc_keys, "generate_key", pem)
    monkeypatch.setattr(saml_keys, "generate_pair", pair)


@pytest.fixture
def nicolas(db: None) -> Account:
    return account()
