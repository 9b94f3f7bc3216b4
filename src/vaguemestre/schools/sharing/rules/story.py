"""The words of a mailbox's story: action of the journal → what its members read."""

import re
from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    "sharing.box-opened": "Boîte ouverte",
    "sharing.box-closed": "Boîte fermée",
    "sharing.owner-came": "Devient responsable",
    "sharing.owner-left": "N’est plus responsable",
    "sharing.member-added": "Membre ajouté",
    "sharing.member-changed": "Droits changés",
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
    "sharing.sorted": "Courriels rangés",
    "sharing.opened": "Ouvert",
}

DEEDS: Mapping[str, str] = {
    "enter": "est entré dans la boîte",
    "program": "a ouvert la boîte dans un logiciel de messagerie",
    "open": "a ouvert un courriel",
    "archive": "a archivé",
    "delete": "a supprimé",
    "junk": "a signalé comme indésirable",
    "not-junk": "a sorti des indésirables",
    "move": "a déplacé",
    "read": "a marqué comme lu",
    "unread": "a marqué comme non lu",
    "flag": "a suivi",
    "unflag": "a cessé de suivre",
    "save": "a enregistré",
    "send": "a envoyé un courriel",
    "answer": "a répondu à un courriel",
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

type Where = tuple[str, int, int]


def place_said(place: str) -> tuple[str, Where | None]:
    """The folder as people say it, and which message of it where one is meant."""
    found = _MESSAGE.fullmatch(place)
    folder = found["folder"] if found else place
    where = (folder, int(found["validity"]), int(found["uid"])) if found else None
    return _FOLDERS.get(folder, folder), where
