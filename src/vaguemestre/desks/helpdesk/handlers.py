"""Event handlers of the help desk."""

from django.conf import settings
from django.utils import timezone

from vaguemestre.desks.helpdesk import services
from vaguemestre.desks.helpdesk.events import AccountSheltered, DeletedMessagesWanted
from vaguemestre.desks.helpdesk.ports import recover_deleted
from vaguemestre.desks.helpdesk.values import RECOVERED_FOLDER
from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.queries import is_closed, presented
from vaguemestre.people.provisioning.ports import connections


def disconnect_mailbox(event: AccountSheltered) -> None:
    """Cut every open connection to the mailbox."""
    account = presented(event.account_id)
    if account:
        connections.get().cut(account.mailbox)


def recover_messages(event: DeletedMessagesWanted) -> None:
    """Move the deleted messages of the mailbox into a folder of its owner. Idempotent.

    Raises EngineDown, and EngineRefused if the quota has no room: the job tries again for days.
    """
    account = presented(event.account_id)
    if account:
        recover_deleted.get()(account.mailbox, RECOVERED_FOLDER)


def forget_person(event: PersonErased) -> None:
    """Delete what this room holds about a person whose civil status was erased."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id)


def purge_old_requests() -> None:
    """Periodic task: delete requests and hand-overs whose retention is over."""
    services.delete_old_requests(settings.CONFIG.retention.help_requests_days, now=timezone.now())
