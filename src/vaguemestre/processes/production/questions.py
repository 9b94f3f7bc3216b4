"""The questions of an installation without a file: each with a default and one sentence of reason.

Pure, but for the files of a certificate, which are read as soon as they are named.
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from vaguemestre.engines.tls.certificates import check_pair
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.people.directory.rules.academies import ACADEMIES
from vaguemestre.people.directory.rules.departments import NAMES as DEPARTMENTS
from vaguemestre.people.directory.rules.places import department_label
from vaguemestre.site.config import checks

type Answers = Mapping[str, str]

ACME, AUTHORITY, DIRECT, ROOT = "acme", "authority", "direct", "racine"
WORDS = (ACME, AUTHORITY, DIRECT, ROOT)  # understood however they are written
_CORSICA = ("620", "720")


def _always(_given: Answers) -> bool:
    return True


@dataclass(frozen=True)
class Question:
    """`default`, `fault` and `is_asked` may use the answers before it.

    `fault`: what is expected instead; empty for a right answer.
    """

    name: str
    text: str
    reason: str
    default: Callable[[Answers], str]
    fault: Callable[[Answers, str], str]
    is_asked: Callable[[Answers], bool] = field(default=_always)


def _code_fault(_given: Answers, answer: str) -> str:
    return "" if answer in ACADEMIES else "le code d’une académie, sur deux chiffres (20 : Amiens)"


def _named(given: Answers) -> str:
    name = ACADEMIES[given["code"]].name
    return f"Académie d’{name}" if name[0] in "AEIOUÉ" else f"Académie de {name}"


def _name_fault(_given: Answers, answer: str) -> str:
    is_right = checks.LINE.holds(answer) and not set('"\\') & set(answer)
    return "" if is_right else 'une ligne de texte de 200 signes au plus, sans guillemet (") ni « \\ »'


def _departments_of(given: Answers) -> str:
    labels = ACADEMIES[given["code"]].departments
    return " ".join(
        next(code for code in (*_CORSICA, label.zfill(3)) if department_label(code) == label)
        for label in labels
    )


def _departments_fault(given: Answers, answer: str) -> str:
    codes = answer.split()
    labels = ACADEMIES[given["code"]].departments
    unknown = [code for code in codes if len(code) != 3 or department_label(code) not in DEPARTMENTS]
    if unknown or not codes:
        return "des départements écrits comme dans un UAI (002 080 620), séparés par une espace"
    elsewhere = [code for code in codes if department_label(code) not in labels]
    academie = ACADEMIES[given["code"]].name
    return f"des départements de l’académie « {academie} » ({', '.join(labels)})" if elsewhere else ""


def _domain_of(given: Answers) -> str:
    name = ACADEMIES[given["code"]].name.removeprefix("La ").lower().replace(" ", "-")
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return f"ac-{plain}.fr"


def _domain_fault(_given: Answers, answer: str) -> str:
    return "" if checks.is_domain(answer) else "un nom de domaine seul, sans « https:// » ni rien derrière"


def _certificate_fault(_given: Answers, answer: str) -> str:
    if answer in (ACME, AUTHORITY):
        return ""
    if fault := _file_fault(answer):
        return f"« acme », « authority », ou {fault}"
    try:
        certificate = x509.load_pem_x509_certificate(Path(answer).read_bytes())
    except (OSError, ValueError):
        return "un fichier qui commence par le certificat au format PEM"
    is_valid = certificate.not_valid_before_utc <= datetime.now(UTC) < certificate.not_valid_after_utc
    return (
        ""
        if is_valid
        else f"un certificat valable (fin de celui-ci : {certificate.not_valid_after_utc:%d/%m/%Y})"
    )


def _file_fault(answer: str) -> str:
    is_there = checks.ABSOLUTE_PATH.holds(answer) and '"' not in answer and Path(answer or ".").is_file()
    return "" if is_there and "\\" not in answer else "le chemin absolu d’un fichier qui est là"


def _key_fault(given: Answers, answer: str) -> str:
    if fault := _file_fault(answer):
        return fault
    try:
        check_pair(Path(given["certificate"]).read_bytes(), Path(answer).read_bytes(), now=datetime.now(UTC))
    except (OSError, EngineRefused):
        return "la clé privée de ce certificat, au format PEM et sans mot de passe"
    return ""


def _resolvers_fault(_given: Answers, answer: str) -> str:
    is_right = answer == ROOT or all(checks.is_ip_address(address) for address in answer.split())
    return "" if is_right else "« racine », ou des adresses IP séparées par une espace"


def _contact_fault(_given: Answers, answer: str) -> str:
    return "" if checks.is_mail_address(answer) else "une adresse de courriel"


def _way_out_fault(_given: Answers, answer: str) -> str:
    is_named = checks.is_host(answer) and bool(set(".:") & set(answer))
    return "" if answer == DIRECT or is_named else "« direct », ou le nom complet d’un serveur"


QUESTIONS = (
    Question(
        "code",
        "Code de l’académie (deux chiffres)",
        "Les NUMEN qu’elle attribue commencent par lui ; plusieurs des réponses proposées en viennent.",
        lambda given: "20",
        _code_fault,
    ),
    Question(
        "name",
        "Nom de l’académie",
        "Il est écrit en haut des pages et sur les lettres.",
        _named,
        _name_fault,
    ),
    Question(
        "departments",
        "Départements, écrits comme dans un UAI et séparés par une espace",
        "Chacun a un service du premier degré.",
        _departments_of,
        _departments_fault,
    ),
    Question(
        "domain",
        "Domaine des adresses",
        "Ce qui suit l’arobase ; les enregistrements DNS à publier en viennent.",
        _domain_of,
        _domain_fault,
    ),
    Question(
        "host",
        "Nom du site",
        "L’adresse que les gens tapent ; le certificat doit la porter.",
        lambda given: f"messagerie.{given['domain']}",
        _domain_fault,
    ),
    Question(
        "resolvers",
        "DNS à interroger : « racine », ou les adresses des serveurs DNS de votre réseau",
        "Cette machine a son propre résolveur ; si le réseau ferme l’Internet à ses questions, "
        "il les pose à vos serveurs.",
        lambda given: ROOT,
        _resolvers_fault,
    ),
    Question(
        "certificate",
        "Certificat : fichier PEM suivi de sa chaîne, « acme » (Let’s Encrypt) ou « authority » (l’instance)",
        "Sans certificat reconnu, les logiciels avertissent ; « acme » le demande une fois les noms publiés.",
        lambda given: ACME,
        _certificate_fault,
    ),
    Question(
        "key",
        "Clé privée du certificat (fichier PEM)",
        "Elle reste lisible de root et de nginx seulement.",
        lambda given: str(Path(given["certificate"]).with_suffix(".key")),
        _key_fault,
        lambda given: given["certificate"] not in (ACME, AUTHORITY),
    ),
    Question(
        "contact",
        "Adresse de contact",
        "Elle est montrée sur la page d’aide, et donnée à l’autorité qui fait le certificat.",
        lambda given: f"assistance@{given['domain']}",
        _contact_fault,
    ),
    Question(
        "outgoing",
        "Envoi vers les autres domaines : « direct », ou le nom du serveur qui relaie",
        "En direct, le port 25 doit être ouvert vers l’extérieur. Le port et le mot de passe d’un relais "
        "s’écrivent ensuite dans le fichier ([mail.outgoing]).",
        lambda given: DIRECT,
        _way_out_fault,
    ),
)
