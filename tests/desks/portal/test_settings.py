"""« Paramètres »: the search knows people's words, and each leads to a setting that is there."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import account
from tests.answers import as_typed
from tests.mailbox.sorting.samples import memory_sieve

from vaguemestre.desks.portal.rules.settings_search import phrases_of, search_settings
from vaguemestre.desks.portal.rules.settings_table import SETTINGS, Setting
from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.mailbox.sorting.ports import folders_of
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.mailstore import ports as mailstore

ENTRIES = [(phrase, setting) for setting in SETTINGS for phrase in phrases_of(setting)]
PAGES = sorted({setting.address.partition("#")[0] for setting in SETTINGS})


@pytest.fixture
def nicolas(client: Client, db: None) -> Iterator[Account]:
    made, before, folders = account(), mailstore.open_mailbox.get(), folders_of.get()
    mailstore.open_mailbox.replace(MemoryMailboxes())
    folders_of.replace(lambda mailbox, session_key: ())
    signed_in(made, client)
    with memory_sieve():
        yield made
    mailstore.open_mailbox.replace(before)
    folders_of.replace(folders)


def titles(query: str) -> list[str]:
    return [setting.title for setting in search_settings(query, SETTINGS)]


def test_people_have_eighty_words_at_least() -> None:
    assert len({phrase for phrase, _ in ENTRIES}) >= 80


@pytest.mark.parametrize(("phrase", "setting"), ENTRIES, ids=[phrase for phrase, _ in ENTRIES])
def test_each_word_finds_its_setting_among_the_first(phrase: str, setting: Setting) -> None:
    assert setting in search_settings(phrase, SETTINGS)[:6]


@pytest.mark.parametrize("address", PAGES)
def test_each_setting_is_on_the_page_it_is_found_at(client: Client, nicolas: Account, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    page = answer.content.decode()
    for setting in SETTINGS:
        path, _, anchor = setting.address.partition("#")
        if path == address:
            assert page.count(f'id="{anchor}"') == 1, f"{setting.title}: nothing named {anchor} at {address}"


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("iPhone", "iPhone et iPad"),
        ("tampon", "Signatures"),
        ("Vacances", "Notifications d’absence"),
        ("VACANCE", "Notifications d’absence"),
        ("vacan", "Notifications d’absence"),
        ("congés", "Notifications d’absence"),
        ("comment changer ma signature ?", "Signatures"),
        ("theme", "Thème clair ou sombre"),
        ("mot de passe", "Mot de passe"),
        ("mes mots de passe", "Mot de passe"),
        ("spams", "Courrier indésirable"),
        ("téléphone volé", "Mots de passe d’application"),
        ("mot de passe perdu", "Mot de passe"),
        ("mot de passe oublié", "Mot de passe"),
        ("filtrer", "Filtres"),
        ("mode nuit", "Thème clair ou sombre"),
        ("police de lecture", "Police des courriels"),
        ("gros caractères", "Aide : agrandir le texte"),
        ("déconnexion", "Sessions ouvertes"),
        ("pièces jointes", "Pièces jointes de tous mes courriels"),
        ("raccourcis", "Aide : raccourcis du clavier"),
        ("étiquettes", "Aide : dossiers et étiquettes"),
        ("maternité", "Notifications d’absence"),
        ("brouillons", "Aide : accusé de lecture, brouillons, copies cachées"),
        ("accusé de réception", "Aide : accusé de lecture, brouillons, copies cachées"),
        ("imprimer", "Aide : images et impression d’un courriel"),
        ("désabonner", "Expéditeurs refusés"),
        ("transférer mon courrier", "Filtres"),
        ("taille de ma messagerie", "Taille de la boîte, corbeille, logiciels permis"),
        ("bloquer quelqu'un", "Expéditeurs refusés"),
        ("abonnement", "Expéditeurs refusés"),
        ("récupérer mes anciens mails", "Importer d’une autre messagerie"),
        ("signature avec photo", "Signatures"),
        ("délégué", "Confier ma boîte"),
        ("renvoyer vers ma boite perso", "Filtres"),
        ("nom de jeune fille", "Identités : nom affiché, adresse, adresse de réponse"),
        ("clé usb", "Clés d’accès"),
        ("fingerprint", "Clés d’accès"),
        ("confidentialité", "Données personnelles : vos droits"),
        ("supprimer mon compte", "Données personnelles : vos droits"),
    ],
)
def test_accents_plurals_and_beginnings_do_not_matter(query: str, title: str) -> None:
    assert titles(query)[0] == title


def test_every_word_counts_and_nothing_finds_nothing() -> None:
    assert titles("") == titles("   ") == titles("?") == []
    assert titles("signature zzz") == []


def test_the_first_page_lists_every_group(client: Client, nicolas: Account) -> None:
    page = client.get("/parametres/").content.decode()
    for title in ("Notifications d’absence", "Filtres", "Signatures et identités", "Affichage", "Sécurité"):
        assert f"<span>{title}</span>" in page
    assert "Aucune absence" in page


def test_the_script_of_the_search_is_loaded_once(client: Client, nicolas: Account) -> None:
    """Run twice, it would define its element twice, which browsers refuse."""
    page = client.get("/parametres/").content.decode()
    assert page.count("<settings-search>") == 2
    assert len(re.findall(r"ui/settings-search[^\"]*\.js", page)) == 1


def test_the_search_answers_without_a_script_and_as_one_types(client: Client, nicolas: Account) -> None:
    page = client.get("/parametres/", {"q": "tampon"}).content.decode()
    assert 'href="/parametres/identites#identities-title"' in page
    assert "<h1>Paramètres</h1>" in page
    fragment = client.get("/parametres/", {"q": "tampon"}, headers={"HX-Request": "true"}).content.decode()
    assert 'href="/parametres/identites#identities-title"' in fragment
    assert "<html" not in fragment
    none = as_typed(client.get("/parametres/", {"q": "<zzz>"}).content.decode())
    assert "Aucun réglage pour « &lt;zzz&gt; »" in none


def test_reading_choices_stand_beside_the_theme(client: Client, nicolas: Account) -> None:
    client.post("/parametres/affichage", {"theme": "dark", "density": "serre", "marks_read": "non"})
    nicolas.refresh_from_db()
    assert nicolas.preferences == {"theme": "dark", "reading": {"density": "serre", "marks_read": False}}
    page = client.get("/parametres/affichage").content.decode()
    assert 'value="serre" id="id_density_3" checked' in page
    client.post("/parametres/affichage", {"theme": "light", "density": "géante"})
    nicolas.refresh_from_db()
    assert nicolas.preferences["theme"] == "dark"


@pytest.mark.parametrize(("back", "where"), [("/listes/?q=a", "/listes/?q=a"), ("//evil.example", "/")])
def test_the_account_menu_changes_the_theme_and_comes_back(
    client: Client, nicolas: Account, back: str, where: str
) -> None:
    answer = client.post("/parametres/affichage", {"theme": "dark", "next": back})
    assert answer["Location"] == where
    nicolas.refresh_from_db()
    assert nicolas.preferences == {"theme": "dark"}
