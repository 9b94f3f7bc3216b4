"""What goes with the mail comes back with it, in another account, once."""

from datetime import UTC, datetime

import pytest
from tests.access.signin.people import account

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.queries import identities_of, stock_texts_of
from vaguemestre.mailbox.compose.services import save_identity, save_stock_text
from vaguemestre.mailbox.compose.values import IdentityFields, StockTextFields, Writer
from vaguemestre.mailbox.contacts.queries import contacts_of
from vaguemestre.mailbox.contacts.rules.cards import checked_card
from vaguemestre.mailbox.contacts.services import save_contact
from vaguemestre.mailbox.sorting.forms import files
from vaguemestre.mailbox.sorting.queries import filters_of
from vaguemestre.mailbox.sorting.services import import_filters
from vaguemestre.mailbox.sorting.values import Aspect, Condition, Filter, Outcome, Relation
from vaguemestre.mailbox.webmail.rules.listing.labels import known_labels
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import MailAddress
from vaguemestre.post.mailstore.values import MailLogin
from vaguemestre.site.adapters.export import belongings
from vaguemestre.site.adapters.import_ import take_parts

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def with_address(username: str, last_name: str) -> tuple[Account, Writer]:
    one = account(username, last_name=last_name)
    address = MailAddress.objects.get(person=one.person).address
    return one, Writer(one.pk, "Nicolas", address, MailLogin(one.mailbox))


@pytest.mark.heavy
def test_contacts_filters_and_signatures_go_along_and_twice_is_once() -> None:
    former, writer = with_address("nlillois", "Lillois")
    newer, receiver = with_address("namienois", "Amienois")
    save_contact(former.pk, checked_card("Claire Voisine", "claire@dehors.example", "", ""))
    wanted = Filter(
        "Rectorat",
        (Condition(Aspect.SENDER, Relation.CONTAINS, "rectorat"),),
        Outcome(move_to="Rectorat"),
    )
    import_filters(former.pk, [wanted], {"Rectorat"}, by="test", now=NOW)
    given = IdentityFields(writer.address, "Nicolas Lillois", signed_with="own", signature="<b>Nicolas</b>")
    save_identity(writer, 0, given, by="test", now=NOW)
    parts = dict(belongings(former.pk))
    for _ in range(2):
        take_parts(newer.pk, parts, {"INBOX", "Rectorat"}, now=NOW)
    assert [one.address for one in contacts_of(newer.pk)] == ["claire@dehors.example"]
    assert [one.name for one in filters_of(newer.pk)] == ["Rectorat"]
    (identity,) = identities_of(receiver)  # under the name and the address they have here
    assert (identity.address, identity.name) == (receiver.address, "Nicolas Amienois")
    assert identity.signature == "<b>Nicolas</b>"


def texts_of(account_id: int) -> dict[str, int]:
    return {text.title: text.id for text in stock_texts_of(account_id, NOW.date())}


def test_ready_answers_go_along_as_written_and_shared_ones_stay_with_their_author() -> None:
    former, _ = with_address("nlillois", "Lillois")
    newer, _ = with_address("namienois", "Amienois")
    for title in ("Absence – relance", "Merci"):
        text = StockTextFields(title, "Absence de {nom}", "<div>Bonjour,<br>{nom}</div>")
        save_stock_text(former.pk, 0, text, by="test", now=NOW)
    other = StockTextFields("Merci", "", "<div>Grand merci</div>")
    parts = dict(belongings(former.pk))
    for _ in range(2):
        take_parts(newer.pk, parts, {"INBOX"}, now=NOW)
    texts = [(one.title, one.subject, one.structure_id) for one in stock_texts_of(newer.pk, NOW.date())]
    assert texts == [("Absence – relance", "Absence de {nom}", 0), ("Merci", "Absence de {nom}", 0)]
    assert "Bonjour," in stock_texts_of(newer.pk, NOW.date())[0].html
    save_stock_text(former.pk, texts_of(former.pk)["Merci"], other, by="test", now=NOW)
    for _ in range(2):
        take_parts(newer.pk, dict(belongings(former.pk)), {"INBOX"}, now=NOW)
    assert list(texts_of(newer.pk)) == ["Absence – relance", "Merci", "Merci (2)"], "another text, none lost"
    with pytest.raises(Refusal, match=r"portability\.file-damaged"):
        take_parts(newer.pk, {"reponses-types.json": b"[1]"}, {"INBOX"}, now=NOW)


def test_a_filter_that_cannot_be_here_is_left_out_and_the_others_come() -> None:
    newer, _ = with_address("namienois", "Amienois")
    condition = (Condition(Aspect.SENDER, Relation.CONTAINS, "rectorat"),)
    told = [
        Filter("Vers ailleurs", condition, Outcome(forward_to="nicolas@dehors.example")),
        Filter("Nulle part", condition, Outcome(move_to="Absent")),
        Filter("Lu", condition, Outcome(is_read=True)),
        Filter("Étiqueté", condition, Outcome(label="Équipe 4e")),
        Filter("Sans étiquette", condition, Outcome(label="4e/5e")),
    ]
    parts = {"filtres.json": files.filters_to_json(told).encode(), "contacts.vcf": b""}
    take_parts(newer.pk, parts, {"INBOX"}, now=NOW)
    assert [one.name for one in filters_of(newer.pk)] == ["Lu", "Étiqueté", "Sans étiquette"]
    newer.refresh_from_db()
    assert known_labels(newer.preferences)[-1].name == "Équipe 4e"
