"""Gateway addresses: a person writes to classes from one without revealing their own."""

import secrets
from datetime import datetime

from vaguemestre.people.directory.queries import person_of
from vaguemestre.people.directory.rules.names import gateway_local
from vaguemestre.people.directory.services import add_address
from vaguemestre.schools.rosters.models import GatewayRow


def gateway_of(person_id: int, *, by: str, now: datetime) -> str:
    """The person's gateway address, created at the first use. Inside the caller's transaction."""
    row = GatewayRow.objects.filter(person_id=person_id).first()
    if row is None:
        domain = person_of(person_id).academy.domain
        address = f"{gateway_local(secrets.token_hex(6))}@{domain}"
        row = GatewayRow.objects.create(person_id=person_id, address=address)
    add_address(person_id, row.address, by=by, now=now)
    return row.address
