"""Shared mailbox of the college: messages received, answered and assigned.

And a letter of the department to the heads of its schools, so that a list has something in its archive.
"""

import email.policy
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import formataddr

from django.db import transaction

from vaguemestre.demo.cast import CAST, COLLEGE
from vaguemestre.demo.cast_accounts import accounts_of_cast
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.people.credentials.queries import account_of_mailbox, presented
from vaguemestre.people.directory.queries import academy_of_domain
from vaguemestre.post.mailstore.ports import Mailbox, open_mailbox
from vaguemestre.post.mailstore.values import MailLogin
from vaguemestre.post.outbox.services import queue_message
from vaguemestre.post.outbox.values import MessageToSend
from vaguemestre.schools.lists.rules.list_address import local_part
from vaguemestre.schools.sharing import queries, services
from vaguemestre.schools.sharing.values import MessageRef
from vaguemestre.site.config import Config

BY = "system"
_INBOX, _SENT = "INBOX", "Sent"


@dataclass(frozen=True)
class _Came:
    """A letter to the college: so many days ago, and who of the house answered what, if anybody did."""

    days: int
    sender: str
    address: str
    subject: str
    text: str
    by: str = ""
    answer: str = ""
    is_unread: bool = False


_CAME = (
    _Came(24, "Mairie d’Amiens, affaires scolaires", "scolaire@mairie-amiens.example",
          "Commission de sécurité : date proposée",
          "La commission de sécurité propose de visiter l’établissement un mardi matin de décembre. "
          "Pouvez-vous nous dire si le 8 vous convient ?",
          "head", "Le 8 décembre à 9 h nous convient. L’agent chef vous accueillera à la loge."),
    _Came(21, "Nadège Morel", "nadege.morel@famille.example", "Changement d’adresse",
          "Nous avons déménagé le 1er novembre. À qui adresser le justificatif de domicile ?",
          "secretary", "Vous pouvez me l’envoyer en réponse à ce courriel ; la fiche sera mise à jour."),
    _Came(20, "DSDEN de la Somme", "dsden80@ac-amiens.test", "Enquête lourde : rappel du calendrier",
          "La campagne de remontée des effectifs se termine vendredi. Merci de valider le constat."),
    _Came(17, "Cars Picardie Voyages", "devis@cars-picardie.example", "Devis n° 2026-118",
          "Veuillez trouver notre proposition pour le transport de 54 élèves vers Saint-Valery-sur-Somme.",
          "secretary", "Bien reçu, merci. Le devis est transmis au service de gestion."),
    _Came(14, "Karim Benali", "karim.benali@famille.example", "Conseil d’administration",
          "Je représenterai les parents au prochain conseil. Pourrais-je recevoir l’ordre du jour ?",
          "secretary", "L’ordre du jour vous parviendra dix jours avant la séance, avec les documents."),
    _Came(12, "Rectorat, DPE", "ce.dpe@ac-amiens.test", "Remplacement en mathématiques",
          "Une contractuelle est affectée dans votre établissement à compter de lundi pour 18 heures.",
          "head", "Merci beaucoup. Son emploi du temps sera prêt pour lundi 8 h."),
    _Came(10, "Fatou Diallo", "fatou.diallo@famille.example", "Bourse de collège",
          "Le dossier déposé en octobre est-il complet ? Je n’ai pas eu de réponse."),
    _Came(9, "Maison de la culture", "scolaires@maison-culture.example", "Spectacle du 15 janvier",
          "Deux classes de quatrième peuvent encore s’inscrire. Réponse souhaitée avant la fin du mois.",
          "secretary", "Nous retenons 56 places pour les 4e B et 4e C. Merci."),
    _Came(7, "Laurent Dupré", "laurent.dupre@famille.example", "Demi-pension : changement de régime",
          "Mon fils deviendra externe au deuxième trimestre. Quelle démarche faut-il suivre ?"),
    _Came(6, "Collège Saint-Martin", "ce.0809002x@ac-amiens.test", "Dossier d’un élève arrivant",
          "Merci de nous adresser le dossier scolaire de l’élève inscrit chez nous depuis le 9 novembre."),
    _Came(4, "Gendarmerie, brigade de prévention", "prevention@gendarmerie.example",
          "Intervention en 6e",
          "Nous confirmons l’intervention sur les usages du numérique le jeudi 10 décembre de 10 h à 12 h.",
          "head", "Merci. Les professeurs principaux de 6e seront présents."),
    _Came(3, "Élodie Flament", "elodie.flament@famille.example", "Attestation de scolarité",
          "Pourriez-vous m’envoyer une attestation de scolarité pour la caisse d’allocations ?",
          is_unread=True),
    _Came(2, "Sabrina Hénin", "sabrina.henin@famille.example", "Rendez-vous avec le principal",
          "Je souhaite rencontrer M. Vasseur au sujet de l’orientation de ma fille, plutôt après 17 h.",
          is_unread=True),
    _Came(1, "DSDEN de la Somme", "dsden80@ac-amiens.test", "Exercice « attentat intrusion »",
          "L’exercice doit être réalisé avant les vacances. Merci d’indiquer la date retenue.",
          is_unread=True),
    _Came(0, "Olivier Petit", "olivier.petit@famille.example", "Objet trouvé",
          "Ma fille a oublié une veste rouge au gymnase vendredi. L’avez-vous trouvée ?",
          is_unread=True),
)  # fmt: skip
_TAKEN = "Bourse de collège"
_NOTE = "J’ai rappelé le service des bourses : il manque l’avis d’imposition. J’attends leur courriel."


def fill_office(config: Config, now: datetime) -> None:
    """Fill the college's mailbox. Idempotent."""
    domain = config.academy.domain
    address = f"ce.{COLLEGE.uai.lower()}@{domain}"
    account_id = account_of_mailbox(address)
    box_id = queries.box_id_of_account(account_id or 0)
    if box_id is None:
        return
    people = _people(config)
    with open_mailbox.get()(MailLogin(address)) as box:
        for number, letter in enumerate(_CAME):
            at = (now - timedelta(days=letter.days)).replace(hour=7 + number % 9, minute=number * 7 % 60)
            _keep(box, box_id, letter, number, min(at, now - timedelta(minutes=10)), domain, people)
    _take(box_id, domain, people["secretary"], now)


def write_to_heads(config: Config, now: datetime) -> None:
    """Queue a message to the heads of schools through the outbox."""
    domain, sender = config.academy.domain, presented(_people(config)["hr_dsden"])
    if sender is None:
        return
    to = f"{local_part('directeurs-ecoles-60', '')}@{domain}"
    at = now - timedelta(seconds=now.second)
    message_id = f"<rentree.effectifs@{domain}>"
    content = _written((sender.name, sender.address), to, "Remontée des effectifs", _TO_HEADS, message_id, at)
    with transaction.atomic(durable=True):
        parcel = MessageToSend(
            sender.account_id, "demo-heads", message_id, sender.address, (to,), (),
            "Remontée des effectifs", content, now,
        )  # fmt: skip
        queue_message(parcel, by=BY, now=now)


_TO_HEADS = (
    "Mesdames et Messieurs les directeurs d’école,\n\nLa remontée des effectifs est ouverte jusqu’à vendredi "
    "soir. Merci de vérifier les élèves arrivés depuis la rentrée avant de valider.\n\n"
    "Pour toute question, répondez à ce courriel : la réponse ne vient qu’à moi.\n\nKarim Haddad"
)


def _keep(
    box: Mailbox, box_id: int, letter: _Came, number: int, at: datetime, domain: str, people: dict[str, int]
) -> None:
    address = f"ce.{COLLEGE.uai}@{domain}"
    message_id = f"<college.{number}@{letter.address.partition('@')[2]}>"
    if box.find_by_message_id(_INBOX, message_id):
        return
    text = f"Bonjour,\n\n{letter.text}\n\nCordialement,\n{letter.sender}"
    flags = [] if letter.is_unread else ["\\Seen"]
    if letter.answer:
        flags.append("\\Answered")
        _answer(box, box_id, letter, number, at + timedelta(hours=2), domain, people[letter.by])
    content = _written((letter.sender, letter.address), address, letter.subject, text, message_id, at)
    box.append(_INBOX, content, flags, at)


def _answer(
    box: Mailbox, box_id: int, letter: _Came, number: int, at: datetime, domain: str, account_id: int
) -> None:
    answers = f"<college.{number}@{letter.address.partition('@')[2]}>"
    message_id = f"<college.reponse.{number}@{domain}>"
    text = f"Bonjour,\n\n{letter.answer}\n\nCordialement,\n{COLLEGE.name}"
    content = _written(
        (COLLEGE.name, f"ce.{COLLEGE.uai}@{domain}"), letter.address, f"Re: {letter.subject}", text,
        message_id, at, answers,
    )  # fmt: skip
    box.append(_SENT, content, ["\\Seen"], at)
    with transaction.atomic(durable=True):
        services.record_sent(
            box_id, account_id, f"demo-{number}", message_id, answers, by=account_subject(account_id), now=at
        )


def _take(box_id: int, domain: str, account_id: int, now: datetime) -> None:
    """Assign a waiting message to a member and add a note."""
    number, letter = next((n, letter) for n, letter in enumerate(_CAME) if letter.subject == _TAKEN)
    message_id = f"<college.{number}@{letter.address.partition('@')[2]}>"
    place, by = MessageRef(box_id, message_id, message_id), account_subject(account_id)
    if queries.collaboration_on(place, 0, now).assignee:
        return
    services.assign_thread(place, account_id, by=by, now=now)
    services.add_note(place, account_id, _NOTE, by=by, now=now)


def _written(
    sender: tuple[str, str],
    to: str,
    subject: str,
    text: str,
    message_id: str,
    at: datetime,
    answers: str = "",
) -> bytes:
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"], message["Subject"] = formataddr(sender), to, subject
    message["Date"], message["Message-ID"] = at, message_id
    if answers:
        message["In-Reply-To"] = message["References"] = answers
    message.set_content(text)
    return message.as_bytes()


def _people(config: Config) -> dict[str, int]:
    academy = academy_of_domain(config.academy.domain)
    dossiers = {part.dossier: part.role for part in CAST}
    accounts = accounts_of_cast(academy.pk, list(dossiers))
    return {dossiers[dossier]: account_id for dossier, (account_id, _) in accounts.items()}
