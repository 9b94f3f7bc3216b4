"""Run on the machine: opens the accounts of two agents.

Prints « address password username secret » for each: of mail programs, then of the pages.
"""

import secrets

import django

django.setup()

from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from vaguemestre.people.credentials.models import Account  # noqa: E402
from vaguemestre.people.credentials.queries import presented  # noqa: E402
from vaguemestre.people.credentials.services import (  # noqa: E402
    activate_with_hash,
    add_app_password,
    hash_password,
)

now = timezone.now()
for account in Account.objects.filter(role="agent", person_id__isnull=False).order_by("pk")[:2]:
    with transaction.atomic(durable=True):
        secret = secrets.token_hex(12)
        password_hash = hash_password(secret)
        activate_with_hash(account.pk, password_hash, charter="essai", by="essai", now=now)
        password = add_app_password(account.pk, "essai", by="essai", now=now)
    agent = presented(account.pk)
    print(agent and agent.address, password, account.username, secret)  # noqa: T201
