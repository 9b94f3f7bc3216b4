"""The words of a mailbox's story: action of the journal → what its members read."""

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
    "open": "a ouvert",
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
    "send": "a envoyé",
}
