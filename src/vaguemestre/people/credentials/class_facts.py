"""What a class of service gives an account, in words."""

from django.conf import settings

from vaguemestre.people.credentials.queries import class_of_account
from vaguemestre.people.service_classes.labels_fr import given_facts


def service_given(account_id: int) -> dict[str, object]:
    """For a page: `held_class`, the class of the account, and `given`, what it gives. Empty without one."""
    held, mail = class_of_account(account_id), settings.CONFIG.mail
    if held is None:
        return {}
    given = given_facts(
        held.limits,
        quota_mb=held.quota_mb,
        message_bytes=mail.message_size_limit,
        forwards_outside=mail.forward_outside,
    )
    return {"held_class": held, "given": given}
