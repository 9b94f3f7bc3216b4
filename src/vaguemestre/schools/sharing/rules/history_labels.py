"""French labels of the history and activity of a mailbox."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.schools.sharing.values import MessageLocation

HISTORY_LABELS: Mapping[str, str] = {
    "sharing.box-opened": "Boîte ouverte",
    "sharing.box-closed": "Boîte fermée",
    "sharing.owner-came": "Devient responsable",
    "sharing.owner-left": "N’est plus responsable",
    "sharing.member-added": "Membre ajouté",
    "sharing.member-changed": "Droits changés",
    "sharing.owner-taken-back": "Responsable repris par l’administration",
    "sharing.member-ended": "Accès terminé",
    "sharing.key-made": "Mot de passe d’application créé",
    "sharing.key-revoked": "Mot de passe d’application révoqué",
    "sharing.taken": "Pris en charge",
    "sharing.left": "Prise en charge rendue",
    "sharing.assigned": "Confié",
    "sharing.closed": "Classé",
    "sharing.reopened": "Rouvert",
    "sharing.noted": "Note interne",
    "sharing.answered": "Réponse envoyée",
    "sharing.sent": "Courriel envoyé",
    "sharing.scheduled": "Envoi programmé",
    "sharing.copies-sent": "Publipostage lancé",
    "sharing.copies-scheduled": "Publipostage programmé",
    "sharing.copies-resumed": "Publipostage repris",
    "sharing.copies-stopped": "Publipostage arrêté",
    "sharing.sorted": "Courriels rangés",
    "sharing.opened": "Ouvert",
}

# What is recorded of the account of the mailbox, whose settings every member who manages changes.
SETTING_LABELS: Mapping[str, str] = {
    "sorting.absence-saved": "Notification d’absence changée",
    "sorting.absence-ended": "Notification d’absence terminée",
    "sorting.filter-saved": "Filtre enregistré",
    "sorting.filter-switched": "Filtre activé ou désactivé",
    "sorting.filter-dropped": "Filtre supprimé",
    "sorting.filter-passed": "Filtre appliqué aux anciens courriels",
    "sorting.filter-deletes": "Filtre qui supprime des courriels",
    "sorting.forward-set": "Courriels transférés à",
    "sorting.filter-stopped": "Filtre désactivé depuis un avertissement",
    "sorting.redirects-stopped": "Renvois de courrier arrêtés",
    "sorting.spam-saved": "Choix sur les indésirables enregistrés",
    "sorting.expert-saved": "Filtre écrit à la main enregistré",
    "sorting.expert-stopped": "Filtre écrit à la main désactivé",
    "sorting.script-by-program": "Script de tri mis en place par un logiciel",
    "compose.identity-saved": "Identité d’envoi enregistrée",
    "compose.identity-removed": "Identité d’envoi retirée",
    "compose.reply-to-set": "Réponses demandées à une adresse extérieure",
    "compose.reply-to-removed": "Adresse de réponse retirée",
}
_WHAT = ("about", "address", "name")  # details that say what a line is about, the first that is there


def what_about(details: Mapping[str, object]) -> str:
    """What a line of the journal is about, as its details name it; empty when they do not."""
    return next((str(details[name]) for name in _WHAT if details.get(name)), "")


# %s: how many messages.
_SORTED: Mapping[str, str] = {
    "archive": "a archivé %s",
    "delete": "a supprimé %s",
    "junk": "a mis %s parmi les indésirables",
    "not-junk": "a sorti %s des indésirables",
    "move": "a déplacé %s",
    "flag": "a suivi %s",
    "unflag": "a cessé de suivre %s",
    "put-off": "a reporté %s",
    "put-back": "a fait revenir %s",
}
ACTIVITY_LABELS: Mapping[str, str] = {
    **_SORTED,
    **{f"{action}-all": label % "toute une liste de courriels" for action, label in _SORTED.items()},
    "enter": "a ouvert la boîte",
    "program": "a ouvert la boîte dans un logiciel de messagerie",
    "open": "a ouvert %s",
    "read": "a marqué %s comme lu",
    "unread": "a marqué %s comme non lu",
    "save": "a enregistré %s",
    "reminder": "a retiré le rappel de %s",
    "recover": "a repris %s parmi les messages supprimés",
    "release": "a fait remettre %s de la quarantaine",
    "send": "a envoyé %s",
    "answer": "a répondu à %s",
    "schedule": "a programmé un envoi",
    "copies": "a lancé un publipostage de %s",
    "copies-scheduled": "a programmé un publipostage de %s",
    "copies-resumed": "a repris un publipostage de %s",
    "copies-stopped": "a arrêté un publipostage de %s",
}


def activity_words(action: str, number: int) -> str:
    """What a member did, with how many messages: « a supprimé un courriel », « a archivé 4 courriels »."""
    words = counted(number, "courriel") if number > 1 else "un courriel"
    return ACTIVITY_LABELS.get(action, action).replace("%s", words)


_FOLDERS: Mapping[str, str] = {
    "INBOX": "Boîte de réception",
    "Drafts": "Brouillons",
    "Sent": "Envoyés",
    "Archive": "Archives",
    "Junk": "Indésirables",
    "Trash": "Corbeille",
}
_MESSAGE = re.compile(r"(?P<folder>.+)/(?P<validity>\d+)/(?P<uid>\d+)", re.DOTALL)


class ActivityPlace(NamedTuple):
    """A folder by its French name, and the message of it if the action was on one message."""

    folder: str
    location: MessageLocation | None


def describe_place(place: str) -> ActivityPlace:
    """The parsed `place` of an activity: a folder, or `folder/uid_validity/uid`."""
    match = _MESSAGE.fullmatch(place)
    folder = match["folder"] if match else place
    location = MessageLocation(folder, int(match["validity"]), int(match["uid"])) if match else None
    return ActivityPlace(_FOLDERS.get(folder, folder), location)
