"""What opens an account: sessions, browsers, passkeys, codes, programs, applications; and who helps."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta

from django.utils import timezone
from tests.access.signin.people import NOON, account
from tests.site.doorways import People
from tests.site.owned import Belonging, rows

from vaguemestre.access.signin.models import BrowserSession, Device
from vaguemestre.access.signin.queries import handle_of
from vaguemestre.access.signin.services import BrowserOrigin, open_browser_session
from vaguemestre.access.signin.sessions import SessionStore
from vaguemestre.access.sso.registry.models import Application, Consent, Logo, Visit
from vaguemestre.access.sso.saml.models import Peer
from vaguemestre.access.sso.saml.values import Binding, Endpoint
from vaguemestre.desks.helpdesk.models import HandOverRow
from vaguemestre.people.credentials.models import AppPassword, OneTimeDevice, Passkey, RecoveryContact

OWN = frozenset({"victim"})
OPERATORS = frozenset({"helpdesk", "administrator"})
ADMINISTRATORS = frozenset({"administrator"})


def keys_and_sessions(people: People) -> Iterator[Belonging]:
    yield from _sessions(people)
    yield from _second_factors(people)
    yield from _programs(people)
    yield from _applications(people)
    yield from _help(people)


def _sessions(people: People) -> Iterator[Belonging]:
    account = people.victim
    session = SessionStore()
    open_browser_session(
        session, account.pk, BrowserOrigin("203.0.113.77", "Firefox"), shared=False, now=timezone.now()
    )
    row = BrowserSession.objects.get(pk=session.digest)
    yield Belonging(
        "signin", {"handle": handle_of(row.pk)}, "203.0.113.77", OWN, doors="end-session", state=rows(row)
    )
    device = Device.objects.create(
        account=account, mark="m" * 64, told="Firefox", network="203.0.113.78", first_at=NOON, last_at=NOON
    )
    yield Belonging(
        "signin", {"number": device.pk}, "203.0.113.78", OWN, doors="forget-browser", state=rows(device)
    )


def _second_factors(people: People) -> Iterator[Belonging]:
    account = people.victim
    passkey = Passkey.objects.create(
        account=account, name="Clequetue", credential_sha256="1" * 64, attested=b"x", created_at=NOON
    )
    yield Belonging(
        "signin", {"number": passkey.pk}, "Clequetue", OWN, doors="remove-passkey", state=rows(passkey)
    )
    app = OneTimeDevice.objects.create(account=account, kind="app", secret=b"x", confirmed_at=NOON)
    yield Belonging("signin", {"number": app.pk}, "", OWN, doors="remove-application", state=rows(app))
    key = OneTimeDevice.objects.create(
        account=account, kind="key", secret=b"x", serial="Serie77tue", confirmed_at=NOON, issued_at=NOON
    )
    yield Belonging("signin", {"number": key.pk}, "Serie77tue", OWN, doors="key-lost", state=rows(key))
    ids = {"account_id": account.pk, "device_id": key.pk}
    yield Belonging("helpdesk", ids, "Serie77tue", OPERATORS, sent={"reason": "m"}, state=rows(key, account))
    contact = RecoveryContact.objects.create(
        account=account, address="secoursquetu@exemple.fr", code_until=NOON, confirmed_at=NOON, usable_at=NOON
    )
    yield Belonging(
        "signin", {"number": contact.pk}, "secoursquetu", OWN, doors="drop-contact", state=rows(contact)
    )
    yield Belonging("helpdesk", ids, "secoursquetu", frozenset())


def _programs(people: People) -> Iterator[Belonging]:
    """A password a program has, and the key of one let in by consent, which is a row of the same table."""
    for name, scope in (("Programmequetu", "mail"), ("Consentiquetu", "program")):
        program = AppPassword.objects.create(
            account=people.victim, name=name, scope=scope, token_sha256=name.ljust(64, "0"), created_at=NOON,
            expires_at=timezone.now() + timedelta(days=9),
        )  # fmt: skip
        yield Belonging(
            "portal", {"number": program.pk}, name, OWN, doors="revoke-app-password", state=rows(program)
        )
        yield Belonging("signin", {}, name, OWN)
        yield Belonging("helpdesk", {"account_id": people.victim.pk}, name, frozenset())


def _applications(people: People) -> Iterator[Belonging]:
    application = Application.objects.create(
        client_id="appli-tue", name="Applitue", protocol="saml", home="https://appli.test/",
        addresses=["https://appli.test/saml"], logo_sha256="0" * 64, created_at=NOON,
    )  # fmt: skip
    Logo.objects.create(application=application, content=b"\x89PNG")
    peer = Peer.objects.create(
        application=application, entity_id="https://appli.test/", read_at=NOON,
        consumers=[asdict(Endpoint(Binding.POST, "https://appli.test/saml"))],
    )  # fmt: skip
    ids = {"client_id": application.client_id}
    state = rows(application, peer)
    yield Belonging("registry", ids, "Applitue", ADMINISTRATORS, state=state)
    signed = frozenset(("teacher", "officer_dpe", "officer_dpate", "helpdesk", "administrator", "victim"))
    yield Belonging("saml", ids, "", signed, doors="start", state=state)
    application = Application.objects.create(
        client_id="visite", name="Visitequetue", protocol="oidc", home="https://visite.test/", created_at=NOON
    )
    visit = Visit.objects.create(
        application=application, account=people.victim, session_key="s", sid="v", started_at=timezone.now()
    )
    consent = Consent.objects.create(
        application=application, account=people.victim, released=["mail"], given_at=NOON
    )
    yield Belonging(
        "signin",
        {"number": visit.pk},
        "Visitequetue",
        OWN,
        doors="leave-application",
        state=rows(visit, consent),
    )


def _help(people: People) -> Iterator[Belonging]:
    """A code that somebody who sees the person gives them: of that somebody alone."""
    row = HandOverRow.objects.create(
        account=account("perdue", last_name="Perduequetue"), operator=people.accounts["helpdesk"],
        second=people.victim, reason="Remisequetue", made_at=timezone.now(),
        until=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    yield Belonging("helpdesk", {"hand_over_id": row.pk}, "Remisequetue", OWN, state=rows(row))
