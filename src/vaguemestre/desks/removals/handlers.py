"""Jobs of removals."""

from django.conf import settings
from django.utils import timezone

from vaguemestre.desks.removals import ports, services
from vaguemestre.desks.removals.events import RefusedContentChanged, RemovalDue
from vaguemestre.desks.removals.queries import refused_marks
from vaguemestre.foundation.journal.endings import FOLDER
from vaguemestre.people.credentials.events import OfficeChanged, PersonErased
from vaguemestre.people.credentials.queries import is_closed
from vaguemestre.people.provisioning.ports import mail_directory
from vaguemestre.post.trace.rules.marks import marks_key


def go_on(event: RemovalDue) -> None:
    """Treat a few seconds' worth of mailboxes."""
    limit = settings.CONFIG.mail.removal_second_person_above
    context = services.PassContext(
        ports.mail_copies.get(),
        timezone.now,
        limit,
        mail_directory.get().mailboxes_of,
        marks_key(settings.SECRET_KEY),
    )
    services.run_pass(event.removal_id, event.number, context)


def tell_filter(event: RefusedContentChanged) -> None:
    """Give the filter all that it must refuse."""
    ports.refuse_content.get()(refused_marks())


def write_own_marks() -> None:
    """On each machine: what its filter must refuse, whichever machine heard of it."""
    ports.refuse_content.get()(refused_marks())


def copy_removals() -> None:
    """Periodic task: what is removed is copied out of the database, for a restoration of an older one."""
    services.copy_removals(settings.CONFIG.data_dir / FOLDER)


def purge_old_removals() -> None:
    """Periodic task: delete removals whose retention is over, and the copies they took."""
    days, backups_kept = settings.CONFIG.retention.removals_days, settings.CONFIG.backup.longest_kept
    services.delete_old_removals(days, ports.mail_copies.get(), backups_kept=backups_kept, now=timezone.now())
    ports.refuse_content.get()(refused_marks())


def end_right(event: OfficeChanged) -> None:
    """Take the right to remove messages from whoever administers the installation no more."""
    services.end_right(event.account_id, now=timezone.now())


def forget_person(event: PersonErased) -> None:
    """Delete the data of a person erased from the directory (GDPR art. 17)."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id)
