"""Reading the registry."""

from datetime import datetime

from vaguemestre.credentials.queries import identified, presented
from vaguemestre.directory.queries import person_of, posts_of
from vaguemestre.directory.values import Post
from vaguemestre.kernel.times import paris_day
from vaguemestre.sso.registry.models import Application as ApplicationRow
from vaguemestre.sso.registry.models import Subject
from vaguemestre.sso.registry.models import Visit as VisitRow
from vaguemestre.sso.registry.rules.entrance import may_enter
from vaguemestre.sso.registry.values import Application, Identity, Protocol, Signing, Visit


def find_application(client_id: str) -> Application | None:
    if not client_id.isascii() or not client_id.isprintable():
        return None
    row = ApplicationRow.objects.filter(client_id=client_id).first()
    return application_from(row) if row else None


def application_serving(protocol: Protocol, address: str) -> Application | None:
    """The application that has this very address."""
    rows = ApplicationRow.objects.filter(protocol=protocol.value).order_by("id")
    return next((application_from(row) for row in rows if address in row.addresses), None)


def applications() -> list[Application]:
    return [application_from(row) for row in ApplicationRow.objects.order_by("name", "id")]


def applications_for(account_id: int, now: datetime) -> list[Application]:
    """Those the portal shows to somebody: with a home, and open to them."""
    shown = [application for application in applications() if application.home]
    if not shown:
        return []
    identity = identity_of(account_id, now)
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
    person_id = identified(account_id).person_id
    return _with_person(known, person_id, now) if person_id else known


def account_of_subject(sub: str) -> int:
    """0 when nobody has that name."""
    return Subject.objects.filter(sub=sub).values_list("account_id", flat=True).first() or 0


def visit_of(visit_id: int) -> Visit | None:
    row = VisitRow.objects.select_related("application").filter(pk=visit_id).first()
    return visit_from(row) if row else None


def visit_named(sid: str) -> Visit | None:
    row = VisitRow.objects.select_related("application").filter(sid=sid).first()
    return visit_from(row) if row else None


def application_from(row: ApplicationRow) -> Application:
    return Application(
        application_id=row.pk,
        client_id=row.client_id,
        name=row.name,
        description=row.description,
        icon=row.icon,
        protocol=Protocol(row.protocol),
        home=row.home,
        addresses=tuple(row.addresses),
        after_sign_out=tuple(row.after_sign_out),
        tell_sign_out=row.tell_sign_out,
        public=row.public,
        secret_sha256=row.secret_sha256,
        signing=Signing(row.signing),
        released=tuple(row.released),
        categories=tuple(row.categories),
        roles=tuple(row.roles),
    )


def visit_from(row: VisitRow) -> Visit:
    return Visit(
        visit_id=row.pk,
        application=application_from(row.application),
        account_id=row.account_id,
        session_key=row.session_key,
        sid=row.sid,
        service=row.service,
        reference=row.reference,
        ended_at=row.ended_at,
    )


def _with_person(known: Identity, person_id: int, now: datetime) -> Identity:
    person, day = person_of(person_id), paris_day(now)

    def served(post: Post) -> bool:
        return post.starts_on <= day and (post.ends_on is None or post.ends_on >= day)

    posts = [post for post in posts_of(person_id) if served(post)]
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
        category=person.category,
        schools=tuple(dict.fromkeys(post.uai for post in posts)),
        functions=tuple(dict.fromkeys(post.function for post in posts if post.function)),
    )
