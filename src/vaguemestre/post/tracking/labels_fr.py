"""French labels of the steps and fates of messages."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from vaguemestre.post.mailstore.values import QUARANTINE
from vaguemestre.post.trace.rules.stories import is_put_off, is_to_mailbox
from vaguemestre.post.trace.rules.verdicts import verdict_of_step
from vaguemestre.post.trace.values import Engine, Fate, Step, StepKind, Verdict

FATES = {
    Fate.ON_ITS_WAY: "En route",
    Fate.WAITING: "En attente",
    Fate.HELD: "Retenu",
    Fate.DELIVERED: "Remis",
    Fate.DISCARDED: "Jeté par un filtre",
    Fate.REFUSED: "Refusé",
    Fate.REJECTED: "Refusé à l’entrée",
    Fate.PUT_OFF: "Remis à plus tard",
}
FATE_CHOICES = {**FATES, Fate.DISCARDED: "Jeté"}  # of a search: by a filter, or by a decision
QUARANTINED = "Mis en quarantaine"
REMOVED = "Retiré de la boîte"
THROWN_AWAY = "Jeté : personne ne l’a reçu"
VERDICTS = {
    Verdict.JUNK: "Indésirable",
    Verdict.VIRUS: "Virus",
    Verdict.MACRO: "Macros",
    Verdict.FRAUD: "Lien dangereux",
    Verdict.REFUSED: "Refusé à la lecture",
    Verdict.PUT_OFF: "Remis à plus tard",
    Verdict.UNEXAMINED: "Non examiné",
}
_TITLES = {
    StepKind.REJECTED: "Refusé à l’entrée",
    StepKind.RECEIVED: "Reçu d’un autre serveur",
    StepKind.IDENTIFIED: "Identifié",
    StepKind.ABANDONED: "Interrompu avant la fin",
    StepKind.HELD: "Retenu jusqu’à une décision",
    StepKind.JUDGED: "Jugé par le filtre",
    StepKind.QUEUED: "Accepté et mis en file",
    StepKind.DEFERRED: "Essai sans succès, un autre suivra",
    StepKind.UNEXAMINED: "Antivirus absent : sera examiné à son retour",
    StepKind.FILED: "Rangé",
    StepKind.COPIED: "Copié",
    StepKind.FORWARDED: "Transféré par un filtre",
    StepKind.ANSWERED: "Réponse automatique envoyée",
    StepKind.DISCARDED: "Jeté par un filtre",
    StepKind.DELIVERED: "Remis",
    StepKind.REFUSED: "Refusé",
    StepKind.DONE: "Terminé : plus rien n’attend",
    StepKind.DELETED: "Supprimé de la boîte",
}
_ICONS = {
    StepKind.REJECTED: "x", StepKind.REFUSED: "x", StepKind.DEFERRED: "clock", StepKind.HELD: "hand-stop",
    StepKind.JUDGED: "shield-check",
    StepKind.DELIVERED: "check", StepKind.FILED: "inbox", StepKind.QUEUED: "list", StepKind.RECEIVED: "send",
    StepKind.DISCARDED: "trash", StepKind.DELETED: "trash", StepKind.FORWARDED: "arrow-forward-up",
}  # fmt: skip
_QUARANTINED_TITLE = f"{QUARANTINED} : la personne se le fait remettre tant qu’il y est, sauf un virus"
_DOORS = ("submission", "submissions", "smtps")
_FOLDER = re.compile(r"stored mail into mailbox '(.*)'|box=(.*?), uid=")
_FOLDERS = {
    "INBOX": "Boîte de réception", "Junk": "Indésirables", "Trash": "Corbeille", "Sent": "Envoyés",
    "Drafts": "Brouillons", "Archive": "Archives", QUARANTINE: "Quarantaine",
}  # fmt: skip
# enhanced status codes (RFC 3463) without their class, by prefix, the longest first
_REASONS = (
    ("1.1", "adresse inconnue"),
    ("2.2", "boîte pleine"),
    ("2.3", "message trop lourd"),
    ("2.", "boîte fermée ou en défaut"),
    ("1.", "adresse refusée"),
    ("3.4", "message trop lourd"),
    ("3.", "serveur plein ou en panne"),
    ("4.", "serveur injoignable"),
    ("5.", "échange mal formé"),
    ("6.", "contenu refusé"),
    ("7.28", "trop de courriels ou de destinataires en peu de temps"),
    ("7.", "règle de sécurité, indésirable ou réputation"),
)


class StoryLine(NamedTuple):
    """A step as pages show it. `detail`: the engine's own words, for administrators only."""

    step: Step
    title: str
    icon: str
    reason: str
    detail: str


def story_line(step: Step, *, with_detail: bool, is_set_aside: bool = False) -> StoryLine:
    """`is_set_aside`: what reaches a mailbox of ours by that step is filed in its quarantine."""
    title = _QUARANTINED_TITLE if is_set_aside and is_to_mailbox(step) else _title(step)
    return StoryLine(
        step, title, _ICONS.get(step.kind, "circle"), _reason(step),
        step.detail if with_detail else "",
    )  # fmt: skip


def _title(step: Step) -> str:
    if is_put_off(step):
        return "Remis à plus tard à l’entrée : l’autre serveur essaie de nouveau"
    if step.kind is StepKind.RECEIVED and step.relay in _DOORS:
        return "Confié par qui l’a écrit"
    if step.kind is StepKind.DELIVERED:
        return "Remis à la boîte" if is_to_mailbox(step) else f"Remis à {step.relay.partition('[')[0]}"
    if step.kind is StepKind.FILED and (match := _FOLDER.search(step.detail)):
        folder = match[1] or match[2] or ""
        return f"Rangé dans « {_FOLDERS.get(folder, folder)} »"
    if step.kind is StepKind.JUDGED and (verdict := verdict_of_step(step)):
        return f"Jugé par le filtre : {VERDICTS[verdict].lower()}"
    return _TITLES[step.kind]


def _reason(step: Step) -> str:
    """Why it was not delivered, from its enhanced status code."""
    if step.kind not in (StepKind.REJECTED, StepKind.DEFERRED, StepKind.REFUSED):
        return ""
    if step.engine is Engine.DOVECOT:
        return "un filtre de la boîte"
    return reason_of(step.status)


def reason_of(status: str) -> str:
    """Why, from an enhanced status code; "" if it does not say."""
    _, _, code = status.partition(".")
    return next((label for prefix, label in _REASONS if code.startswith(prefix)), "")


# Why mail is held, for the desk; its owner is told so in other words.
HOLD_REASONS: Mapping[str, str] = {
    "outbox.burst": "Beaucoup de destinataires à qui ce compte n’avait jamais écrit.",
    "outbox.limit": "Beaucoup de destinataires en peu de temps.",
    "outbox.limit-network": "Beaucoup d’envois depuis le même réseau.",
}
