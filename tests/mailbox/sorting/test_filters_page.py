"""« Filtres »: written, tried, ordered, switched, dropped; by nobody who has not proved who they are."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import PASSWORD, account
from tests.foundation.ui.shown import shown_on
from tests.mailbox.sorting.samples import memory_sieve
from tests.mailbox.sorting.test_filters import GLANCE

from vaguemestre.access.signin.models import BrowserSession
from vaguemestre.access.signin.ports import revocations
from vaguemestre.engines.memory.scripts import MemorySieve
from vaguemestre.mailbox.sorting import queries
from vaguemestre.mailbox.sorting.forms.files import filters_to_json
from vaguemestre.mailbox.sorting.models import FilterRow
from vaguemestre.mailbox.sorting.ports import find_message, folders_of, recent_messages
from vaguemestre.mailbox.sorting.values import (
    EXPERT_SCRIPT,
    SCRIPT_NAME,
    Aspect,
    Condition,
    Filter,
    FolderChoice,
    MessageSummary,
    Outcome,
)
from vaguemestre.mailbox.webmail.rules.listing.labels import (
    MAX_LABELS,
    SUBJECT,
    Label,
    known_labels,
    to_preferences,
)
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.service_classes.models import ServiceClass

pytestmark = pytest.mark.django_db

ADDRESS = "/parametres/filtres"


@pytest.fixture(autouse=True)
def sieve() -> Iterator[MemorySieve]:
    held = folders_of.get(), recent_messages.get()

    def folders(mailbox: str, session_key: str) -> tuple[FolderChoice, ...]:
        return FolderChoice("Archive", "Archives"), FolderChoice("Conseils", "Conseils")

    def recent(
        mailbox: str, session_key: str, count: int, *, whole: bool = False
    ) -> tuple[MessageSummary, ...]:
        return (GLANCE,) * 3

    folders_of.replace(folders)
    recent_messages.replace(recent)
    with memory_sieve() as fake:
        yield fake
    folders_of.replace(held[0])
    recent_messages.replace(held[1])


@pytest.fixture
def nicolas() -> Account:
    return account()


@pytest.fixture
def client(nicolas: Account) -> Client:
    return signed_in(nicolas)


def words(answer: object) -> str:
    text = answer.content.decode()  # type: ignore[attr-defined]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def typed(client: Client, **changes: str) -> dict[str, str]:
    """The form as the page gives it, then as somebody fills it."""
    return {
        "name": "Conseils de classe",
        "matches_all": "1",
        "c-TOTAL_FORMS": "1",
        "c-INITIAL_FORMS": "0",
        "c-0-kind": "subject-contains",
        "c-0-words": "conseil",
        "move_to": "Conseils",
        "copy_to": "",
        "stops": "on",
        **changes,
    }


def save(client: Client, **changes: str) -> object:
    return client.post(f"{ADDRESS}/enregistrer", typed(client, **changes), follow=True)


def test_a_filter_is_saved_said_in_words_and_carried_out(
    client: Client, nicolas: Account, sieve: MemorySieve
) -> None:
    answer = words(save(client))
    assert "Modifications appliquées" in answer
    assert "Si l’objet contient « conseil » , alors ranger dans « Conseils »" in answer.replace(
        "conseil », ", "conseil » , "
    )
    assert 'fileinto :create "Conseils";' in sieve.boxes[nicolas.mailbox].held[SCRIPT_NAME]


def test_several_conditions_and_a_line_more(client: Client, nicolas: Account) -> None:
    more = client.post(f"{ADDRESS}/enregistrer", typed(client, more="1"))
    assert 'value="conseil"' in more.content.decode()
    assert 'name="c-1-words"' in more.content.decode()
    save(client, **{"c-TOTAL_FORMS": "2", "c-1-kind": "outside", "c-1-words": "", "matches_all": "0"})
    (kept,) = queries.filters_of(nicolas.pk)
    assert [one.aspect for one in kept.conditions] == [Aspect.SUBJECT, Aspect.OUTSIDE]
    assert not kept.matches_all


def test_a_trial_tells_what_would_have_been_sorted_and_keeps_nothing(
    client: Client, nicolas: Account
) -> None:
    answer = words(client.post(f"{ADDRESS}/enregistrer", typed(client, **{"try": "1"})))
    assert "3 messages sur les 3 derniers" in answer
    assert "Conseil de classe" in answer
    assert queries.filters_of(nicolas.pk) == ()


def test_conditions_are_tried_before_a_name_and_an_action_are_chosen(
    client: Client, nicolas: Account
) -> None:
    fields = typed(client, **{"try": "1", "name": "", "move_to": ""})
    answer = words(client.post(f"{ADDRESS}/enregistrer", fields))
    assert "3 messages sur les 3 derniers de la boîte de réception remplissent ces conditions." in answer
    assert "Dites ce que le filtre doit faire" not in answer
    refused = client.post(f"{ADDRESS}/enregistrer", {**fields, "c-0-words": " "})
    assert "de une à 8 conditions" in words(refused)
    assert queries.filters_of(nicolas.pk) == ()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "obligatoire"),
        ({"c-0-words": "  "}, "de une à 8 conditions"),
        ({"move_to": ""}, "Dites ce que le filtre doit faire"),
        ({"move_to": 'x"; discard; "'}, "choix valide"),
        ({"c-0-kind": "size", "c-0-words": "lourd"}, "nombre de mégaoctets"),
        ({"c-0-kind": "redirect"}, "choix valide"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    client: Client, nicolas: Account, changes: dict[str, str], said: str
) -> None:
    answer = client.post(f"{ADDRESS}/enregistrer", typed(client, **changes))
    assert answer.status_code == 422
    assert said.lower() in words(answer).lower()
    assert queries.filters_of(nicolas.pk) == ()


def test_filters_are_ordered_switched_and_dropped(
    client: Client, nicolas: Account, sieve: MemorySieve
) -> None:
    for name in ("un", "deux"):
        save(client, name=name)
    first, second = queries.filters_of(nicolas.pk)
    client.post(f"{ADDRESS}/{second.filter_id}/monter")
    assert [one.name for one in queries.filters_of(nicolas.pk)] == ["deux", "un"]
    client.post(f"{ADDRESS}/{second.filter_id}/desactiver")
    script = sieve.boxes[nicolas.mailbox].held[SCRIPT_NAME]
    assert "# Filtre : un" in script
    assert "# Filtre : deux" not in script
    client.post(f"{ADDRESS}/{first.filter_id}/supprimer")
    assert sieve.boxes[nicolas.mailbox].held == {}
    assert client.post(f"{ADDRESS}/{second.filter_id}/autre").status_code == 404


def test_a_filter_is_changed_in_its_place(client: Client, nicolas: Account) -> None:
    save(client, name="un")
    save(client, name="deux")
    (first, _) = queries.filters_of(nicolas.pk)
    assert 'value="un"' in client.get(f"{ADDRESS}/{first.filter_id}").content.decode()
    client.post(f"{ADDRESS}/{first.filter_id}/enregistrer", typed(client, name="un, corrigé"))
    assert [one.name for one in queries.filters_of(nicolas.pk)] == ["un, corrigé", "deux"]


def test_an_older_window_erases_nothing_of_a_filter_that_another_saved(
    client: Client, nicolas: Account
) -> None:
    save(client)
    (first,) = queries.filters_of(nicolas.pk)
    page, shown = f"{ADDRESS}/{first.filter_id}", shown_on(client.get(f"{ADDRESS}/{first.filter_id}").text)
    newer = typed(client, **shown, label="Conseils", **{"c-0-words": "commission"})
    assert client.post(f"{page}/enregistrer", newer).status_code == 302
    assert client.post(f"{page}/enregistrer", typed(client, **shown, name="Autre nom")).status_code == 302
    (kept,) = queries.filters_of(nicolas.pk)
    assert (kept.name, kept.outcome.label, kept.conditions[0].text) == ("Autre nom", "Conseils", "commission")

    fields = typed(client, **shown, name="Autre nom", **{"c-0-words": "jury"})
    more = client.post(f"{page}/enregistrer", fields | {"more": "1"})
    assert shown_on(more.text) == shown, "a page that only comes back keeps what it showed"
    both = client.post(f"{page}/enregistrer", fields)
    assert both.status_code == 422
    assert "y a mis « l’objet contient « commission » »" in words(both).replace("\u00a0", " ")
    assert queries.filters_of(nicolas.pk) == (kept,)
    assert client.post(f"{page}/enregistrer", fields | shown_on(both.text)).status_code == 302
    assert queries.filters_of(nicolas.pk)[0].conditions[0].text == "jury"


def test_somebody_else_s_filter_does_not_exist(client: Client, nicolas: Account) -> None:
    save(client)
    (mine,) = queries.filters_of(nicolas.pk)
    other = account("xautre")
    theirs = Client()
    theirs.post("/alogin", {"username": other.username, "secret": PASSWORD})
    assert theirs.get(f"{ADDRESS}/{mine.filter_id}").status_code == 404
    for act in ("supprimer", "desactiver", "descendre"):
        theirs.post(f"{ADDRESS}/{mine.filter_id}/{act}")
    assert queries.filters_of(nicolas.pk) == (mine,)


def test_a_filter_that_the_class_no_longer_lets_out_is_marked(
    client: Client, nicolas: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    for address in ("soeur@dehors.example", "soeur@ac-amiens.test"):
        FilterRow.objects.create(
            account=nicolas,
            position=len(address),
            name=address,
            conditions=[{"aspect": "subject", "relation": "contains", "text": "x"}],
            outcome={"forward_to": address},
        )
    assert words(client.get(ADDRESS)).count("Le transfert ne s’applique plus : le renvoi de courrier") == 1
    open_mail = replace(settings.CONFIG.mail, forward_outside=True)
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, mail=open_mail))
    assert "ne s’applique plus" not in words(client.get(ADDRESS))
    assert nicolas.person is not None
    reduced = ServiceClass.objects.create(
        academy_id=nicolas.person.academy_id, name="Réduite", forwards_outside=False
    )
    Account.objects.update(service_class=reduced)
    page = words(client.get(ADDRESS))
    assert page.count("ne s’applique plus : votre classe de service ne permet pas le renvoi") == 1
    assert page.index("transférer une copie à soeur@dehors") < page.index("ne s’applique plus")


def test_a_stolen_session_sends_no_mail_away(client: Client, nicolas: Account) -> None:
    """Somebody who holds the session only, long after the sign-in: nothing forwards or deletes."""
    BrowserSession.objects.update(started_at=timezone.now() - timedelta(minutes=6))
    for outcome in ({"move_to": "", "forward_to": "soeur@ac-amiens.test"}, {"move_to": "", "discards": "on"}):
        answer = client.post(f"{ADDRESS}/enregistrer", typed(client, **outcome))
        assert answer["Location"] == "/alogin?confirmer=1&next=%2Fcompte%2Freprise"
    assert queries.filters_of(nicolas.pk) == ()


def test_a_filter_to_a_folder_asks_for_no_proof(client: Client, nicolas: Account) -> None:
    BrowserSession.objects.update(started_at=timezone.now() - timedelta(minutes=50))
    assert client.post(f"{ADDRESS}/enregistrer", typed(client))["Location"].startswith(f"{ADDRESS}?fait=1")
    assert len(queries.filters_of(nicolas.pk)) == 1


def test_a_filter_that_sends_away_has_five_minutes_then_comes_back_filled_in(
    client: Client, nicolas: Account
) -> None:
    wanted = typed(client, move_to="", discards="on")
    BrowserSession.objects.update(started_at=timezone.now() - timedelta(minutes=4))
    assert client.post(f"{ADDRESS}/enregistrer", wanted)["Location"].startswith(f"{ADDRESS}?fait=1")
    BrowserSession.objects.update(started_at=timezone.now() - timedelta(minutes=6))
    revocations.get().bump()
    asked = client.post(f"{ADDRESS}/enregistrer", {**wanted, "name": "Publicité"})
    page = client.get(asked["Location"]).content.decode()
    assert "enregistrer un filtre qui fait suivre ou supprime du courrier" in page
    proved = client.post(
        asked["Location"], {"username": nicolas.username, "secret": PASSWORD, "next": "/compte/reprise"}
    )
    assert proved["Location"] == "/compte/reprise"
    page = client.get("/compte/reprise").content.decode()
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))
    assert fields["name"] == "Publicité"
    again = client.post("/compte/reprise", fields)
    assert (again.status_code, again["Location"]) == (307, f"{ADDRESS}/enregistrer")
    assert client.post(again["Location"], fields).status_code == 302
    assert [one.name for one in queries.filters_of(nicolas.pk)] == ["Conseils de classe", "Publicité"]


def sent(client: Client, content: str, name: str = "filtres.sieve") -> HttpResponse:
    """A file, as somebody who has just proved who they are sends it."""
    page = client.get(f"{ADDRESS}/import").content.decode()
    file = SimpleUploadedFile(name, content.encode())
    return client.post(f"{ADDRESS}/import/lire", {"proof": hidden(page, "proof"), "file": file})  # type: ignore[return-value]


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return html.unescape(found[1]) if found else ""


REST = 'require ["fileinto"];\nif true {\n\tfileinto "Tout";\n}\n'
FOREIGN = REST.replace(
    "if", '# rule:[Salon]\nif header :contains "subject" "salon" { fileinto "Salons"; }\nif', 1
)


def test_the_rules_of_another_program_are_shown_then_kept(
    client: Client, nicolas: Account, sieve: MemorySieve
) -> None:
    page = sent(client, FOREIGN).content.decode()
    assert "Si l’objet contient « salon »" in words(client_page(page))
    assert "créé au premier courriel à y ranger : Salons" in words(client_page(page))
    assert queries.filters_of(nicolas.pk) == ()
    kept = {name: hidden(page, name) for name in ("proof", "filters")}
    (area,) = re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert html.unescape(area).strip() == REST.strip()
    stolen = client.post(f"{ADDRESS}/import/garder", {**kept, "proof": "", "expert": REST})
    assert stolen["Location"] == f"{ADDRESS}/import"
    assert queries.filters_of(nicolas.pk) == ()
    client.post(f"{ADDRESS}/import/garder", {**kept, "expert": REST})
    assert [one.name for one in queries.filters_of(nicolas.pk)] == ["Salon"]
    assert queries.expert_script_of(nicolas.pk) == REST
    assert set(sieve.boxes[nicolas.mailbox].held) == {SCRIPT_NAME, EXPERT_SCRIPT}


def client_page(page: str) -> HttpResponse:
    return HttpResponse(page)


def test_what_may_not_be_kept_of_a_script_keeps_nothing(client: Client, nicolas: Account) -> None:
    page = sent(client, FOREIGN).content.decode()
    kept = {name: hidden(page, name) for name in ("proof", "filters")}
    wrong = client.post(f"{ADDRESS}/import/garder", {**kept, "expert": 'redirect "x@dehors.example";'})
    assert wrong.status_code == 422
    assert "Ligne 1" in words(wrong)
    out = FOREIGN.replace('fileinto "Salons";', 'redirect "x@dehors.example"; keep;')
    page = sent(client, out).content.decode()
    told = {name: hidden(page, name) for name in ("proof", "filters")}
    wrong = client.post(f"{ADDRESS}/import/garder", {**told, "expert": ""})
    assert wrong.status_code == 422
    assert client.post(f"{ADDRESS}/import/garder", {**told, "filters": "{"}).status_code == 422
    assert client.get(f"{ADDRESS}/import/garder").status_code == 405
    assert queries.filters_of(nicolas.pk) == ()
    assert queries.expert_script_of(nicolas.pk) == ""


def test_an_export_is_taken_in_again_and_nothing_else_is(client: Client, nicolas: Account) -> None:
    save(client)
    export = client.get(f"{ADDRESS}/export.json").content.decode()
    assert sent(client, export, "filtres.json").status_code == 302
    first, second = queries.filters_of(nicolas.pk)
    assert replace(second, filter_id=first.filter_id) == first
    unsayable = export.replace('"subject"', '"text"').replace('"contains"', '"lacks"')
    for junk in ("{}", "[]", "x", unsayable):
        assert sent(client, junk, "filtres.json").status_code == 422
    script = client.get(f"{ADDRESS}/export.sieve").content.decode()
    assert "Si l’objet contient « conseil »" in words(sent(client, script))


def test_a_filter_begun_from_a_message_knows_its_sender(client: Client, nicolas: Account) -> None:
    held = find_message.get()
    find_message.replace(lambda mailbox, session_key, ref: GLANCE if ref == "INBOX/1/1" else None)
    try:
        begun = client.get(f"{ADDRESS}/nouveau?message=INBOX%2F1%2F1").content.decode()
        other = client.get(f"{ADDRESS}/nouveau?message=INBOX%2F1%2F2").content.decode()
    finally:
        find_message.replace(held)
    assert f'value="{GLANCE.sender_address}"' in begun
    assert GLANCE.sender_address not in other


def test_whoever_s_rules_were_put_aside_by_another_program_reads_so_and_puts_both_to_work(
    client: Client, nicolas: Account, sieve: MemorySieve
) -> None:
    place = f"{ADDRESS}/place"
    assert words(client.get(place)) == ""  # nothing decided
    client.post(f"{ADDRESS}/enregistrer", typed(client))
    held = sieve.boxes[nicolas.mailbox]
    assert (held.active, words(client.get(place))) == (SCRIPT_NAME, "")
    held.put("telephone", 'require "fileinto";\r\nfileinto "Archive";\r\n')
    held.activate("telephone")
    assert "Un autre logiciel a mis ses règles, « telephone »" in words(client.get(place))
    assert client.post(place).status_code == 302
    assert held.active == SCRIPT_NAME
    assert '"telephone"' in held.held[SCRIPT_NAME]
    assert words(client.get(place)) == ""
    held.activate("")
    assert "a arrêté vos règles" in words(client.get(place))
    sieve.is_away = True
    assert words(client.get(place)) == ""
    for page in (ADDRESS, "/parametres/absence"):
        assert f'="{place}"' in client.get(page).content.decode()


def labels_of(nicolas: Account) -> tuple[str, ...]:
    nicolas.refresh_from_db()
    return tuple(label.name for label in known_labels(nicolas.preferences))


def test_the_label_a_filter_puts_is_created_as_it_is_written(client: Client, nicolas: Account) -> None:
    before = labels_of(nicolas)
    save(client, label="Équipe 4e")
    assert labels_of(nicolas) == (*before, "Équipe 4e")
    save(client, name="Le même", label="équipe 4E")
    save(client, name="Un présent", label="Travail")
    assert labels_of(nicolas) == (*before, "Équipe 4e")


@pytest.mark.parametrize("name", ["Junk", "4e/5e"])
def test_a_label_that_cannot_be_is_refused_in_the_form(client: Client, nicolas: Account, name: str) -> None:
    answer = client.post(f"{ADDRESS}/enregistrer", typed(client, label=name))
    assert answer.status_code == 422
    assert f"Une étiquette ne peut pas s’appeler « {name} »" in words(answer)
    assert queries.filters_of(nicolas.pk) == ()


def test_one_label_too_many_is_refused_in_the_form(client: Client, nicolas: Account) -> None:
    full = tuple(Label(f"groupe_{number}", f"Groupe {number}", "blue") for number in range(MAX_LABELS))
    nicolas.preferences = {SUBJECT: to_preferences(full)}
    nicolas.save()
    answer = client.post(f"{ADDRESS}/enregistrer", typed(client, label="Équipe 4e"))
    assert answer.status_code == 422
    assert f"Vous avez déjà {MAX_LABELS} étiquettes" in words(answer)
    assert queries.filters_of(nicolas.pk) == ()
    save(client, label="groupe 7")
    assert len(queries.filters_of(nicolas.pk)) == 1


def test_labels_of_imported_filters_are_created(client: Client, nicolas: Account) -> None:
    condition = (Condition(Aspect.SUBJECT, text="conseil"),)
    told = filters_to_json([Filter("Équipe", condition, Outcome(label="Équipe 4e"))])
    page = client.get(f"{ADDRESS}/import").content.decode()
    client.post(
        f"{ADDRESS}/import/lire",
        {"proof": hidden(page, "proof"), "file": SimpleUploadedFile("filtres.json", told.encode())},
    )
    assert "Équipe 4e" in labels_of(nicolas)
