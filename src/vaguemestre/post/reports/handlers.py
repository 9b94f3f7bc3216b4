"""Jobs of reports."""

from django.conf import settings
from django.utils import timezone

from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.queries import is_closed
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.post.reports import services
from vaguemestre.post.reports.events import VoteCast
from vaguemestre.post.reports.ports import teach_filter


def forget_person(event: PersonErased) -> None:
    """Delete the data of a person erased from the directory (GDPR art. 17)."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id)


def teach_votes(event: VoteCast) -> None:
    """Teach the content filter what readers say of a message. Raises EngineDown."""
    services.teach_vote(event.message, open_mailbox.get(), teach_filter.get())


def purge_old_reports() -> None:
    """Periodic task: delete reports whose retention is over."""
    services.delete_old_reports(settings.CONFIG.retention.reports_days, now=timezone.now())
