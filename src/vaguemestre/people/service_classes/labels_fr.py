"""French words of classes of service."""

from collections.abc import Mapping
from dataclasses import replace

from vaguemestre.foundation.kernel.text import sizes
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.people.service_classes.values import ServiceLimits

USUAL_DAYS = 30  # Corbeille and Indésirables, as dovecot.conf has it
LIMIT_LABELS: Mapping[str, str] = {
    "quota_mb": "Taille de la boîte",
    "message_mb": "Taille d’un courriel envoyé",
    "trash_days": "Corbeille vidée après",
    "junk_days": "Indésirables vidés après",
    "imap": "Lire par un logiciel (IMAP)",
    "submission": "Envoyer par un logiciel (SMTP)",
    "sieve": "Filtres écrits par un logiciel (ManageSieve)",
    "contacts": "Contacts dans un logiciel (CardDAV)",
    "forwards_outside": "Renvoi de courrier hors de l’académie",
    "lends_files": "Fichiers envoyés par un lien",
}
_CLOSED_TO_PROGRAMS: Mapping[str, str] = {
    "imap": "lire le courrier (IMAP)",
    "submission": "envoyer (SMTP)",
    "sieve": "écrire des filtres (ManageSieve)",
    "contacts": "les contacts (CardDAV)",
}


def limit_text(limits: ServiceLimits, name: str) -> str:
    """The value of one field, in words: `5 Go`, `7 jours`, `permis`, `comme partout`."""
    value = getattr(limits, name)
    if isinstance(value, bool):
        return "permis" if value else "fermé"
    if name.endswith("_days"):
        return counted(value or USUAL_DAYS, "jour")
    if not value:
        return "celle de chaque compte" if name == "quota_mb" else "comme partout"
    return sizes.in_words(value * sizes.MEGABYTE)


def given_facts(
    limits: ServiceLimits, *, quota_mb: int, message_bytes: int, forwards_outside: bool
) -> list[tuple[str, str]]:
    """(label, value) of all that somebody has: by their class, else by their account and the installation."""
    whole = replace(
        limits,
        quota_mb=limits.quota_mb or quota_mb,
        message_mb=min(limits.message_mb or message_bytes, message_bytes // sizes.MEGABYTE),
        forwards_outside=limits.forwards_outside and forwards_outside,
    )
    return [(label, limit_text(whole, name)) for name, label in LIMIT_LABELS.items()]


def closed_to_programs(limits: ServiceLimits) -> str:
    """What mail programs may not do, in words: « envoyer (SMTP), les contacts (CardDAV) »; "" if nothing."""
    closed = (words for name, words in _CLOSED_TO_PROGRAMS.items() if not getattr(limits, name))
    return ", ".join(closed)
