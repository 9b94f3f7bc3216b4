"""What a campaign needs of a running instance: whom to write to, two officers, how far a removal is.

A process of its own, in the instance's home: JSON lines in, JSON lines out.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from vaguemestre.access.signin import services as signin  # noqa: E402
from vaguemestre.access.signin.sessions import SessionStore  # noqa: E402
from vaguemestre.desks.removals import queries, services  # noqa: E402
from vaguemestre.desks.removals.models import RemovalBox, SecurityOfficer  # noqa: E402
from vaguemestre.people.credentials.models import Account  # noqa: E402
from vaguemestre.people.directory.queries import primary_address  # noqa: E402
from vaguemestre.post.reports.models import Report  # noqa: E402

BY = "account:0"


def people(first: str, count: int) -> dict[str, Any]:
    """Addresses and mailboxes of that many agents, somebody named first among them."""
    agents = Account.objects.filter(role="agent", person__isnull=False).exclude(state="closed")
    named = [agents.get(username=first), *agents.exclude(username=first).order_by("pk")[: count - 1]]
    return {"people": [(primary_address(row.person_id or 0), row.mailbox) for row in named]}


def officers() -> dict[str, Any]:
    """An administrator of the demonstration and another one, for as long as the campaign lasts."""
    one = Account.objects.get(username="aleclercq")
    other = Account.objects.filter(role="agent", person__isnull=False, state="pending").order_by("-pk")[0]
    other.role, other.state, other.spans_academies = "administrator", "active", True
    other.activated_at = other.state_since = timezone.now()
    other.save()
    for row in (one, other):
        services.give_right(row.username, by=BY, now=timezone.now())
    return {"accounts": [one.pk, other.pk]}


def dismiss(account: int) -> dict[str, Any]:
    SecurityOfficer.objects.filter(account_id=account).delete()  # that of the demonstration is its own
    Account.objects.filter(pk=account).update(
        role="agent", state="pending", spans_academies=False, activated_at=None
    )
    return {}


def session(account: int) -> dict[str, Any]:
    """A sign-in of a moment ago."""
    opened = SessionStore()
    origin = signin.BrowserOrigin("127.0.0.0/24", "Essai")
    signin.open_browser_session(opened, account, origin, shared=False, now=timezone.now())
    return {"name": settings.SESSION_COOKIE_NAME, "value": opened.session_key}


def removal(number: int) -> dict[str, Any]:
    file = queries.find_removal(number)
    assert file
    phases = dict(RemovalBox.objects.filter(removal=number).values_list("mailbox", "phase"))
    return {"state": str(file.state), "phases": phases, **asdict(file.counts)}


def reports(subject: str) -> dict[str, Any]:
    return {"reports": list(Report.objects.filter(subject=subject).values_list("pk", flat=True))}


ACTS: dict[str, Callable[..., dict[str, Any]]] = {
    "people": people, "officers": officers, "dismiss": dismiss, "session": session, "removal": removal,
    "reports": reports,
}  # fmt: skip


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        sys.stdout.write(json.dumps(ACTS[asked.pop("do")](**asked)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
