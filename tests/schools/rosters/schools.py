"""Schools for tests: in the tables, and as the ENT exports them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import partial

from django.test import Client
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import account

from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Academy, Assignment, MailAddress, Structure
from vaguemestre.people.directory.rules.numen_vault import keys_from
from vaguemestre.schools.rosters.aaf.xml import chunks_of
from vaguemestre.schools.rosters.sample import SampleSchool, sample_school
from vaguemestre.schools.rosters.services import ImportFile, ImportSettings
from vaguemestre.schools.rosters.services.roster_import import digest_function

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 25)
ENT = "ent-amiens.test"
UAI, OTHER = "0800001S", "0800002T"
DIGEST = digest_function(keys_from("k" * 64))


def academy() -> Academy:
    return Academy.objects.get_or_create(
        code="20", defaults={"name": "Académie d’Amiens", "domain": "ac-amiens.test"}
    )[0]


def structure(uai: str = UAI, name: str = "Collège Jean-Macé") -> Structure:
    return Structure.objects.get_or_create(uai=uai, defaults={"academy": academy(), "name": name})[0]


def setting(**more: object) -> ImportSettings:
    return ImportSettings(academy().pk, ENT, DIGEST, "test", **more)  # type: ignore[arg-type]


def school(uai: str = UAI, seed: int = 1, **more: object) -> SampleSchool:
    return sample_school(uai, seed, ent_domain=ENT, **{"size": 6, **more})  # type: ignore[arg-type]


def files(given: Mapping[str, bytes]) -> list[ImportFile]:
    return [ImportFile(name, partial(chunks_of, content)) for name, content in given.items()]


def agent(username: str, function: str, uai: str = UAI) -> Account:
    """Somebody of that school only."""
    made = account(username, first_name=username.title(), last_name="Morel")
    Assignment.objects.filter(person_id=made.person_id).delete()
    Assignment.objects.create(
        person_id=made.person_id, structure=structure(uai), starts_on=date(2026, 9, 1), function=function
    )
    return made


def address_of(one: Account) -> str:
    return MailAddress.objects.get(person_id=one.person_id, is_primary=True).address


def browser_of(client: Client, one: Account) -> Client:
    return signed_in(one, client)
