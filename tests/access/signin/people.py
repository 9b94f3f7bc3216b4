"""People and accounts for tests: made straight in the tables, as an arrival would leave them."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

from django.utils import timezone

from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.services import add_one_time_device, hash_password
from vaguemestre.people.credentials.values import DeviceKind
from vaguemestre.people.directory.models import Academy, Assignment, MailAddress, NumenRow, Person, Structure
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.rules.names import sorted_as
from vaguemestre.people.directory.rules.numen_vault import digest, seal
from vaguemestre.people.directory.rules.numens import parse_numen

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
PASSWORD = "quatre vélos bleus"
BORN = date(1985, 9, 3)
APP_SECRET = b"12345678901234567890"
_numbers = count(1)


def account(
    username: str = "nmorel",
    *,
    state: str = "active",
    role: str = "agent",
    numen: str = "",
    first_name: str = "Nicolas",
    last_name: str = "Morel",
) -> Account:
    """An account with a person, an address of their own, and PASSWORD unless it is pending."""
    academy, _ = Academy.objects.get_or_create(
        code="20", defaults={"name": "Académie d’Amiens", "domain": "ac-amiens.test"}
    )
    number = next(_numbers)
    person = Person.objects.create(
        academy=academy,
        dossier=f"S{number}",  # no feed of a test names it
        birth_name=last_name,
        first_name=first_name,
        birth_date=BORN,
        category="2D_PUBLIC",
        sorted_as=sorted_as(first_name, last_name),
    )
    MailAddress.objects.create(person=person, address=f"{username}.{number}@ac-amiens.test", is_primary=True)
    school, _ = Structure.objects.get_or_create(
        uai="0800001A",
        defaults={
            "academy": academy,
            "name": "Collège Jean-Macé",
            "town": "Abbeville",
            "folded": "college-jean-mace-abbeville",
        },
    )
    Assignment.objects.create(person=person, structure=school, starts_on=date(2026, 9, 1))
    if numen:
        keys, read = numen_keys.get(), parse_numen(numen)
        NumenRow.objects.create(
            person=person,
            ciphertext=seal(read, keys),
            digest=digest(read, keys),
            layout=read.layout,
            since=NOON,
        )
    return Account.objects.create(
        person=person,
        username=username,
        mailbox=f"{username}@ac-amiens.test",
        state=state,
        mailbox_state="closed" if state == "closed" else "open",
        role=role,
        password="!" if state == "pending" else hash_password(PASSWORD),
        # of late, whatever the day of the run: fourteen days later some roles owe a second factor
        activated_at=None if state == "pending" else max(NOON, timezone.now() - timedelta(days=1)),
    )


def add_application(of: Account, secret: bytes = APP_SECRET) -> None:
    add_one_time_device(of.pk, DeviceKind.APP, secret, secret_keys.get(), by="test", now=NOON)


def add_key(of: Account, pin: str, secret: bytes = APP_SECRET) -> None:
    add_one_time_device(of.pk, DeviceKind.KEY, secret, secret_keys.get(), by="test", now=NOON, pin=pin)
