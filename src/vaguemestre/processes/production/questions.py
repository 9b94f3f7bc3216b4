"""The questions of an installation without a file: each with a default and one sentence of reason. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from vaguemestre.site.config import checks

type Ask = Callable[[str], str]  # shows a question; the answer typed


@dataclass(frozen=True)
class Question:
    """`default` may use the answers before it, by their names: `messagerie.{domain}`."""

    name: str
    text: str
    reason: str
    default: str
    is_right: Callable[[str], bool]
    wrong: str


def _is_place(answer: str) -> bool:
    return answer in ("acme", "authority") or answer.startswith("/")


def _is_way_out(answer: str) -> bool:
    return answer == "direct" or checks.is_host(answer)


QUESTIONS = (
    Question(
        "name",
        "Nom de l’académie",
        "Il est écrit en haut des pages et sur les lettres.",
        "Académie d’Amiens",
        lambda answer: bool(answer.strip()) and '"' not in answer,
        "une ligne de texte, sans guillemet",
    ),
    Question(
        "code",
        "Code de l’académie (deux chiffres)",
        "Les NUMEN qu’elle attribue commencent par lui.",
        "20",
        lambda answer: len(answer) == 2 and answer.isascii() and answer.isdigit(),
        "deux chiffres",
    ),
    Question(
        "departments",
        "Départements, séparés par une espace",
        "Chacun a un service du premier degré.",
        "002 060 080",
        lambda answer: bool(answer.split()) and answer.replace(" ", "").isalnum(),
        "des codes de trois signes, séparés par une espace",
    ),
    Question(
        "domain",
        "Domaine des adresses",
        "Ce qui suit l’arobase ; les enregistrements DNS à publier en viennent.",
        "ac-amiens.fr",
        checks.is_domain,
        "un nom de domaine",
    ),
    Question(
        "host",
        "Nom du site",
        "L’adresse que les gens tapent ; le certificat doit la porter.",
        "messagerie.{domain}",
        checks.is_domain,
        "un nom de domaine",
    ),
    Question(
        "certificate",
        "Certificat : fichier PEM suivi de sa chaîne, « acme » (Let’s Encrypt) ou « authority » (l’instance)",
        "Sans certificat reconnu, les logiciels avertissent ; « acme » le demande une fois les noms publiés.",
        "acme",
        _is_place,
        "un chemin absolu, « acme » ou « authority »",
    ),
    Question(
        "key",
        "Clé privée du certificat (fichier PEM ; vide sans fichier de certificat)",
        "Elle reste lisible de root et de nginx seulement.",
        "",
        lambda answer: answer == "" or answer.startswith("/"),
        "un chemin absolu, ou rien",
    ),
    Question(
        "contact",
        "Adresse de contact",
        "Elle est montrée sur la page d’aide.",
        "assistance@{domain}",
        checks.is_mail_address,
        "une adresse de courriel",
    ),
    Question(
        "outgoing",
        "Envoi vers les autres domaines : « direct », ou le nom du serveur qui relaie",
        "En direct, le port 25 doit être ouvert vers l’extérieur.",
        "direct",
        _is_way_out,
        "« direct », ou un nom de serveur",
    ),
)


def answers(ask: Ask, tell: Callable[[str], None]) -> dict[str, str]:
    """Ask every question until its answer is right; an empty answer is the default."""
    given: dict[str, str] = {}
    for question in QUESTIONS:
        default = question.default.format(**given)
        tell(f"\n{question.reason}")
        while True:
            answer = ask(f"{question.text} [{default}] : ").strip() or default
            if question.is_right(answer):
                break
            tell(f"Réponse attendue : {question.wrong}.")
        given[question.name] = answer
    return given


def file_from(given: Mapping[str, str]) -> str:
    """The configuration file these answers make."""
    departments = ", ".join(f'"{code}"' for code in given["departments"].split())
    return (
        f'[academy]\ncode = "{given["code"]}"\nname = "{given["name"]}"\ndomain = "{given["domain"]}"\n'
        f'departments = [{departments}]\nhelp_address = "{given["contact"]}"\n\n'
        f'[web]\npublic_url = "https://{given["host"]}"\nbehind_tls = true\n'
        f"{_tls(given)}{_outgoing(given)}"
    )


def _tls(given: Mapping[str, str]) -> str:
    match given["certificate"]:
        case "authority":
            return ""
        case "acme":
            return f'\n[tls]\nacme = "standalone"\nacme_contact = "{given["contact"]}"\n'
        case certificate:
            return f'\n[tls]\ncertificate = "{certificate}"\nkey = "{given["key"]}"\n'


def _outgoing(given: Mapping[str, str]) -> str:
    match given["outgoing"]:
        case "direct":
            return ""
        case host:
            return f'\n[mail.outgoing]\nmode = "relay"\nrelay_host = "{host}"\n'
