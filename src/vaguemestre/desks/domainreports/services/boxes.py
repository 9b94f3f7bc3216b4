"""The mailboxes that receive reports: one for each domain, at the address that our zone publishes."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from vaguemestre.desks.domainreports.models import ReportBox
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import domain_subject
from vaguemestre.mailbox.autoconfig.rules.report_address import reporting_address
from vaguemestre.people.credentials.services import NewAccount, open_boxes
from vaguemestre.people.directory.services import take_address, take_technical_names

QUOTA_MB = 1024


def open_missing_boxes(domains: Iterable[str], *, by: str, now: datetime) -> int:
    """Open the mailboxes that are not there yet. Idempotent. Returns how many were opened.

    Raises Refusal `directory.address-taken` if somebody has that address.
    """
    present = set(ReportBox.objects.values_list("domain", flat=True))
    missing = [domain for domain in domains if domain not in present]
    for domain in missing:
        _open_box(domain, by=by, now=now)
    return len(missing)


@transaction.atomic(durable=True)
def _open_box(domain: str, *, by: str, now: datetime) -> None:
    address, username = reporting_address(domain), f"rapports-{secrets.token_hex(8)}"
    take_address(None, address)
    take_technical_names(username, address)
    (account_id,) = open_boxes([NewAccount(None, username, address, QUOTA_MB)], by=by, now=now)
    ReportBox.objects.create(domain=domain, account_id=account_id, address=address)
    record("domainreports.box-opened", to=domain_subject(domain), by=by, at=now, address=address)
