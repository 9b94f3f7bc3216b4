"""Contacts, lists, the registry and the link with the ENT, without a mouse, on a desk zoomed twice."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, expect
from tests.browser import PATIENCE_MS
from tests.journeys.conftest import Instance
from tests.journeys.seen import label
from tests.journeys.test_t33_getting_in_by_keyboard import Hands, sign_in_operator

pytestmark = [pytest.mark.engines, pytest.mark.browser]

CARD = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:{name}\r\nEMAIL:{name}@exemple.fr\r\nEND:VCARD\r\n"
SUCCESS = (
    '<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas"><cas:authenticationSuccess>'
    "<cas:user>{user}</cas:user></cas:authenticationSuccess></cas:serviceResponse>"
)


@pytest.fixture
def hands(instance: Instance, chromium: Browser) -> Iterator[Hands]:
    """Half of 1280 by 860, as a browser at 200 % shows it."""
    context = chromium.new_context(
        viewport={"width": 640, "height": 430}, locale="fr-FR", reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE_MS)
    yield Hands(context.new_page(), instance.web)
    context.close()


def sign_in(hands: Hands, instance: Instance, role: str) -> None:
    who = instance.account(role)
    hands.open("/alogin")
    hands.write("Identifiant", who["username"])
    hands.write("Mot de passe ou passcode OTP", who["password"])
    hands.press("Valider")


def unfold(hands: Hands, name: str) -> None:
    """What a line hides."""
    hands.reach(hands.page.locator("main summary").filter(has_text=label(name)).first)
    hands.page.keyboard.press("Enter")
    hands.look()


def test_contacts_are_kept(hands: Hands, instance: Instance, tmp_path: Path) -> None:
    mark = secrets.token_hex(3)
    name, other = f"Ada {mark}", f"import{mark}"
    sign_in(hands, instance, "teacher")
    hands.open("/contacts/")
    hands.follow("Nouveau contact")
    hands.press("Enregistrer")
    hands.reads("Donnez un nom")
    wrong = hands.page.get_by_label("Nom", exact=True)
    assert wrong.evaluate("one => one === document.activeElement"), "the keyboard is not where it is wrong"
    hands.write("Nom", name)
    hands.write("Adresse électronique", f"{mark}@exemple.fr")
    hands.press("Enregistrer")
    hands.follow(name)
    hands.follow("Modifier")
    hands.write("Téléphone portable", "06 00 00 00 00")
    hands.press("Enregistrer")

    hands.open("/contacts/")
    hands.follow("Nouveau groupe")
    hands.write("Nom du groupe", f"Groupe {mark}")
    hands.check(name)
    hands.press("Enregistrer")
    hands.open("/contacts/?vue=groupes")
    hands.follow(f"Groupe {mark}")
    hands.press("Supprimer ce groupe")
    hands.press("Supprimer")

    file = tmp_path / "carnet.vcf"
    file.write_text(CARD.format(name=other), encoding="utf-8")
    hands.page.on("filechooser", lambda _: None)  # before Space: the browser learns late
    hands.open("/contacts/")
    unfold(hands, "Importer")
    hands.reach(hands.page.get_by_label("Fichier de contacts"))
    with hands.page.expect_file_chooser() as asked:
        hands.page.keyboard.press("Space")
    asked.value.set_files(file)
    hands.press("Importer")
    hands.reads("1 contact")
    for one in (name, other):
        hands.open(f"/contacts/?q={one}")
        hands.follow(one)
        hands.follow("Modifier")
        hands.press("Supprimer ce contact")
        hands.press("Supprimer")


def test_the_keyboard_stays_where_it_acts(hands: Hands, instance: Instance) -> None:
    """What a button changes around it leaves the focus on it, or on what it brought."""
    page, mark = hands.page, secrets.token_hex(3)
    sign_in(hands, instance, "colleague")
    hands.open("/parametres/absence")
    hands.reach(page.get_by_role("button", name="Congés"))
    form = page.locator("#absence").element_handle()
    page.keyboard.press("Enter")
    page.wait_for_function("old => !old.isConnected", arg=form)
    expect(page.get_by_role("button", name="Congés")).to_be_focused()

    names = [f"{mark} un", f"{mark} deux"]
    for name in names:
        hands.open("/parametres/filtres")
        hands.follow("Nouveau filtre")
        hands.write("Nom du filtre", name)
        hands.write("Mots de la condition 1", f"{mark}@exemple.fr")
        hands.press("Ajouter une condition")
        expect(page.get_by_label("Condition 2", exact=True)).to_be_focused()
        hands.check("Marquer comme lu")
        hands.press("Essayer sur les courriels reçus")
        expect(page.get_by_role("status").filter(has_text="de la boîte de réception")).to_be_focused()
        hands.press("Enregistrer le filtre")
    hands.press(f"Monter {names[1]}")
    edit = page.get_by_role("link", name=f"Modifier {names[1]}")
    again = page.get_by_role("button", name=f"Monter {names[1]}")
    assert edit.or_(again).evaluate_all("found => found.includes(document.activeElement)")
    hands.press(f"Désactiver {names[0]}")
    expect(page.get_by_role("button", name=f"Activer {names[0]}")).to_be_focused()
    for name in names:
        hands.press(f"Supprimer {name}")


def test_a_list_gets_its_rule(hands: Hands, instance: Instance) -> None:
    mark = secrets.token_hex(3)
    sign_in(hands, instance, "head")
    hands.open("/listes/")
    hands.follow("Nouvelle liste")
    hands.write("Titre", f"Lettres {mark}")
    hands.write("Nom dans l'adresse", f"lettres-{mark}")
    hands.choose("Tenue par l'annuaire")
    hands.press("Créer la liste")
    hands.check("Enseignement")
    hands.press("Voir qui la recevrait")
    hands.reads("pas encore enregistrée")
    assert hands.page.get_by_role("checkbox", name="Enseignement").first.is_checked()
    assert hands.page.get_by_role("heading", name="Avec cette règle").evaluate(
        "one => one.getBoundingClientRect().top < innerHeight"
    ), "the answer is not on the screen"
    hands.press("Enregistrer la règle")
    hands.reads("La règle est enregistrée")


def test_an_application_is_registered_and_removed(hands: Hands, instance: Instance) -> None:
    client_id = f"clavier-{secrets.token_hex(3)}"
    sign_in_operator(hands, instance, "administrator")
    hands.open("/administration/applications/")
    hands.follow("OpenID Connect")
    hands.write("Identifiant (client_id)", client_id)
    hands.write("Nom", "Sans souris")
    hands.write("Adresses", "https://application.example/retour")
    unfold(hands, "Catégories")
    hands.check("Second degré public")
    hands.press("Inscrire")
    hands.reads("L'application est inscrite")
    hands.write("Description", "Tout au clavier")
    hands.press("Appliquer les modifications")
    hands.reads("Modifications appliquées")
    hands.press("Retirer Sans souris")
    hands.reads("Retirer Sans souris ?")
    hands.press("Retirer Sans souris")
    hands.reads("Sans souris est retirée")


@contextmanager
def ent(port: int, user: str) -> Iterator[None]:
    """A CAS server where somebody is already signed in."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            if asked.path == "/cas/login":
                service = parse_qs(asked.query)["service"][0]
                self.send_response(302)
                self.send_header("Location", f"{service}&{urlencode({'ticket': 'ST-1'})}")
                self.end_headers()
                return
            self.send_response(200)
            self.end_headers()
            self.wfile.write(SUCCESS.format(user=user).encode())

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def test_the_account_of_the_ent_is_linked_and_unlinked(hands: Hands, instance: Instance) -> None:
    user = f"camille.{secrets.token_hex(3)}"
    with ent(instance.ent_port, user):
        hands.page.goto(f"{hands.web}/ent/")
        hands.look()
        who = instance.account("teacher")
        hands.write("Identifiant", who["username"])
        hands.write("Mot de passe ou passcode OTP", who["password"])
        hands.press("Valider")
        hands.reads(user)
        hands.page.set_viewport_size({"width": 390, "height": 844})
        hands.page.emulate_media(color_scheme="dark")
        hands.look()
        hands.press("Relier")
        hands.open("/classes/")
        hands.press("Délier")
    assert hands.page.get_by_role("button", name="Délier").count() == 0
