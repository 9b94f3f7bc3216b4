"""Generated letters in French: of schools, junk, fraud. No real mail, and no real sender."""

import random
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import NamedTuple

KINDS = ("school", "junk", "fraud")


class Letter(NamedTuple):
    kind: str
    sender: str
    content: bytes


_NAMES = ("Martin", "Bernard", "Petit", "Robert", "Durand", "Leroy", "Moreau", "Simon", "Laurent", "Roux")
_OPENINGS = {
    "school": (
        "Bonjour,",
        "Chers collègues,",
        "Bonjour Madame,",
        "Bonjour à toutes et à tous,",
        "Madame, Monsieur,",
    ),
    "junk": ("Cher client,", "Bonjour,", "Exclusif !", "Chère cliente, cher client,", "Félicitations !"),
    "fraud": ("Cher utilisateur,", "Bonjour,", "Madame, Monsieur,", "Cher abonné,", "Attention,"),
}
_SENTENCES = {
    "school": """Le conseil de classe de la troisième B aura lieu jeudi à dix-sept heures en salle douze.
Merci de saisir les appréciations avant mercredi midi dans le logiciel de notes.
La sortie au musée est maintenue, les autorisations sont à rendre au secrétariat.
Je serai absente lundi matin pour une formation, les élèves de sixième seront en permanence.
Le compte rendu de la réunion pédagogique est joint à ce message.
Pourriez-vous me confirmer votre présence à la rencontre avec les parents ?
L’exercice d’évacuation se déroulera mardi pendant la deuxième heure de cours.
Les convocations au brevet blanc sont à distribuer aux élèves cette semaine.
Mon fils sera absent demain, il a un rendez-vous chez le médecin.
Le planning des surveillances est affiché en salle des professeurs.
Les manuels de mathématiques sont arrivés, ils sont au centre de documentation.
La commission permanente examinera le budget et les voyages scolaires.
Merci de transmettre les heures supplémentaires du mois avant vendredi.
Le professeur principal souhaite rencontrer la famille au sujet de l’orientation.
Les stages de troisième commencent après les vacances, les conventions sont à signer.
Nous cherchons des accompagnateurs pour la piscine le vendredi après-midi.
Le menu de la cantine change à cause de la livraison.
L’inspectrice viendra dans la classe de Madame Petit le douze.
La salle informatique est fermée ce matin, la panne est signalée.
Je vous envoie les sujets de physique pour la photocopie.""",
    "junk": """Profitez de remises incroyables jusqu’à quatre-vingts pour cent sur tout le site.
Gagnez un téléphone dernier cri en répondant à trois questions.
Perdez dix kilos en deux semaines grâce à notre formule minceur naturelle.
Votre crédit immédiat sans justificatif, réponse en deux minutes.
Offre réservée aux cinquante premiers clients, commandez maintenant.
Isolez vos combles pour un euro, prime cumulable ce mois-ci.
Doublez vos revenus depuis chez vous avec notre méthode secrète.
Nos montres de luxe sont soldées, livraison gratuite partout.
Investissez dans la monnaie numérique, rendement garanti chaque jour.
Rencontrez des célibataires près de chez vous dès ce soir.
Votre mutuelle vous coûte trop cher, comparez gratuitement.
Panneaux solaires financés, demandez votre étude gratuite.
Casino en ligne, deux cents euros offerts sans dépôt.
Pilules efficaces sans ordonnance, expédition discrète.
Dernière chance avant la fin de la promotion exceptionnelle.
Recevez votre coffret cadeau, il ne reste que les frais de port.""",
    "fraud": """Votre messagerie a atteint sa limite, validez votre compte sous vingt-quatre heures.
Une connexion inhabituelle a été détectée, confirmez vos identifiants.
Votre mot de passe expire aujourd’hui, conservez-le en cliquant ici.
Votre colis est retenu, réglez les frais de douane pour le recevoir.
Un remboursement de trois cent douze euros vous attend, remplissez le formulaire.
Votre carte vitale doit être renouvelée, mettez à jour vos informations bancaires.
Le service informatique vous demande de vérifier votre boîte sans délai.
Votre compte sera fermé définitivement sans action de votre part.
Une amende impayée sera majorée, payez avant minuit.
Êtes-vous disponible ? J’ai besoin de cartes cadeaux pour une urgence.
Votre salaire n’a pas pu être versé, indiquez votre nouveau relevé d’identité bancaire.
Le document partagé exige que vous saisissiez votre mot de passe.
Votre compte de formation expire, réclamez vos droits maintenant.
Confirmez votre numéro de carte pour débloquer votre accès.""",
}
_SUBJECTS = {
    "school": (
        "Conseil de classe",
        "Réunion de jeudi",
        "Absence",
        "Sortie scolaire",
        "Re: planning",
        "Convocations",
    ),
    "junk": (
        "Offre exclusive",
        "Vous avez gagné",
        "Remise exceptionnelle",
        "Dernière chance",
        "Votre cadeau",
    ),
    "fraud": (
        "Action requise",
        "Votre compte",
        "Quota dépassé",
        "Colis en attente",
        "Remboursement",
        "Urgent",
    ),
}
_DOMAINS = {
    "school": ("college-exemple.example", "famille.example", "mairie.example", "editeur.example"),
    "junk": ("promo-du-jour.example", "bonsplans.example", "offres.example", "infolettre.example"),
    "fraud": ("support-comptes.example", "service-client.example", "securite.example", "boite.example"),
}


def letters(each: int) -> list[Letter]:
    """`each` letters of each kind, no two the same but by chance."""
    return [_letter(kind) for kind in KINDS for _ in range(each)]


def _letter(kind: str) -> Letter:
    pick = random.choice
    name, domain = pick(_NAMES), pick(_DOMAINS[kind])
    sender = f"{name.lower()}{random.randrange(99)}@{domain}"
    message = EmailMessage(policy=SMTP)
    message["From"] = f"{name} <{sender}>"
    message["To"] = "marie.dupont@ac-exemple.example"
    message["Subject"] = f"{pick(_SUBJECTS[kind])} {random.randrange(99)}"
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=domain)
    sentences = random.sample(_SENTENCES[kind].split("\n"), random.randint(3, 6))
    if kind != "school" or random.random() < 0.3:
        sentences.append(f"https://{pick(('www', 'page', 'mon'))}.{domain}/{random.randrange(9999)}")
    message.set_content("\n".join((pick(_OPENINGS[kind]), "", *sentences, "", f"{pick(_NAMES)} {name}")))
    return Letter(kind, sender, message.as_bytes())
