"""« Mon activité »: journal lines about an account, in plain French."""

from collections.abc import Mapping
from enum import StrEnum

from vaguemestre.foundation.journal.values import Subject, account_subject


class Kind(StrEnum):
    ENTRY = "entry"  # signing in and out
    CHANGE = "change"
    OTHERS = "others"  # done by somebody else


# Journal action → its label. Actions without one concern the platform, not the owner.
WORDS: Mapping[str, str] = {
    "signin.signed-in": "Connexion",
    "signin.signed-out": "Déconnexion",
    "signin.refused": "Essai de connexion refusé",
    "signin.sessions-ended": "Sessions fermées",
    "signin.device-forgotten": "Navigateur retiré de la liste",
    "signin.alarm-raised": "« Ce n’était pas moi » : compte refermé",
    "signin.undone": "Changement annulé depuis un avertissement",
    "credentials.account-opened": "Compte créé",
    "credentials.account-activated": "Compte activé",
    "credentials.charter-accepted": "Charte acceptée",
    "credentials.account-suspended": "Compte suspendu",
    "credentials.account-resumed": "Compte rouvert",
    "credentials.account-closed": "Compte fermé",
    "credentials.account-reopened": "Compte ouvert de nouveau",
    "credentials.activation-link-made": "Lien d’activation créé",
    "credentials.password-set": "Mot de passe changé",
    "credentials.password-barred": "Mot de passe mis hors service",
    "credentials.proofs-withdrawn": "Mot de passe et secondes preuves effacés",
    "credentials.app-password-made": "Mot de passe d’application créé",
    "credentials.app-password-revoked": "Mot de passe d’application révoqué",
    "credentials.one-time-device-added": "Application d’authentification ajoutée",
    "credentials.one-time-device-removed": "Application d’authentification retirée",
    "credentials.recovery-codes-made": "Codes de secours créés",
    "credentials.recovery-code-used": "Code de secours utilisé",
    "credentials.recovery-contact-set": "Contact de secours ajouté",
    "credentials.recovery-contact-dropped": "Contact de secours retiré",
    "rosters.ent-linked": "Compte de l’ENT relié",
    "rosters.ent-unlinked": "Compte de l’ENT délié",
    "credentials.passkey-added": "Clé d’accès ajoutée",
    "credentials.passkey-removed": "Clé d’accès retirée",
    "credentials.key-handed-over": "Clé OTP remise",
    "credentials.key-pin-chosen": "Code PIN de la clé OTP choisi",
    "credentials.key-lost": "Clé OTP déclarée perdue",
    "credentials.key-found": "Clé OTP remise en service",
    "credentials.role-given": "Rôle changé",
    "credentials.span-changed": "Étendue de votre rôle changée",
    "assistant.found": "Identifié par l’assistant",
    "assistant.code-asked": "Code demandé à l’assistant",
    "assistant.code-issued": "Code à usage unique préparé",
    "assistant.code-shown": "Code à usage unique présenté",
    "assistant.recovered": "Mot de passe choisi avec un code reçu",
    "assistant.owner-told": "Demande à l’assistant sur votre compte",
    "directory.person-registered": "Dossier enregistré",
    "directory.civil-status-erased": "État civil effacé, longtemps après la fermeture du compte",
    "directory.person-changed": "Dossier mis à jour",
    "directory.person-hidden": "Retiré de l’annuaire",
    "directory.person-shown": "Remis dans l’annuaire",
    "directory.person-transferred": "Dossier passé à une autre académie",
    "directory.address-added": "Adresse électronique ajoutée",
    "directory.addresses-forgotten": "Anciennes adresses effacées",
    "directory.card-changed": "Fiche d’annuaire changée",
    "enrolment.numen-shown": "NUMEN montré à un agent de votre service de gestion",
    "enrolment.officer-appointed": "Nommé agent d’un service de gestion",
    "enrolment.officer-dismissed": "Retiré d’un service de gestion",
    "enrolment.person-received": "Arrivée enregistrée par votre service de gestion",
    "intake.candidate-answered": "Ressemblance avec un autre dossier tranchée",
    "intake.answer-taken-back": "Ressemblance avec un autre dossier posée de nouveau",
    "intake.lines-shown": "Lignes d’un flux qui vous ressemblent montrées à un agent",
    "credentials.account-renamed": "Identifiant changé",
    "credentials.mailbox-open": "Boîte ouverte",
    "credentials.mailbox-closed": "Boîte fermée",
    "credentials.mailbox-held": "Boîte bloquée après une compromission",
    "lifecycle.arrival": "Arrivée enregistrée",
    "lifecycle.move-within": "Changement d’établissement enregistré",
    "lifecycle.leave": "Congé enregistré",
    "lifecycle.long-leave": "Congé long enregistré",
    "lifecycle.transfer": "Mutation enregistrée",
    "lifecycle.academy-move": "Mutation dans une autre académie enregistrée",
    "lifecycle.retirement": "Retraite enregistrée",
    "lifecycle.contract-end": "Fin de contrat enregistrée",
    "lifecycle.death": "Décès enregistré",
    "lifecycle.suspension": "Suspension enregistrée",
    "lifecycle.compromise": "Compte mis à l’abri",
    "lifecycle.ended": "Événement de carrière terminé",
    "lifecycle.closing-put-off": "Fermeture du compte reportée",
    "lifecycle.new-address-told": "Nouvelle adresse donnée ou non à vos correspondants",
    "rosters.person-allowed": "Autorisé à écrire aux classes",
    "rosters.person-forbidden": "Écarté de l’écriture aux classes",
    "sso.looked-at": "Attributs transmis aux applications regardés",
    "directory.numen-recorded": "NUMEN enregistré",
    "sso.entered": "Entrée dans une application",
    "sharing.delegation-given": "Boîte confiée à un collègue",
    "sharing.delegation-apart": "Boîte encore confiée à un collègue d’un autre établissement",
    "sharing.delegation-ended": "Délégation terminée",
    "sharing.delegation-used": "Boîte ouverte par délégation",
    "sharing.delegation-sent": "Courriel envoyé en votre nom par délégation",
    "sorting.absence-saved": "Absence enregistrée",
    "sorting.absence-set-by-desk": "Absence neutre posée par l’assistance",
    "sorting.absence-set-by-life": "Absence neutre posée à un départ",
    "sorting.absence-ended": "Absence terminée",
    "sorting.filter-passed": "Filtre appliqué aux anciens courriels",
    "sorting.spam-saved": "Choix sur les indésirables enregistrés",
    "sorting.filter-saved": "Filtre enregistré",
    "sorting.filter-switched": "Filtre activé ou désactivé",
    "sorting.filters-followed": "Filtres adaptés à un dossier renommé ou mis à la corbeille",
    "sorting.filter-dropped": "Filtre supprimé",
    "sorting.forward-set": "Transfert des courriels changé",
    "sorting.filter-deletes": "Filtre qui supprime des courriels",
    "sorting.filter-stopped": "Filtre désactivé depuis un avertissement",
    "sorting.redirects-stopped": "Renvois de courrier arrêtés à la mise à l’abri du compte",
    "sorting.expert-stopped": "Filtre écrit à la main désactivé depuis un avertissement",
    "sorting.expert-saved": "Filtre écrit à la main enregistré",
    "sorting.script-by-program": "Script de tri mis en place par un logiciel",
    "sorting.program-script-stopped": "Script d’un logiciel arrêté depuis un avertissement",
    "compose.identity-saved": "Identité d’envoi enregistrée",
    "compose.reply-to-set": "Réponses demandées à une adresse extérieure",
    "compose.reply-to-removed": "Adresse de réponse retirée depuis un avertissement",
    "compose.identity-removed": "Identité d’envoi retirée",
    "outbox.hold-released": "Courriel retenu envoyé",
    "outbox.hold-discarded": "Courriel retenu jeté",
    "outbox.stopped": "Courriels en partance retenus",
    "outbox.released": "Courriels retenus envoyés",
    "outbox.discarded": "Courriels retenus jetés",
    "portability.export-asked": "Copie de vos données demandée",
    "portability.export-done": "Copie de vos données préparée",
    "portability.export-downloaded": "Copie de vos données téléchargée",
    "portability.sealed-asked": "Copie de vos données demandée pour une autre académie",
    "portability.sealed-done": "Copie de vos données préparée pour une autre académie",
    "portability.export-withdrawn": "Copie de vos données effacée depuis un avertissement",
    "portability.file-asked": "Importation demandée",
    "portability.file-done": "Importation terminée",
    "portability.server-asked": "Importation depuis un autre serveur demandée",
    "portability.server-done": "Importation depuis un autre serveur terminée",
    "quarantine.released": "Courriel en quarantaine remis dans votre boîte",
    "quarantine.judged-late": "Courriel déjà arrivé, mis en quarantaine : lien signalé ou macros",
    "quarantine.virus-found-late": "Courriel déjà arrivé, mis en quarantaine : virus trouvé depuis",
    "bulk.letter-made": "Lettre d’activation préparée pour vous",
    "schoolstaff.letter-printed": "Lettre d’activation imprimée par la direction de votre établissement",
    "bulk.notice-sent": "Avis de l’administration reçu",
    "bulk.reminder-sent": "Rappel d’activation envoyé à votre adresse personnelle",
    "credentials.factor-demanded": "Second facteur demandé par l’administration",
    "credentials.factor-waived": "Second facteur plus demandé par l’administration",
    "credentials.quota-set": "Taille de votre boîte changée",
    "credentials.class-set": "Classe de service changée",
    "service_classes.exception-given": "Classe de service donnée par l’administration",
    "service_classes.exception-withdrawn": "Classe de service rendue à la règle de votre fonction",
    "removals.copies-removed": "Courriel dangereux retiré de votre boîte",
    "removals.copies-restored": "Courriel retiré par précaution, remis dans votre boîte",
    "removals.right-given": "Droit de retirer des courriels dangereux reçu",
    "removals.right-withdrawn": "Droit de retirer des courriels dangereux perdu",
    "backup.messages-restored": "Courriels remis depuis une sauvegarde",
    "tracking.mail-searched": "Chemin de vos courriels cherché par l’assistance ou l’administration",
    "provisioning.mailbox-moved": "Boîte passée sur une autre machine",
    "helpdesk.lift": "Attente de connexion levée",
    "helpdesk.lifted": "Attente de connexion levée",
    "helpdesk.suspended": "Compte suspendu par l’assistance",
    "helpdesk.resumed": "Compte rouvert par l’assistance",
    "helpdesk.compromised": "Compte mis à l’abri par l’assistance",
    "helpdesk.code-sent": "Code envoyé à votre contact par l’assistance",
    "helpdesk.hand-over-asked": "Remise d’un code demandée par l’assistance",
    "helpdesk.hand-over-confirmed": "Remise d’un code confirmée",
    "helpdesk.hand-over-refused": "Remise d’un code refusée",
    "helpdesk.released": "Courriels retenus laissés partir par l’assistance",
    "helpdesk.discarded": "Courriels retenus jetés par l’assistance",
    "helpdesk.messages-recovered": "Messages supprimés rendus par l’assistance",
    "helpdesk.key-given": "Clé OTP remise par l’assistance",
    "helpdesk.key-lost": "Clé OTP déclarée perdue par l’assistance",
}
_ENTRIES = frozenset({"signin.signed-in", "signin.signed-out", "signin.refused", "sso.entered"})
_PROTOCOLS: Mapping[str, str] = {
    "imap": "logiciel de messagerie",
    "smtp": "envoi par un logiciel",
    "submission": "envoi par un logiciel",
    "sieve": "filtres par un logiciel",
}


def kind_of(action: str, by: str, account_id: int) -> Kind:
    """Which filter of the page the line falls under."""
    if action in _ENTRIES:
        return Kind.ENTRY
    return Kind.CHANGE if by in (account_subject(account_id), "notice") else Kind.OTHERS


def actor_label(by: str, account_id: int, role: str = "") -> str:
    """Who did it, as shown to the owner: a function, never the name of a help-desk colleague."""
    actor = Subject.parse(by)
    if actor == ("account", str(account_id)):
        return "Vous"
    if actor.kind == "account":
        return _ROLES.get(role, "Un agent de l’académie")
    return {"anybody": "Quelqu’un", "cli": "L’exploitation", "notice": "Le lien d’un avertissement"}.get(
        by, "Le système"
    )


_ROLES: Mapping[str, str] = {
    "helpdesk": "L’assistance",
    "administrator": "L’administration de la plateforme",
    "hr_officer": "Votre service de gestion",
}


def line_details(details: Mapping[str, object], colleague: str = "") -> str:
    """The second part of a line: browser, network, colleague, reason."""
    shared = "ordinateur partagé" if details.get("shared") is True else ""
    protocol = _PROTOCOLS.get(str(details.get("protocol", "")), "")
    network = f"réseau {details['network']}" if details.get("network") else ""
    reason = f"motif : {details['reason']}" if details.get("reason") else ""
    named = colleague or details.get("name")
    name = f"« {named} »" if named else ""
    parts = (str(details.get("browser") or ""), protocol, network, shared, name, reason)
    return ", ".join(part for part in parts if part)
