"""French labels of an account's history and of delivery failures."""

from collections.abc import Mapping

# Journal action → label. Actions not listed here are not shown to the desk.
HISTORY_LABELS: Mapping[str, str] = {
    "credentials.account-opened": "Compte créé",
    "credentials.account-activated": "Compte activé",
    "credentials.account-suspended": "Compte suspendu",
    "credentials.account-resumed": "Compte rouvert",
    "credentials.account-closed": "Compte fermé",
    "credentials.account-reopened": "Compte ouvert de nouveau",
    "credentials.activation-link-made": "Lien d’activation créé",
    "credentials.password-set": "Mot de passe changé",
    "credentials.proofs-withdrawn": "Mot de passe et secondes preuves effacés",
    "credentials.app-password-made": "Mot de passe d’application créé",
    "credentials.app-password-revoked": "Mot de passe d’application révoqué",
    "credentials.one-time-device-added": "Source de codes ajoutée",
    "credentials.one-time-device-removed": "Source de codes retirée",
    "credentials.recovery-codes-made": "Codes de secours créés",
    "credentials.recovery-code-used": "Code de secours utilisé",
    "credentials.role-given": "Rôle changé",
    "signin.signed-in": "Connexion",
    "signin.signed-out": "Déconnexion",
    "signin.refused": "Connexion refusée",
    "signin.sessions-ended": "Sessions fermées",
    "assistant.found": "Identifié par l’assistant",
    "assistant.not-found": "Assistant : demande sans suite",
    "assistant.code-asked": "Code de secours demandé",
    "assistant.recovered": "Mot de passe choisi avec un code reçu",
    "credentials.passkey-added": "Clé d’accès ajoutée",
    "credentials.passkey-removed": "Clé d’accès retirée",
    "credentials.recovery-contact-set": "Contact de secours ajouté",
    "credentials.recovery-contact-dropped": "Contact de secours retiré",
    "sorting.absence-set-by-desk": "Notification d’absence neutre posée",
    "sorting.absence-ended": "Notification d’absence terminée",
    "helpdesk.lifted": "Assistance : attente levée",
    "helpdesk.suspended": "Assistance : suspension",
    "helpdesk.resumed": "Assistance : réouverture",
    "helpdesk.compromised": "Assistance : compromission",
    "credentials.password-barred": "Mot de passe mis hors service",
    "credentials.key-handed-over": "Clé OTP remise",
    "credentials.key-pin-chosen": "Code PIN de la clé choisi",
    "credentials.key-lost": "Clé OTP déclarée perdue",
    "credentials.key-found": "Clé OTP retrouvée",
    "signin.alarm-raised": "« Ce n’était pas moi »",
    "signin.undone": "Changement annulé par un avertissement",
    "assistant.owner-told": "Assistant : demande sur un compte déjà activé",
    "assistant.code-issued": "Code à usage unique créé",
    "assistant.code-shown": "Code à usage unique présenté",
    "outbox.stopped": "Courriels en partance retenus",
    "outbox.released": "Courriels retenus : partis",
    "outbox.discarded": "Courriels retenus : jetés",
    "helpdesk.code-sent": "Assistance : code envoyé au contact",
    "helpdesk.hand-over-asked": "Assistance : remise d’un code demandée",
    "helpdesk.hand-over-confirmed": "Remise d’un code confirmée",
    "helpdesk.hand-over-refused": "Remise d’un code refusée",
    "helpdesk.released": "Assistance : courriels retenus laissés partir",
    "helpdesk.discarded": "Assistance : courriels retenus jetés",
    "helpdesk.key-given": "Assistance : clé OTP remise",
    "helpdesk.key-lost": "Assistance : clé OTP déclarée perdue",
}

# RFC 3463 status → label; the longest prefix wins.
_FAILURE_LABELS: Mapping[str, str] = {
    "filter-rejected": "Refusé par un filtre de la personne",
    "filter-discarded": "Jeté par un filtre de la personne",
    "5.1.1": "Adresse inconnue",
    "5.1.10": "Le domaine ne reçoit pas de courriels",
    "5.1": "Adresse inconnue ou mal écrite",
    "5.2.2": "Boîte pleine",
    "4.2.2": "Boîte pleine",
    "5.2.1": "Boîte fermée",
    "5.2.3": "Message trop lourd",
    "5.3.4": "Message trop lourd",
    "5.4": "Serveur introuvable ou injoignable",
    "4.4": "Serveur injoignable pour le moment",
    "5.7": "Refusé par une règle de sécurité (indésirable, expéditeur non prouvé…)",
    "4.7": "Mis en attente par une règle de sécurité",
    "4.3": "Système saturé ou en maintenance",
    "5": "Refusé",
    "4": "Retardé",
}


def delivery_failure_label(status: str) -> str:
    """The label of a delivery failure."""
    prefixes = [prefix for prefix in _FAILURE_LABELS if status == prefix or status.startswith(f"{prefix}.")]
    return _FAILURE_LABELS[max(prefixes, key=len)] if prefixes else "Refusé"
