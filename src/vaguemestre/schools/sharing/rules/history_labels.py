"""French labels of the history and activity of a mailbox."""

import re
from collections.abc import Mapping
from typing import NamedTuple

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


_SORTED: Mapping[str, str] = {
    "archive": "a archivé",
    "delete": "a supprimé",
    "junk": "a signalé comme indésirable",
    "not-junk": "a sorti des indésirables",
    "move": "a déplacé",
    "flag": "a suivi",
    "unflag": "a cessé de suivre",
    "put-off": "a reporté",
    "put-back": "a fait revenir",
}
ACTIVITY_LABELS: Mapping[str, str] = {
    **_SORTED,
    **{f"{action}-all": f"{label} toute une liste de courriels" for action, label in _SORTED.items()},
    "enter": "est entré dans la boîte",
    "program": "a ouvert la boîte dans un logiciel de messagerie",
    "open": "a ouvert un courriel",
    "read": "a marqué comme lu",
    "unread": "a marqué comme non lu",
    "save": "a enregistré",
    "reminder": "a retiré un rappel",
    "recover": "a repris parmi les messages supprimés",
    "release": "a fait remettre un courriel de la quarantaine",
    "send": "a envoyé un courriel",
    "answer": "a répondu à un courriel",
    "schedule": "a programmé un envoi",
    "copies": "a lancé en publipostage",
    "copies-scheduled": "a programmé en publipostage",
    "copies-resumed": "a repris un publipostage",
    "copies-stopped": "a arrêté un publipostage",
}
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
