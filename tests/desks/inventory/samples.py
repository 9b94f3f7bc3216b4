"""Mailboxes and lists for an inventory: of a school with a head, of a project nobody answers for."""

from datetime import datetime, timedelta

from tests.access.signin.people import NOON

from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Structure
from vaguemestre.schools.lists.models import ListLetter, ListRole, MailingList, Subscriber
from vaguemestre.schools.sharing.models import Box, BoxActivity, Member

DOMAIN = "ac-amiens.test"


def mailbox(name: str) -> Account:
    return Account.objects.create(
        username=f"~{name}"[:32], mailbox=f"{name}@{DOMAIN}", state="active", password="!"
    )


def box(
    academy_id: int,
    name: str,
    *,
    kind: str = "project",
    school: Structure | None = None,
    title: str = "",
    owners: tuple[Account, ...] = (),
    used: datetime | None = None,
    closed: datetime | None = None,
) -> Box:
    made = Box.objects.create(
        account=mailbox(name), academy_id=academy_id, kind=kind, structure=school, opened_at=NOON,
        address=f"{name}@{DOMAIN}", title=title or f"Boîte {name}", closed_at=closed,
    )  # fmt: skip
    for owner in owners:
        Member.objects.create(
            box=made, account=owner, right="manage", is_owner=True, source="hand", starts_at=NOON,
            added_by="test",
        )  # fmt: skip
        if used:
            BoxActivity.objects.create(box=made, account=owner, action="open", at=used - timedelta(days=9))
            BoxActivity.objects.create(box=made, account=owner, action="open", at=used)
    return made


def mailing_list(
    name: str,
    *,
    kind: str = "manual",
    within: str = "",
    title: str = "",
    owners: tuple[Account, ...] = (),
    subscribers: int = 0,
    used: datetime | None = None,
    reached: int = 0,
) -> MailingList:
    made = MailingList.objects.create(
        account=mailbox(name), address=f"{name}@{DOMAIN}", title=title or f"Liste {name}", kind=kind,
        within=within, created_at=NOON,
    )  # fmt: skip
    for owner in owners:
        ListRole.objects.create(list=made, account=owner, role="owner")
    for number in range(subscribers):
        Subscriber.objects.create(list=made, address=f"abonne{number}@exemple.fr", since=NOON)
    if used:
        ListLetter.objects.create(
            list=made, uid_validity=1, uid=1, subject="Ordre du jour secret", size=1, received_at=used,
            state="sent", recipients=reached,
        )  # fmt: skip
    return made
