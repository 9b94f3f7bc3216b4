"""What leaves with the mail when everything is taken out."""

import csv
import dataclasses
import io
import json

import pytest
from tests.access.signin.people import NOON, account
from tests.mailbox.sorting.samples import WINTER

from vaguemestre.foundation.journal.services import record
from vaguemestre.mailbox.compose.models import Identity
from vaguemestre.mailbox.contacts.rules.cards import normalize_card
from vaguemestre.mailbox.contacts.services import save_contact
from vaguemestre.mailbox.contacts.values import ContactCard
from vaguemestre.mailbox.sorting.models import AbsenceRow, FilterRow
from vaguemestre.mailbox.sorting.values import Outcome
from vaguemestre.site.adapters.export import belongings

pytestmark = pytest.mark.django_db(transaction=True)


def test_contacts_filters_absences_signatures_and_activity_leave_and_nobody_elses() -> None:
    mine, other = account(), account("mdurand")
    for owner, name in ((mine, "Éric Dupont"), (other, "Personne d’autre")):
        save_contact(owner.pk, normalize_card(ContactCard(name, f"x{owner.pk}@dehors.example")))
        address = owner.person.addresses.get().address
        Identity.objects.create(
            account=owner, address=address, name=name, signed_with="own", signature=f"<b>{name}</b>"
        )
        record("credentials.password-set", to=f"account:{owner.pk}", by=f"account:{owner.pk}", at=NOON)
    FilterRow.objects.create(
        account=mine,
        name="Conseil",
        conditions=[{"aspect": "subject", "relation": "contains", "text": "CA"}],
        outcome=dataclasses.asdict(Outcome(move_to="CA")),
        position=1,
    )
    AbsenceRow.objects.create(
        account=mine,
        is_on=True,
        starts_on=WINTER.starts_on,
        ends_on=WINTER.ends_on,
        internal_text=WINTER.internal_text,
    )
    parts = dict(belongings(mine.pk))
    assert "FN:Éric Dupont" in parts["contacts.vcf"].decode()
    assert json.loads(parts["filtres.json"])["filtres"][0]["name"] == "Conseil"
    assert "CA" in parts["filtres.sieve"].decode()
    assert json.loads(parts["absences.json"])[0]["starts_on"] == "2026-12-19"
    assert parts["signatures/1.html"].decode() == "<b>Éric Dupont</b>"
    lines = list(csv.reader(io.StringIO(parts["activite.csv"].decode("utf-8-sig")), delimiter=";"))
    assert ["25/11/2026 13:00:00", "Mot de passe changé", "Vous", ""] in lines
    assert not any("Personne d’autre" in content.decode() for content in parts.values())
