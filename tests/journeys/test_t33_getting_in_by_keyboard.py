"""Getting in, and being helped in, without a mouse on a narrow screen; axe has nothing to say on the way."""

import base64
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page
from tests.browser import PATIENCE_MS, SIZES, access_faults, width_kept
from tests.journeys.conftest import Instance, wait_until
from tests.journeys.seen import code_of, label
from tests.people.intake.lines import line

from vaguemestre.people.intake.feed_parsers.hr import COLUMNS

pytestmark = [pytest.mark.engines, pytest.mark.browser]

UAI = "0801234G"
PLACE = f"""uai;nom;type;secteur;departement;commune;code_postal
{UAI};Collège Ada Lovelace;Collège;PUBLIC;080;Amiens;80000
"""
PASSWORD, OTHER = "corail-lampe-Verger-39", "tuile-osier-Brume-71"
SECRET = base64.b32encode(secrets.token_bytes(20)).decode()


@dataclass(frozen=True)
class Newcomer:
    numen: str
    born: str
    first_name: str
    last_name: str
    function: str

    @property
    def username(self) -> str:
        return f"{self.first_name[0]}{self.last_name}".lower()

    def in_feed(self) -> str:
        return line(
            dossier=f"T33-{self.last_name}", numen=self.numen, nom_naissance=self.last_name,
            prenom=self.first_name, date_naissance=self.born, uai=UAI, fonction=self.function,
            categorie="DIRECTION" if self.function == "DIR" else "2D_PUBLIC",
        )  # fmt: skip


HEAD = Newcomer("20E9700331QQA", "14/02/1971", "Solange", "Verdier", "DIR")
ALONE = Newcomer("20E0100333QQC", "27/07/1979", "Hermine", "Castaing", "EDU")
KEYED = Newcomer("20E0900334QQD", "31/12/1990", "Basile", "Ouvrard", "ENS")
AGENT = Newcomer("20E0400332QQB", "09/11/1983", "Octave", "Lagarrigue", "ENS")
EVERYBODY = (HEAD, AGENT, ALONE, KEYED)


class Hands:
    """Somebody without a mouse: what they do goes by Tab, letters, Space and Enter."""

    def __init__(self, page: Page, web: str) -> None:
        self.page, self.web = page, web

    def open(self, path: str) -> None:
        self.page.goto(self.web + path)
        self.look()

    def look(self) -> None:
        assert access_faults(self.page) == [], self.page.url
        assert width_kept(self.page), f"{self.page.url} is wider than its screen"

    def reach(self, wanted: Locator) -> None:
        """Tab until it has the focus, and the focus is seen."""
        wanted.wait_for()
        for _ in range(150):
            if wanted.evaluate("one => one === document.activeElement"):
                break
            self.page.keyboard.press("Tab")
        else:
            raise AssertionError(f"{wanted} is not reached by Tab on {self.page.url}")
        ring = wanted.evaluate(
            "one => { const s = getComputedStyle(one); return s.outlineStyle + s.boxShadow; }"
        )
        assert ring != "nonenone", f"the focus is not seen on {wanted} of {self.page.url}"

    def write(self, name: str, text: str) -> None:
        inputs = self.page.locator("input:not([type=hidden]), textarea")
        self.reach(inputs.and_(self.page.get_by_label(label(name))).first)
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(text)

    def check(self, name: str) -> None:
        box = self.page.get_by_role("checkbox", name=label(name))
        self.reach(box)
        self.page.keyboard.press("Space")
        assert box.is_checked()

    def choose(self, name: str) -> None:
        """Of a group of radios, by the arrows."""
        wanted = self.page.get_by_role("radio", name=label(name))
        self.reach(self.page.get_by_role("radio").first)
        self.page.keyboard.press("Space")
        while not wanted.is_checked():
            self.page.keyboard.press("ArrowDown")

    def pick(self, name: str, beginning: str) -> None:
        """Of a list that opens, by its first letters."""
        wanted = self.page.get_by_role("combobox", name=label(name))
        self.reach(wanted)
        self.page.keyboard.type(beginning)
        assert wanted.locator("option:checked").inner_text().startswith(beginning)

    def press(self, name: str, role: str = "button") -> None:
        """Enter on it, then the page that comes."""
        wanted = self.page.locator("main, header").get_by_role(role, name=label(name))  # type: ignore[arg-type]
        self.reach(wanted.first)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.look()

    def follow(self, name: str) -> None:
        self.press(name, "link")

    def reads(self, words: str) -> None:
        self.page.get_by_text(label(words)).first.wait_for()

    def shown(self, css: str) -> list[str]:
        return self.page.locator(css).all_inner_texts()


@pytest.fixture(scope="module")
def newcomers(instance: Instance, tmp_path_factory: pytest.TempPathFactory) -> None:
    """People of a school that no other test knows."""
    folder: Path = tmp_path_factory.mktemp("feed")
    feed, places = folder / "agents.csv", folder / "etablissements.csv"
    feed.write_text(
        "\n".join([";".join(COLUMNS), *(one.in_feed() for one in EVERYBODY), ""]), encoding="utf-8"
    )
    places.write_text(PLACE, encoding="utf-8")
    said = instance.cli("feed", "apply", str(feed), "--structures", str(places), check=False)
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.fixture
def somebody(instance: Instance, chromium: Browser) -> Iterator[Callable[[], Hands]]:
    """A fresh browser each time, on a telephone."""
    made = []

    def fresh() -> Hands:
        width, height = SIZES["phone"]
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale="fr-FR", color_scheme="dark"
        )
        context.set_default_timeout(PATIENCE_MS)
        made.append(context)
        return Hands(context.new_page(), instance.web)

    yield fresh
    for context in made:
        context.close()


def activate(hands: Hands, who: Newcomer) -> None:
    hands.open("/alogin")
    hands.follow("Je ne connais pas mon identifiant ou mon mot de passe")
    hands.write("NUMEN", who.numen)
    hands.write("Date de naissance", "01/01/1901")
    hands.press("Continuer")
    hands.reads("Nous ne pouvons pas continuer avec ces informations")
    hands.write("NUMEN", who.numen.lower())
    hands.write("Date de naissance", who.born)
    hands.press("Continuer")
    hands.write("Nouveau mot de passe", f"{who.first_name}-{who.last_name}-1234")
    hands.reads("Trop proche de vous")
    hands.press("Activer mon compte")
    hands.write("Nouveau mot de passe", PASSWORD)
    hands.write("Confirmer le mot de passe", PASSWORD)
    hands.check("J'accepte la charte")
    hands.press("Activer mon compte")
    hands.reads(f"Bonjour {who.first_name}")


def sign_in_operator(hands: Hands, instance: Instance, role: str) -> None:
    """Codes serve once: the next one, when another test used this one."""
    who = instance.account(role)
    hands.open("/alogin")
    hands.write("Identifiant", who["username"])
    hands.write("Mot de passe ou passcode OTP", who["password"])
    hands.press("Valider")

    typed: set[str] = set()  # five wrong ones begin the sign-in anew

    def is_in() -> bool:
        for ahead in (0, 1):
            code = code_of(who["totp_secret"], who["totp_period"], ahead)
            if code in typed:
                continue
            typed.add(code)
            hands.write("Code de vérification", code)
            hands.press("Valider")
            if "/alogin" not in hands.page.url:
                return True
        return False

    wait_until(is_in, 60)


def printed(hands: Hands, name: str) -> bytes:
    """The file behind a link reached by Tab."""
    link = hands.page.get_by_role("link", name=label(name))
    hands.reach(link)
    address = link.get_attribute("href") or ""
    if address.startswith("data:"):
        assert address.startswith("data:application/pdf;base64,")
        with hands.page.expect_download() as coming:
            hands.page.keyboard.press("Enter")
        return Path(coming.value.path()).read_bytes()
    return hands.page.request.get(hands.web + address).body()


@pytest.mark.usefixtures("newcomers")
def test_a_newcomer_protects_an_account(somebody: Callable[[], Hands]) -> None:
    hands = somebody()
    activate(hands, ALONE)
    hands.open("/parametres/securite")
    hands.follow("Ajouter une application")
    secret = hands.shown("#enrol-key")[0].replace(" ", "")
    hands.write("Code affiché par l'application", code_of(secret, 30))
    hands.press("Valider")
    codes = hands.shown("code.secret")
    assert len(set(codes)) == 10
    assert printed(hands, "Page à imprimer (PDF)").startswith(b"%PDF-")
    for page in ("securite/contact", "securite/mot-de-passe", "securite/cle", "activite", "appareils"):
        hands.open(f"/parametres/{page}")
    hands.press("Se déconnecter")
    hands.open("/alogin")
    hands.write("Identifiant", ALONE.username)
    hands.write("Mot de passe ou passcode OTP", PASSWORD)
    hands.press("Valider")
    hands.write("Code de vérification", "000000")
    hands.press("Valider")
    hands.reads("Ce code n'est pas le bon")
    hands.write("Code de vérification", codes[0])
    hands.press("Valider")
    hands.reads(f"Bonjour {ALONE.first_name}")


@pytest.mark.usefixtures("newcomers")
def test_two_people_give_an_account_back(instance: Instance, somebody: Callable[[], Hands]) -> None:
    """Who lost everything, an operator, and the head of the school who sees the person."""
    lost, head, desk = somebody(), somebody(), somebody()
    activate(lost, AGENT)
    activate(head, HEAD)
    sign_in_operator(desk, instance, "helpdesk")
    find(desk, AGENT, "Collège Ada Lovelace")
    desk.follow("Faire remettre un code en main propre")
    desk.choose(HEAD.first_name)
    desk.write("Motif", "Téléphone perdu, plus aucun contact")
    desk.press("Demander la confirmation")
    desk.reads("La deuxième personne est prévenue")

    head.open("/assistance/remises")
    head.follow(AGENT.first_name)
    head.write("Comment vous êtes-vous assuré de son identité", "Je le connais, il est devant moi")
    head.press("C'est bien elle : créer le code")
    code = head.shown("dd.secret")[0]

    back = somebody()
    back.open("/assistant/")
    back.follow("L'assistance m'a envoyé ou fait remettre un code")
    back.write("Identifiant ou NUMEN", AGENT.username)
    back.write("Date de naissance", AGENT.born)
    back.write("Code reçu", code)
    back.press("Continuer")
    back.write("Nouveau mot de passe", OTHER)
    back.write("Confirmer le mot de passe", OTHER)
    back.press("Changer mon mot de passe")
    back.write("Identifiant", AGENT.username)
    back.write("Mot de passe ou passcode OTP", OTHER)
    back.press("Valider")
    back.reads(f"Bonjour {AGENT.first_name}")
    lost.page.goto(f"{lost.web}/parametres/")
    assert "/alogin" in lost.page.url, "whoever was in before is out"


@pytest.mark.timeout(600)  # two people, some forty pages by keyboard
@pytest.mark.usefixtures("newcomers")
def test_a_key_is_handed_over_then_everything_is_closed(
    instance: Instance, somebody: Callable[[], Hands]
) -> None:
    """The receipt, the PIN its holder alone chooses, the passcode; then « Compromission »."""
    holder, desk = somebody(), somebody()
    activate(holder, KEYED)
    sign_in_operator(desk, instance, "helpdesk")
    serial = f"33-{secrets.randbelow(10**6):06d}"
    desk.open("/assistance/cles")
    desk.write("Liste du fabricant", f"{serial};{SECRET}")
    desk.press("Ajouter ces clés")
    desk.reads("1 clé ajoutée")
    find(desk, KEYED, KEYED.last_name)
    desk.follow("Clé OTP")
    desk.write("Numéro de série", serial)
    desk.write("Motif", "Remise en main propre, carte présentée")
    desk.press("Remettre la clé")
    assert printed(desk, "Reçu à signer (PDF)").startswith(b"%PDF-")

    holder.open("/parametres/securite")
    holder.follow("Choisir le code PIN")
    holder.write("Code PIN", "7302")
    holder.write("Confirmer le code PIN", "7302")
    holder.write("Chiffres affichés par la clé", code_of(SECRET, 60))
    holder.press("Valider")
    holder.reads("Le code PIN est choisi")
    holder.press("Se déconnecter")
    holder.open("/alogin")
    holder.write("Identifiant", KEYED.username)
    holder.write("Mot de passe ou passcode OTP", "7302" + code_of(SECRET, 60, 1))
    holder.press("Valider")
    holder.reads(f"Bonjour {KEYED.first_name}")

    find(desk, KEYED, KEYED.last_name)
    desk.write("Motif", "Messages frauduleux envoyés de ce compte")
    desk.press("Mettre à l’abri…")
    desk.reads("Le mot de passe est effacé")
    desk.press("Mettre à l’abri")
    desk.reads("Le compte est à l'abri")
    desk.reads("Aucune règle n'envoie ses courriels ailleurs")
    holder.page.goto(f"{holder.web}/messagerie/")
    assert "/alogin" in holder.page.url


@pytest.mark.usefixtures("newcomers")
def test_somebody_in_trouble_asks_and_is_answered(instance: Instance, somebody: Callable[[], Hands]) -> None:
    asks, desk = somebody(), somebody()
    asks.open("/aide")
    asks.follow("Demander de l'aide")
    asks.pick("Que se passe-t-il ?", "Je n’arrive pas")
    asks.write("Prénom et nom", "Hermine Castaing")
    asks.write("Votre demande", "Mon NUMEN est 20E0100333QQC et je n'entre pas")
    asks.press("Envoyer la demande")
    asks.reads("nous l'avons masqué")
    asks.press("Envoyer la demande")
    asks.reads("a reçu votre demande")
    where = asks.page.url
    sign_in_operator(desk, instance, "helpdesk")
    desk.open("/assistance/demandes")
    desk.follow("Je n'arrive pas à me connecter")
    assert "20E0100333QQC" not in desk.page.content()
    desk.write("Réponse", "Votre chef d'établissement vous remettra un code.")
    desk.press("Répondre")
    asks.page.goto(where)
    asks.look()
    asks.reads("vous remettra un code")


def find(desk: Hands, who: Newcomer, by: str) -> None:
    desk.open("/assistance/")
    desk.write("Nom, établissement, adresse ou identifiant", by)
    desk.press("Rechercher")
    desk.follow(f"{who.first_name} {who.last_name}")
