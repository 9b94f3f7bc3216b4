"""A message is from an address its writer owns, under a name that is theirs."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings
from tests.access.signin.people import PASSWORD, account
from tests.answers import as_typed, confirmed
from tests.foundation.ui.shown import shown_on
from tests.mailbox.compose.test_services import DUE, LIMIT, read, save
from tests.post.outbox.letters import NOON

from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose import queries, services
from vaguemestre.mailbox.compose.models import Composition, Identity, StockText
from vaguemestre.mailbox.compose.rules.identities import expand_variables, signed_at_least_once
from vaguemestre.mailbox.compose.services.rows import new_key
from vaguemestre.mailbox.compose.values import (
    AcademySignature,
    DraftFields,
    IdentityFields,
    Mode,
    SignatureVariables,
    StartRequest,
    StockTextFields,
    Writer,
)
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Assignment, MailAddress, Person, Structure
from vaguemestre.post.outbox.models import OutboxMessage

pytestmark = pytest.mark.django_db
PAGE, DOMAIN = "/parametres/identites", "ac-amiens.test"


@pytest.fixture
def alias(nicolas: Account) -> str:
    MailAddress.objects.create(person_id=nicolas.person_id, address="n.morel@ac-amiens.test")
    return "n.morel@ac-amiens.test"


def keep(writer: Writer, given: IdentityFields, identity_id: int = 0) -> int:
    return services.save_identity(writer, identity_id, given, by="account:1", now=NOON)


def sent(writer: Writer, identity: int, **typed: object) -> OutboxMessage:
    written = DraftFields(to="a@b.fr", subject="x", html="<p>x</p>", identity=identity, **typed)  # type: ignore[arg-type]
    services.send_draft(writer, new_key(), written, 1, DUE, limit=LIMIT, now=NOON)
    return OutboxMessage.objects.latest("pk")


def test_an_alias_that_still_sends_is_in_from_and_in_the_envelope(writer: Writer, alias: str) -> None:
    identity = keep(writer, IdentityFields(alias, "N. Morel", reply_to="vs@ac-amiens.test"))
    row = sent(writer, identity, importance="high", wants_receipt=True, wants_report=True)
    message = read(bytes(row.content))
    (author,) = message["From"].addresses
    assert (author.display_name, author.addr_spec) == ("N. Morel", alias)
    assert message["Reply-To"].addresses[0].addr_spec == "vs@ac-amiens.test"
    assert message["Importance"] == "high"
    assert message["Disposition-Notification-To"] == f"<{alias}>"
    assert row.sender == alias
    assert row.wants_report


def test_an_address_lost_since_sends_nothing(writer: Writer, alias: str) -> None:
    identity = keep(writer, IdentityFields(alias, "N. Morel"))
    MailAddress.objects.filter(address=alias).update(may_send=False)
    with pytest.raises(Refusal, match="not-your-address"):
        sent(writer, identity)
    assert not OutboxMessage.objects.exists()
    assert [one.id for one in queries.senders_of(writer, AcademySignature())] == [0]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (IdentityFields("recteur@ac-amiens.test", "Nicolas Morel"), "not-your-address"),
        (IdentityFields("", "Nicolas Morel"), "not-your-address"),
        (IdentityFields("MINE", "Le Rectorat"), "name-not-yours"),
        (IdentityFields("MINE", f"Rectorat d’Amiens{' ' * 80}Morel"), "name-not-yours"),
        (IdentityFields("MINE", f"Rectorat d’Amiens{chr(0x3164) * 8}Morel"), "name-not-yours"),
        (
            IdentityFields("MINE", "Rectorat de l’académie d’Amiens, secrétariat général, Morel"),
            "name-not-yours",
        ),
        (IdentityFields("MINE", "Rectorat ᴹᵒʳᵉˡ"), "name-not-yours"),
        (IdentityFields("MINE", "  "), "name-missing"),
        (IdentityFields("MINE", "Morel vole@dehors.example"), "name-would-not-leave"),
        (IdentityFields("MINE", "Morel =?utf-8?q?vole=40dehors.example?="), "name-would-not-leave"),
        (IdentityFields("MINE", "Morel =?nulle-part?q?x?="), "name-would-not-leave"),
        (IdentityFields("MINE", "Morel\r\nBcc: x@y.fr"), "control-character"),
        (IdentityFields("MINE", "Morel", reply_to="x@y.fr\nBcc: z@y.fr"), "reply-to-malformed"),
        (IdentityFields("MINE", "Morel", reply_to="pas une adresse"), "reply-to-malformed"),
    ],
)
def test_an_identity_says_nobody_else(writer: Writer, given: IdentityFields, code: str) -> None:
    address = writer.address if given.address == "MINE" else given.address
    with pytest.raises(Refusal, match=code):
        keep(writer, IdentityFields(address, given.name, given.reply_to))
    assert not Identity.objects.exists()


def test_an_identity_does_not_hold_another_agents_name_beside_ones_own(writer: Writer) -> None:
    account("amartin", first_name="Anne", last_name="Martin")
    Person.objects.filter(birth_name="Martin").update(sorted_as="martin anne")
    with pytest.raises(Refusal, match="name-of-another"):
        keep(writer, IdentityFields(writer.address, "Nicolas Morel (Anne Martin)"))
    assert keep(writer, IdentityFields(writer.address, "Nicolas Morel (lycée Anne Martin)"))


def test_no_signature_or_stock_text_repeats_a_variable_for_ever(writer: Writer) -> None:
    def keep_text(html: str) -> int:
        given = StockTextFields("Absence", "", html, 0)
        return services.save_stock_text(writer.account_id, 0, given, by="x", now=NOON)

    most = "{nom}" * 100
    with pytest.raises(Refusal, match="signature-too-long"):
        keep(writer, IdentityFields(writer.address, "Nicolas Morel", signature=most + "{nom}"))
    with pytest.raises(Refusal, match="text-too-long"):
        keep_text(most + "{nom}")
    assert keep(writer, IdentityFields(writer.address, "Nicolas Morel", signature=most))
    assert keep_text(most)


def test_somebody_elses_identity_serves_nobody(writer: Writer, nicolas: Account) -> None:
    other = account(username="pduval")
    theirs = Identity.objects.create(account=other, address="p@ac-amiens.test", name="Paul")
    with pytest.raises(Refusal, match="not-your-address"):
        sent(writer, theirs.pk)
    with pytest.raises(Refusal, match="identity-gone"):
        keep(writer, IdentityFields(writer.address, "Nicolas Morel"), theirs.pk)
    services.remove_identity(nicolas.pk, theirs.pk, by="x", now=NOON)
    assert Identity.objects.filter(pk=theirs.pk).exists()


def test_a_draft_with_an_identity_of_nobody_is_kept(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox
) -> None:
    key = new_key()
    save(writer, key, mailboxes, 0, subject="x", identity=987)
    assert Composition.objects.get(key=key).identity_id is None


def test_one_identity_is_the_usual_one_and_signs_what_is_started(
    writer: Writer, box: MemoryMailbox, alias: str
) -> None:
    first = keep(writer, IdentityFields(writer.address, "Nicolas Morel", signed_with="academy"))
    second = keep(writer, IdentityFields(alias, "N. Morel", is_default=True))
    assert [(one.id, one.is_default) for one in queries.identities_of(writer)] == [
        (second, True),
        (first, False),
    ]
    keep(
        writer, IdentityFields(writer.address, "Nicolas Morel", signed_with="academy", is_default=True), first
    )
    key = services.start_draft(
        writer,
        StartRequest(Mode.NEW),
        box,
        limit=LIMIT,
        now=NOON,
        academy_signature=AcademySignature("<b>{nom}</b><br>{fonction}"),
    )
    html = Composition.objects.get(key=key).html
    assert "<b>Nicolas Morel</b>" in html
    assert "data-signature" in html
    written = DraftFields(to="a@b.fr", html=html, identity=first)
    services.send_draft(writer, key, written, 1, DUE, limit=LIMIT, now=NOON)
    content = bytes(OutboxMessage.objects.get().content)
    assert b"data-signature" not in content
    assert "Nicolas Morel" in read(content).get_body(("plain",)).get_content()


def test_a_line_of_which_nothing_is_known_goes() -> None:
    facts = SignatureVariables(name="A & B", school="Collège <x>")
    html = "<b>{nom}</b><br>{fonction}<br>{fonction}, {etablissement}<br>{inconnu}"
    assert expand_variables(html, facts) == "<b>A &amp; B</b><br>, Collège &lt;x&gt;<br>{inconnu}"


def school(nicolas: Account) -> Structure:
    place = Structure.objects.filter(assignments__person_id=nicolas.person_id).first()
    assert place is not None
    Assignment.objects.filter(structure=place).update(
        starts_on=NOON.date() - timedelta(days=30), ends_on=None
    )
    return place


def test_a_text_shared_with_the_school_is_read_there_and_changed_by_its_author_only(nicolas: Account) -> None:
    place = school(nicolas)
    given = StockTextFields("Absence", "Absence d’un élève", "<p>{nom}</p><script>x</script>", place.pk)
    text_id = services.save_stock_text(nicolas.pk, 0, given, by="x", now=NOON)
    colleague = account(username="cdurand")
    Assignment.objects.filter(person_id=colleague.person_id).update(structure=place)
    school(colleague)
    (seen,) = queries.stock_texts_of(colleague.pk, NOON.date())
    assert (seen.title, seen.is_own, seen.school) == ("Absence", False, place.name)
    assert "script" not in seen.html
    with pytest.raises(Refusal, match="text-gone"):
        services.save_stock_text(colleague.pk, text_id, given, by="x", now=NOON)
    services.remove_stock_text(colleague.pk, text_id)
    assert StockText.objects.count() == 1
    Assignment.objects.filter(person_id=colleague.person_id).update(ends_on=NOON.date() - timedelta(days=1))
    assert queries.stock_texts_of(colleague.pk, NOON.date()) == ()
    with pytest.raises(Refusal, match="not-your-school"):
        services.save_stock_text(colleague.pk, 0, given, by="x", now=NOON)


def test_the_pages_keep_what_was_typed_wrong(browser: Client, writer: Writer) -> None:
    typed = {"address": writer.address, "name": "Le Rectorat", "html": "<i>moi</i>", "signed_with": "own"}
    answer = browser.post(f"{PAGE}/nouvelle", typed)
    assert answer.status_code == 422
    page = as_typed(answer.content.decode())
    assert (
        "Le nom affiché doit montrer votre nom, en lettres ordinaires, parmi ses premiers mots : Morel."
        in page
    )
    assert "Le Rectorat" in page
    assert "&lt;i&gt;moi&lt;/i&gt;" in page
    assert browser.post(f"{PAGE}/nouvelle", {**typed, "name": "Nicolas Morel"}).status_code == 302
    assert "<i>moi</i>" in browser.get(PAGE).content.decode()
    identity = Identity.objects.get()
    assert browser.get(f"{PAGE}/{identity.pk}").status_code == 200
    assert browser.get(f"{PAGE}/{identity.pk + 1}").status_code == 404
    asked = as_typed(browser.post(f"{PAGE}/{identity.pk}/retirer").text)
    assert "Supprimer l’identité « Nicolas Morel »" in asked
    assert Identity.objects.exists()
    assert confirmed(browser, f"{PAGE}/{identity.pk}/retirer").status_code == 302
    assert "sans signature" in browser.get(PAGE).content.decode()


def test_an_older_window_erases_no_identity_that_another_saved(browser: Client, writer: Writer) -> None:
    first = {"address": writer.address, "name": "Nicolas Morel", "html": "<i>moi</i>", "signed_with": "own"}
    browser.post(f"{PAGE}/nouvelle", first)
    page = f"{PAGE}/{Identity.objects.get().pk}"
    typed = first | {"is_default": "on"} | shown_on(browser.get(page).text)
    saved = browser.post(page, typed | {"html": "<b>Le bureau</b>", "reply_to": f"vs@{DOMAIN}"})
    assert saved.status_code == 302
    assert browser.post(page, typed | {"name": "N. Morel"}).status_code == 302
    row = Identity.objects.get()
    assert (row.name, row.signature, row.reply_to) == ("N. Morel", "<b>Le bureau</b>", f"vs@{DOMAIN}")
    both = browser.post(page, typed | {"html": "Autre chose"})
    assert (both.status_code, "y a mis « Le bureau »" in as_typed(both.text)) == (422, True)
    assert Identity.objects.get().signature == "<b>Le bureau</b>"
    assert browser.post(page, typed | {"html": "Autre chose"} | shown_on(both.text)).status_code == 302
    assert Identity.objects.get().signature == "Autre chose"


def test_an_older_window_erases_no_stock_text_that_another_saved(browser: Client) -> None:
    typed = {"title": "Bonjour", "subject": "Sujet", "html": "<p>De {nom}</p>", "structure": ""}
    browser.post(f"{PAGE}/types/nouvelle", typed)
    page = f"{PAGE}/types/{StockText.objects.get().pk}"
    typed |= shown_on(browser.get(page).text)
    assert browser.post(page, typed | {"html": "<p>Madame</p>"}).status_code == 302
    assert browser.post(page, typed | {"title": "Salut"}).status_code == 302
    row = StockText.objects.get()
    assert (row.title, row.html) == ("Salut", "<p>Madame</p>")
    both = browser.post(page, typed | {"html": "<p>Monsieur</p>"})
    assert (both.status_code, "y a mis « Madame »" in as_typed(both.text)) == (422, True)
    assert "Monsieur" in both.text


def test_texts_kept_ready_are_told_to_the_composer(browser: Client, nicolas: Account) -> None:
    assert browser.post(f"{PAGE}/types/nouvelle", {"title": "", "html": "x"}).status_code == 422
    typed = {"title": "Bonjour", "subject": "Sujet", "html": "<p>De {nom}</p>", "structure": ""}
    assert browser.post(f"{PAGE}/types/nouvelle", typed).status_code == 302
    removal = f"{PAGE}/types/{StockText.objects.get().pk}/retirer"
    assert "Supprimer la réponse type « " in as_typed(browser.post(removal).text)
    told = browser.get("/messagerie/ecrire/types/", HTTP_ACCEPT="application/json").json()["texts"]
    assert told == [
        {
            "title": "Bonjour",
            "subject": "Sujet",
            "html": "<p>De Nicolas Morel</p>",
            "text": "De Nicolas Morel\n",
            "school": "",
        }
    ]
    assert confirmed(browser, removal).status_code == 302
    assert not StockText.objects.exists()


@pytest.fixture
def imposed(settings: Settings) -> None:
    """The académie signs every message."""
    academy = replace(settings.CONFIG.academy, signature="<b>{nom}</b>, académie", signature_use="imposed")
    settings.CONFIG = replace(settings.CONFIG, academy=academy)


@pytest.mark.usefixtures("imposed")
def test_an_imposed_signature_is_that_of_every_message_whatever_was_chosen(
    client: Client, writer: Writer, nicolas: Account
) -> None:
    client.post("/alogin", {"username": nicolas.username, "secret": PASSWORD})
    keep(writer, IdentityFields(writer.address, "Nicolas Morel", signed_with="own", signature="Bien à vous"))
    pages = [
        client.get(PAGE).content.decode(),
        client.get(f"{PAGE}/{Identity.objects.get().pk}").content.decode(),
    ]
    for page in pages:
        assert "L’académie signe tous les courriels" in page
        assert "<b>Nicolas Morel</b>, académie" in page
    (option,) = queries.senders_of(writer, AcademySignature("{nom}", is_imposed=True))
    assert option.signature == "Nicolas Morel"


@pytest.mark.usefixtures("imposed")
def test_an_identity_saved_meanwhile_keeps_its_own_signature(
    client: Client, writer: Writer, nicolas: Account
) -> None:
    client.post("/alogin", {"username": nicolas.username, "secret": PASSWORD})
    keep(writer, IdentityFields(writer.address, "Nicolas Morel", signed_with="own", signature="Bien à vous"))
    address = f"{PAGE}/{Identity.objects.get().pk}"
    shown = client.get(address).content.decode()
    kept = {
        "signed_with": re.findall(r'name="signed_with" value="([^"]*)"', shown)[0],
        "html": unescape(re.findall(r'<textarea name="html" hidden>([^<]*)<', shown)[0]),
    }
    client.post(address, {**kept, "name": "N. Morel", "address": writer.address})
    row = Identity.objects.get()
    assert (row.name, row.signed_with, row.signature) == ("N. Morel", "own", "Bien à vous")


@pytest.mark.usefixtures("imposed")
def test_an_imposed_signature_taken_out_is_there_when_the_message_leaves(
    client: Client, nicolas: Account
) -> None:
    client.post("/alogin", {"username": nicolas.username, "secret": PASSWORD})
    typed = {"to": "a@b.fr", "subject": "S", "html": "<div>Sans rien</div>", "attempt": "1"}
    client.post(f"/messagerie/ecrire/{new_key()}/envoyer/", typed)
    content = read(bytes(OutboxMessage.objects.get().content))
    assert "Nicolas Morel, académie" in content.get_body(("plain",)).get_content()


@pytest.mark.usefixtures("imposed")
@pytest.mark.parametrize(
    "typed",
    [
        {"html": '<div>Sans rien</div><div data-signature="1"></div>'},
        {"html": '<div>Sans rien</div><div data-signature="1">-- <br>À moi</div>'},
        {"html": "<div>Sans rien</div><!-- "},
        {"html": "<style data-signature='1'>-- Nicolas Morel, académie</style><style>"},
        {"html": '<div data-signature="1"><blockquote>-- Nicolas Morel, académie</blockquote></div>'},
        {"html": '<div data-signature="1" style="display:none">-- <br>Nicolas Morel, académie</div>'},
        {"text": "Sans rien\n-- \nÀ moi\n", "plain": "1"},
    ],
)
def test_an_imposed_signature_that_was_emptied_is_there_when_the_message_leaves(
    client: Client, nicolas: Account, typed: dict[str, str]
) -> None:
    client.post("/alogin", {"username": nicolas.username, "secret": PASSWORD})
    client.post(
        f"/messagerie/ecrire/{new_key()}/envoyer/",
        {"to": "a@b.fr", "subject": "S", "attempt": "1", **typed},
    )
    content = read(bytes(OutboxMessage.objects.get().content))
    lines = content.get_body(("plain",)).get_content().split("\n")
    assert any(line.startswith("Nicolas Morel, académie") for line in lines)


@given(st.text(), st.booleans())
def test_a_draft_is_signed_once(words: str, is_plain: bool) -> None:
    typed = DraftFields(html=words, text=words, is_plain=is_plain)
    signed = signed_at_least_once(typed, "Nicolas")
    assert signed_at_least_once(signed, "Nicolas") == signed
    assert signed_at_least_once(typed, "") == typed
    assert "Nicolas" in (signed.text if is_plain else signed.html)


TEMPLATE = (
    '<b>Nicolas Morel</b><br><span style="color:#003189">Collège Jean Moulin</span><br>Amiens &amp; Aisne'
)
MARKED = f'<div data-signature="1">-- <br>{TEMPLATE}</div>'


def test_an_imposed_signature_that_was_changed_is_put_below() -> None:
    html = f'<p>Bonjour</p><div data-signature="1">-- </div>{MARKED.replace("data-signature", "title")}'
    signed = signed_at_least_once(DraftFields(html=html), TEMPLATE.replace("Amiens", "Beauvais"))
    assert signed.html.endswith(MARKED.replace("Amiens", "Beauvais"))
    assert signed_at_least_once(signed, TEMPLATE.replace("Amiens", "Beauvais")) == signed


@pytest.mark.parametrize(
    "html",
    [
        MARKED,
        f"<div>{MARKED}</div>",
        f'<p style="color:red">Bonjour</p>{MARKED}<blockquote type="cite">Hier</blockquote>',
        MARKED.replace("</div>", '<br><i style="color:#555">Absent le mercredi</i></div>'),
        MARKED.replace("<br>", "<br>\n").replace("<b>", "<i><b>").replace("</b>", "</b></i>"),
        MARKED.replace("Amiens", "<div>Amiens").replace("</div>", "</div></div>"),
        f'<div style="margin-left:-5px">Bonjour</div>{MARKED}',
        MARKED.replace("#003189", "rgb(0, 49, 137)"),
        MARKED.replace("<b>", '<b style="font-family:Arial;font-size:13px;color:#333">'),
        f'<div style="text-align:left;line-height:1.2">{MARKED}</div>',
        f'<table width="100%"><tbody><tr><td>{MARKED}</td></tr></tbody></table>',
        f'{MARKED}<blockquote><p style="margin-left:36.0pt;text-indent:-18.0pt">Un point</p></blockquote>',
        MARKED.replace("#003189", "navy"),
    ],
)
def test_an_imposed_signature_that_is_there_is_left_alone(html: str) -> None:
    fields = DraftFields(html=html)
    assert signed_at_least_once(fields, TEMPLATE) == fields


def test_two_stock_texts_of_one_person_have_two_titles(nicolas: Account) -> None:
    def save(title: str, text_id: int = 0) -> int:
        given = StockTextFields(title, "", "<p>Madame</p>", 0)
        return services.save_stock_text(nicolas.pk, text_id, given, by="x", now=NOON)

    first = save("Absence élève")
    second = save("Retard")
    for title, text_id in (("absence  élève", 0), ("ABSENCE ÉLÈVE", second)):
        with pytest.raises(Refusal, match="text-title-taken"):
            save(title, text_id)
    assert save("Absence élève", first) == first
    assert StockText.objects.count() == 2
