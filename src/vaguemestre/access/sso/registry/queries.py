"""Reading the registry."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings

from vaguemestre.access.sso.registry.models import Application as ApplicationRow
from vaguemestre.access.sso.registry.models import Consent, Logo, Pseudonym, Subject, Tally
from vaguemestre.access.sso.registry.models import Visit as VisitRow
from vaguemestre.access.sso.registry.rules.addresses import longest_base, stands_in
from vaguemestre.access.sso.registry.rules.entrance import may_enter
from vaguemestre.access.sso.registry.values import (
    Application,
    Assurance,
    Day,
    Identity,
    Protocol,
    Served,
    Signing,
    Visit,
)
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import presented
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


def application_numbered(application_id: int) -> Application | None:
    row = ApplicationRow.objects.filter(pk=application_id).first()
    return application_from(row) if row else None


def application_serving(protocol: Protocol, address: str) -> Application | None:
    """The application registered with that address, else the one with the most precise prefix above it."""
    rows = list(ApplicationRow.objects.filter(protocol=protocol.value).order_by("id"))
    exact = next((row for row in rows if stands_in(address, row.addresses)), None)
    if exact is not None:
        return application_from(exact)
    bases = {base: row for row in rows for base in row.prefixes}
    base = longest_base(address, bases)
    return application_from(bases[base]) if base else None


def applications() -> list[Application]:
    return [application_from(row) for row in ApplicationRow.objects.order_by("name", "id")]


def applications_for(identity: Identity) -> list[Application]:
    """Those the portal shows to somebody: with a home, and open to them."""
    shown = (application for application in applications() if application.home)
    return [application for application in shown if may_enter(application, identity)]


def identity_of(account_id: int, now: datetime) -> Identity:
    """Raises LookupError when there is no such account. `subject` is empty before the first visit."""
    shown = presented(account_id)
    if shown is None:
        raise LookupError(account_id)
    sub = Subject.objects.filter(account_id=account_id).values_list("sub", flat=True).first()
    known = Identity(
        account_id=account_id,
        is_active=shown.state == "active",
        subject=sub or "",
        username=shown.username,
        role=shown.role,
        name=shown.name,
        first_name=shown.first_name,
        last_name=shown.name,
        address=shown.address,
    )
    return _with_person(known, shown.person_id, now) if shown.person_id else known


def subject_for(application: Application, identity: Identity) -> str:
    """The name that application knows somebody by; "" before their first visit."""
    if not application.pairwise:
        return identity.subject
    return pseudonym_of(application.application_id, identity.account_id)


def pseudonym_of(application_id: int, account_id: int) -> str:
    """Their name in that application only; "" before the first visit."""
    rows = Pseudonym.objects.filter(application_id=application_id, account_id=account_id)
    return rows.values_list("name", flat=True).first() or ""


def account_of_subject(sub: str) -> int:
    """0 when nobody has that name."""
    return Subject.objects.filter(sub=sub).values_list("account_id", flat=True).first() or 0


def has_agreed(application: Application, account_id: int) -> bool:
    """Whether that person said yes to all that this application is told today."""
    rows = Consent.objects.filter(application_id=application.application_id, account_id=account_id)
    agreed = rows.values_list("released", flat=True).first()
    return agreed is not None and set(application.released) <= set(agreed)


def visits_of_account(account_id: int) -> list[tuple[int, str, datetime]]:
    """(visit, application's name, since) of those still open, newest first."""
    rows = VisitRow.objects.filter(account_id=account_id, ended_at__isnull=True).order_by("-started_at")
    return list(rows.values_list("pk", "application__name", "started_at"))


def visit_of(visit_id: int) -> Visit | None:
    row = VisitRow.objects.select_related("application").filter(pk=visit_id).first()
    return visit_from(row) if row else None


def visit_named(sid: str) -> Visit | None:
    row = VisitRow.objects.select_related("application").filter(sid=sid).first()
    return visit_from(row) if row else None


def visits_of_session(session_key: str) -> list[Visit]:
    """Where that browser session is inside, in the order of entering."""
    rows = VisitRow.objects.select_related("application").filter(session_key=session_key, ended_at=None)
    return [visit_from(row) for row in rows.order_by("id")]


def sids_still_open(sids: list[str]) -> set[str]:
    """Those of which the application was not told yet that they are over."""
    return set(VisitRow.objects.filter(sid__in=sids).values_list("sid", flat=True))


def sessions_inside() -> list[str]:
    """Keys of the sessions that are inside an application."""
    return list(VisitRow.objects.filter(ended_at=None).values_list("session_key", flat=True).distinct())


def logo_of(client_id: str) -> bytes | None:
    """A PNG."""
    content = Logo.objects.filter(application__client_id=client_id).values_list("content", flat=True).first()
    return bytes(content) if content is not None else None


def days_of(application_id: int, today: date, *, days: int = 30) -> list[Day]:
    """The last days, oldest first, empty ones too."""
    first = today - timedelta(days=days - 1)
    rows = Tally.objects.filter(application_id=application_id, day__gte=first)
    known = {
        day: (entered, refused) for day, entered, refused in rows.values_list("day", "entered", "refused")
    }
    every = (first + timedelta(days=n) for n in range(days))
    return [Day(day, *known.get(day, (0, 0))) for day in every]


def entered_lately(today: date, *, days: int = 30) -> Mapping[int, int]:
    """Application id → times entered in the last days."""
    found: dict[int, int] = {}
    rows = Tally.objects.filter(day__gt=today - timedelta(days=days))
    for application_id, entered in rows.values_list("application_id", "entered"):
        found[application_id] = found.get(application_id, 0) + entered
    return found


def inside_now(application_id: int) -> int:
    """How many people are inside."""
    rows = VisitRow.objects.filter(application_id=application_id, ended_at=None)
    return rows.values("account_id").distinct().count()


def application_from(row: ApplicationRow) -> Application:
    told: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN}
    told |= {name: tuple(getattr(row, name)) for name in LISTS}
    return Application(
        application_id=row.pk,
        protocol=Protocol(row.protocol),
        signing=Signing(row.signing),
        assurance=Assurance(row.assurance),
        has_logo=bool(row.logo_sha256),
        **told,
    )


def visit_from(row: VisitRow, application: Application | None = None) -> Visit:
    """`application`: its own, when it is known already."""
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


def _with_person(known: Identity, person_id: int, now: datetime) -> Identity:
    person = person_of(person_id)
    return Identity(
        account_id=known.account_id,
        is_active=known.is_active,
        subject=known.subject,
        username=known.username,
        role=known.role,
        name=person.shown_name,
        first_name=person.shown_first_name,
        last_name=person.shown_last_name,
        address=known.address,
        civility=person.civility,
        category=person.category,
        service=person.service.code if person.service else "",
        academy_code=person.academy.code,
        domain=person.academy.domain,
        siret=settings.CONFIG.academy.siret,
        places=tuple(_served(post, place) for post, place in served_places(person_id, paris_day(now))),
    )


def _served(post: Post, place: Place) -> Served:
    return Served(
        uai=place.uai,
        name=place.name,
        kind=place.kind,
        sector=place.sector,
        function=post.function,
        corps=post.corps,
        discipline=post.discipline,
        is_primary=post.is_primary,
    )
