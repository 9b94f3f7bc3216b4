"""Accounts for measuring, opened through the product's own services in the instance's database."""

from dataclasses import dataclass
from datetime import datetime
from importlib import import_module

import django
from django.conf import settings
from django.db import transaction

from vaguemestre.people.provisioning.ports import mail_directory

PASSWORD = "mesure-tranquille-du-matin-27"


@dataclass(frozen=True)
class Measured:
    username: str
    mailbox: str
    address: str
    name: str
    app_password: str


def ready(now: datetime, count: int) -> list[Measured]:
    """The first `count` agents nobody activated, activated; the same ones every time."""
    django.setup()
    # Django must be set up before its models are imported
    queries = import_module("vaguemestre.people.credentials.queries")
    services = import_module("vaguemestre.people.credentials.services")
    provisioning = import_module("vaguemestre.people.provisioning.services")
    Academy = import_module("vaguemestre.people.directory.models").Academy  # noqa: N806
    academy_id = Academy.objects.values_list("pk", flat=True).get()
    people = sorted(queries.accounts_of_people(academy_id).items())
    marker = settings.CONFIG.data_dir / "bench-accounts"
    known = [int(word) for word in marker.read_text().split()] if marker.exists() else []
    fresh = [account for _, (account, state) in people if state == "pending"][50:]
    chosen = known + fresh[: max(0, count - len(known))]
    password_hash = services.hash_password(PASSWORD)
    for account_id in chosen[len(known) :]:
        with transaction.atomic(durable=True):
            services.activate_with_hash(account_id, password_hash, charter="bench", by="system", now=now)
            services.add_app_password(
                account_id, "Mesure", by="system", now=now, text=_app_password(account_id)
            )
    marker.write_text(" ".join(map(str, chosen)))
    provisioning.reconcile(mail_directory.get(), now=now)
    found = [(account_id, queries.presented(account_id)) for account_id in chosen[:count]]
    return [
        Measured(one.username, one.mailbox, one.address, one.name, _app_password(account_id))
        for account_id, one in found
        if one
    ]


def _app_password(account_id: int) -> str:
    return f"mesu-reto-utes-{account_id:04d}-2027"
