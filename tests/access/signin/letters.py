"""Letters that wait for the worker."""

from django_tasks_db.models import DBTaskResult

from vaguemestre.access.signin.rules.contact_mails import unseal_letter
from vaguemestre.people.credentials.ports import secret_keys


def letters_due() -> list[tuple[int, str, str, str]]:
    """(account, kind, address, code) of each, oldest first; what leaves for nobody too."""
    found = []
    for row in DBTaskResult.objects.order_by("enqueued_at"):
        handler, _, fields, _ = row.args_kwargs["args"]
        if handler.endswith((":mail_contact", ":send_letter")):
            owner = fields["account_id"]
            found.append((owner, fields["kind"], *unseal_letter(fields["sealed"], owner, secret_keys.get())))
    return found
