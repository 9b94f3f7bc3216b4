"""What a class of service gives an account, in words."""

from typing import NamedTuple

from django.conf import settings

from vaguemestre.people.credentials.queries import class_of_account
from vaguemestre.people.service_classes.labels_fr import given_facts
from vaguemestre.people.service_classes.values import HeldClass


class ServiceGiven(NamedTuple):
    """The class of service of an account, and (label, value) of all that it gives."""

    held: HeldClass
    facts: list[tuple[str, str]]


def service_given(account_id: int) -> ServiceGiven | None:
    """What an account is given, for a page; None for an unknown account."""
    held, mail = class_of_account(account_id), settings.CONFIG.mail
    if held is None:
        return None
    facts = given_facts(
        held.limits,
        quota_mb=held.quota_mb,
        message_bytes=mail.message_size_limit,
        forwards_outside=mail.forward_outside,
    )
    return ServiceGiven(held, facts)
