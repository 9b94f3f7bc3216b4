"""Queries on the registry."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings

from vaguemestre.access.sso.registry.models import Application as ApplicationRow
from vaguemestre.access.sso.registry.models import Consent, Logo, Pseudonym, Subject, Tally
from vaguemestre.access.sso.registry.models import Visit as VisitRow
from vaguemestre.access.sso.registry.rules.addresses import is_registered, longest_prefix
from vaguemestre.access.sso.registry.rules.entrance import may_enter
from vaguemestre.access.sso.registry.values import (
    Application,
    Assurance,
    DayCount,
    Identity,
    Protocol,
    SchoolPost,
    Signing,
    Visit,
)
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import presented
from vaguemestre.people.credentials.values import AccountState
from vaguemestre.people.directory.queries import person_of, served_places
from vaguemestre.people.directory.values import Place, Post

LISTS = (
    "addresses",
    "after_sign_out",
    "released",
    "categories",
    "functions",
    "schools",
    "services",
    "roles",
    "proxies",
    "prefixes",
)
_PLAIN = (
    "client_id",
    "name",
    "description",
    "icon",
    "contact",
    "home",
    "tell_sign_out",
    "front_sign_out",
    "public",
    "pairwise",
    "consent",
    "secret_sha256",
    "former_sha256",
    "former_until",
)


def find_application(client_id: str) -> Application | None:
    if not client_id.isascii() or not client_id.isprintable():
        return None
    row = ApplicationRow.objects.filter(client_id=client_id).first()
    return application_from(row) if row else None


def application_serving(protocol: Protocol, address: str) -> Application | None:
    """The application with exactly that address, else the one with its longest prefix."""
    rows = list(ApplicationRow.objects.filter(protocol=protocol.value).order_by("id"))
    exact = next((row for row in rows if is_registered(address, row.addresses)), None)
    if exact is not None:
        return application_from(exact)
    bases = {base: row for row in rows for base in row.prefixes}
    base = longest_prefix(address, bases)
    return application_from(bases[base]) if base else None


def applications() -> list[Application]:
    return [application_from(row) for row in ApplicationRow.objects.order_by("name", "id")]


def applications_for(identity: Identity) -> list[Application]:
    """The applications the portal shows a user: with a home address, and open to them."""
    with_home = (application for application in applications() if application.home)
    return [application for application in with_home if may_enter(application, identity)]


def identity_of(account_id: int, now: datetime) -> Identity:
    """The user's identity as applications may know it; `subject` is "" before the first visit.

    Raises LookupError if there is no such account.
    """
    account = presented(account_id)
    if account is None:
        raise LookupError(account_id)
    sub = Subject.objects.filter(account_id=account_id).values_list("sub", flat=True).first()
    identity = Identity(
        account_id=account_id,
        is_active=account.state == AccountState.ACTIVE,
        subject=sub or "",
        username=account.username,
        role=account.role,
        name=account.name,
        first_name=account.first_name,
        last_name=account.name,
        address=account.address,
    )
    return _with_person(identity, account.person_id, now) if account.person_id else identity


def subject_for(application: Application, identity: Identity) -> str:
    """The subject identifier for that application; "" before the first visit."""
    if not application.pairwise:
        return identity.subject
    return pseudonym_of(application.application_id, identity.account_id)


def pseudonym_of(application_id: int, account_id: int) -> str:
    """The pairwise identifier in that application; "" before the first visit."""
    rows = Pseudonym.objects.filter(application_id=application_id, account_id=account_id)
    return rows.values_list("name", flat=True).first() or ""


def has_agreed(application: Application, account_id: int) -> bool:
    """Whether the user's consent covers all attributes released today."""
    rows = Consent.objects.filter(application_id=application.application_id, account_id=account_id)
    agreed = rows.values_list("released", flat=True).first()
    return agreed is not None and set(application.released) <= set(agreed)


class OpenVisit(NamedTuple):
    """An open visit, on its user's page."""

    visit_id: int
    name: str
    since: datetime


def visits_of_account(account_id: int) -> list[OpenVisit]:
    """The account's open visits, newest first."""
    rows = VisitRow.objects.filter(account_id=account_id, ended_at__isnull=True).order_by("-started_at")
    return [OpenVisit(*values) for values in rows.values_list("pk", "application__name", "started_at")]


def find_visit(visit_id: int) -> Visit | None:
    row = VisitRow.objects.select_related("application").filter(pk=visit_id).first()
    return visit_from(row) if row else None


def visit_by_sid(sid: str) -> Visit | None:
    row = VisitRow.objects.select_related("application").filter(sid=sid).first()
    return visit_from(row) if row else None


def visits_of_session(session_key: str) -> list[Visit]:
    """The open visits of a browser session, oldest first."""
    rows = VisitRow.objects.select_related("application").filter(session_key=session_key, ended_at=None)
    return [visit_from(row) for row in rows.order_by("id")]


def unnotified_sids(sids: list[str]) -> set[str]:
    """The visits, among these, whose application is not yet notified of the sign-out."""
    return set(VisitRow.objects.filter(sid__in=sids).values_list("sid", flat=True))


def sessions_with_visits() -> list[str]:
    """Keys of the sessions with an open visit."""
    return list(VisitRow.objects.filter(ended_at=None).values_list("session_key", flat=True).distinct())


def logo_of(client_id: str) -> bytes | None:
    """The application's logo (PNG); None without one."""
    content = Logo.objects.filter(application__client_id=client_id).values_list("content", flat=True).first()
    return bytes(content) if content is not None else None


def daily_counts(application_id: int, today: date, *, days: int = 30) -> list[DayCount]:
    """Counts of the last days, oldest first, including days without any."""
    first = today - timedelta(days=days - 1)
    rows = Tally.objects.filter(application_id=application_id, day__gte=first)
    counts = {
        day: (entered, refused) for day, entered, refused in rows.values_list("day", "entered", "refused")
    }
    every = (first + timedelta(days=n) for n in range(days))
    return [DayCount(day, *counts.get(day, (0, 0))) for day in every]


def recent_entries(today: date, *, days: int = 30) -> Mapping[int, int]:
    """Application id → entries in the last days."""
    entries: dict[int, int] = {}
    rows = Tally.objects.filter(day__gt=today - timedelta(days=days))
    for application_id, entered in rows.values_list("application_id", "entered"):
        entries[application_id] = entries.get(application_id, 0) + entered
    return entries


def count_people_inside(application_id: int) -> int:
    """How many people are signed in to an application."""
    rows = VisitRow.objects.filter(application_id=application_id, ended_at=None)
    return rows.values("account_id").distinct().count()


def application_from(row: ApplicationRow) -> Application:
    columns: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN}
    columns |= {name: tuple(getattr(row, name)) for name in LISTS}
    return Application(
        application_id=row.pk,
        protocol=Protocol(row.protocol),
        signing=Signing(row.signing),
        assurance=Assurance(row.assurance),
        has_logo=bool(row.logo_sha256),
        **columns,
    )


def visit_from(row: VisitRow, application: Application | None = None) -> Visit:
    """The visit of a row; `application`: its own, if already loaded."""
    return Visit(
        visit_id=row.pk,
        application=application or application_from(row.application),
        account_id=row.account_id,
        session_key=row.session_key,
        sid=row.sid,
        service=row.service,
        reference=row.reference,
        ended_at=row.ended_at,
    )


def _with_person(identity: Identity, person_id: int, now: datetime) -> Identity:
    person = person_of(person_id)
    return Identity(
        account_id=identity.account_id,
        is_active=identity.is_active,
        subject=identity.subject,
        username=identity.username,
        role=identity.role,
        name=person.shown_name,
        first_name=person.shown_first_name,
        last_name=person.shown_last_name,
        address=identity.address,
        civility=person.civility,
        category=person.category,
        service=person.service.code if person.service else "",
        academy_code=person.academy.code,
        domain=person.academy.domain,
        siret=settings.CONFIG.academy_at(person.academy.domain).siret,
        places=tuple(_school_post(post, place) for post, place in served_places(person_id, paris_day(now))),
    )


def _school_post(post: Post, place: Place) -> SchoolPost:
    return SchoolPost(
        uai=place.uai,
        name=place.name,
        kind=place.kind,
        sector=place.sector,
        function=post.function,
        corps=post.corps,
        discipline=post.discipline,
        is_primary=post.is_primary,
    )
