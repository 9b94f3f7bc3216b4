"""Delivery reports (RFC 3464) and read receipts (RFC 8098), in French."""

import re
from dataclasses import dataclass
from enum import StrEnum

from vaguemestre.mailbox.webmail.rules.listing.rows import one_line

_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_MAX_RECIPIENTS = 50
_LIGHTER = "Allégez les pièces jointes, ou partagez-les par un lien."
_REASONS = {
    "1.1": ("Cette adresse n’existe pas.", "Vérifiez son orthographe, puis renvoyez votre courriel."),
    "1.2": ("Ce domaine n’existe pas.", "Vérifiez ce qui suit l’arobase, puis renvoyez votre courriel."),
    "1.10": ("Ce domaine ne reçoit pas de courriel.", "Demandez une autre adresse à votre correspondant."),
    "2.1": ("Cette boîte est fermée.", "Demandez une autre adresse à votre correspondant."),
    "2.2": ("La boîte du destinataire est pleine.", "Prévenez-le autrement, puis réessayez plus tard."),
    "2.3": ("Le courriel est trop volumineux pour cette boîte.", _LIGHTER),
    "3.4": ("Le courriel est trop volumineux.", _LIGHTER),
    "4.1": ("Le serveur du destinataire ne répond pas.", "Réessayez plus tard."),
    "4.4": ("Ce domaine est introuvable.", "Vérifiez ce qui suit l’arobase, puis renvoyez votre courriel."),
    "4.6": ("Le courriel tourne en rond entre deux serveurs.", "Signalez-le à l’assistance."),
    "4.7": ("Le serveur du destinataire n’a pas répondu à temps.", "Réessayez plus tard."),
    "7.1": ("Le serveur du destinataire a refusé ce courriel.", "Contactez votre correspondant autrement."),
}  # fmt: skip
_BY_CLASS = {
    "1": ("L’adresse a été refusée.", "Vérifiez-la, puis renvoyez votre courriel."),
    "2": ("La boîte du destinataire n’a pas pu recevoir ce courriel.", "Réessayez plus tard."),
    "3": ("Le serveur du destinataire a un incident.", "Réessayez plus tard."),
    "4": ("Le serveur du destinataire est injoignable.", "Réessayez plus tard."),
    "5": ("Les deux serveurs ne se sont pas compris.", "Signalez-le à l’assistance."),
    "6": ("Le contenu du courriel a été refusé.", "Changez le format des pièces jointes."),
    "7": (
        "Le courriel a été refusé pour des raisons de sécurité.",
        "Contactez votre correspondant autrement.",
    ),
}


class DeliveryAction(StrEnum):
    """What the server did with the message for one recipient (RFC 3464 §2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"
    UNKNOWN = "unknown"  # a word of no standard

    @classmethod
    def _missing_(cls, value: object) -> "DeliveryAction":
        return cls.UNKNOWN


_OUTCOMES = {
    DeliveryAction.FAILED: "n’a pas été remis",
    DeliveryAction.DELAYED: "est retardé",
    DeliveryAction.DELIVERED: "a été remis",
    DeliveryAction.RELAYED: "a été transmis à un serveur qui ne confirme pas la remise",
    DeliveryAction.EXPANDED: "a été remis à une liste",
    DeliveryAction.UNKNOWN: "a un sort inconnu",
}


@dataclass(frozen=True)
class Delivery:
    """Delivery status of one recipient. `words`: the server's diagnostic."""

    recipient: str
    action: DeliveryAction
    reason: str
    advice: str
    words: str

    @property
    def outcome(self) -> str:
        """The end of the French sentence « Votre courriel … »."""
        return _OUTCOMES[self.action]


@dataclass(frozen=True)
class Receipt:
    """A read receipt. `was_read`: displayed to its recipient; else deleted or processed unread."""

    recipient: str
    was_read: bool


def parse_deliveries(text: str) -> tuple[Delivery, ...]:
    """Recipients of a message/delivery-status part."""
    recipients = []
    for block in re.split(r"\r?\n[ \t]*\r?\n", text[:200_000])[:_MAX_RECIPIENTS]:
        fields = _fields(block)
        recipient = _without_type(fields.get("final-recipient", "") or fields.get("original-recipient", ""))
        if recipient:
            recipients.append(_delivery(recipient, fields))
    return tuple(recipients)


def parse_receipt(text: str) -> Receipt:
    """Parse a message/disposition-notification part."""
    fields = _fields(text[:20_000])
    recipient = _without_type(fields.get("final-recipient", "") or fields.get("original-recipient", ""))
    return Receipt(recipient, "displayed" in fields.get("disposition", "").lower())


def _delivery(recipient: str, fields: dict[str, str]) -> Delivery:
    stated = fields.get("action", "").split()
    action = DeliveryAction(stated[0].lower()) if stated else DeliveryAction.FAILED
    words = _without_type(fields.get("diagnostic-code", ""))
    status = _STATUS.search(fields.get("status", "")) or _STATUS.search(words)
    reason, advice = (
        _reason(status) if action in {DeliveryAction.FAILED, DeliveryAction.DELAYED} else ("", "")
    )
    if action == DeliveryAction.DELAYED:
        advice = "Rien à faire : de nouveaux essais auront lieu."
    return Delivery(recipient, action, reason, advice, words[:500])


def _reason(status: re.Match[str] | None) -> tuple[str, str]:
    if status is None:
        return "Le serveur n’a pas dit pourquoi.", "Vérifiez l’adresse, puis renvoyez votre courriel."
    detail = f"{status[2]}.{status[3]}"
    return _REASONS.get(detail) or _BY_CLASS.get(status[2]) or _reason(None)


def _fields(block: str) -> dict[str, str]:
    unfolded = re.sub(r"\r?\n[ \t]+", " ", block)
    pairs = (line.partition(":") for line in unfolded.splitlines())
    return {name.strip().lower(): one_line(value) for name, colon, value in pairs if colon}


def _without_type(value: str) -> str:
    """A field's value without its type: `rfc822; someone@example` → `someone@example`."""
    return one_line(value.partition(";")[2] or value)[:500]
