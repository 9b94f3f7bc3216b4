"""Identity and account; directory; applications that people enter with their account."""

from vaguemestre.access.assistant import handlers as assistant
from vaguemestre.access.assistant.services.retention import CODES_KEPT as ISSUED_CODES_KEPT
from vaguemestre.access.signin import handlers as signin
from vaguemestre.access.sso.registry import handlers as registry
from vaguemestre.access.sso.registry.services.visits import MAX_AGE as VISITS_KEPT
from vaguemestre.desks.bulk import handlers as bulk
from vaguemestre.desks.enrolment import handlers as enrolment
from vaguemestre.desks.portal import handlers as portal
from vaguemestre.mailbox.autoconfig import handlers as autoconfig
from vaguemestre.mailbox.autoconfig.services.programs import CODES_KEPT as CONSENTS_KEPT
from vaguemestre.people.credentials import handlers as credentials
from vaguemestre.people.credentials.services.retention import FORMER_KEYS_KEPT, LINKS_KEPT
from vaguemestre.people.credentials.services.rollback import UNDO_LIFE
from vaguemestre.people.intake import handlers as intake
from vaguemestre.people.lifecycle import handlers as lifecycle
from vaguemestre.site.config import Config
from vaguemestre.site.register.values import (
    ENCRYPTED_LINKS,
    PUBLIC_TASK,
    Activity,
    Category,
    Duration,
    after,
    set_days,
    with_account,
)

_AGENTS = "agents de l’académie, de leur arrivée à leur départ"


def _account(config: Config) -> Duration:
    periods = config.lifecycle
    return Duration(
        f"jusqu’à la fin de vos fonctions ; il est fermé {periods.transfer_closed} jours après une "
        f"mutation, {periods.retirement_closed} jours après une retraite, {config.feed.grace_days} jours "
        "après la fin d’un contrat"
    )


def _civil_status(config: Config) -> Duration:
    return Duration(
        f"effacé {config.lifecycle.civil_status_months} mois après la fermeture du compte, sauf si les "
        "ressources humaines vous déclarent encore"
    )


def _names(_config: Config) -> Duration:
    return Duration(
        "ils ne sont jamais redonnés à quelqu’un d’autre, et restent donc connus du service, avec "
        "l’empreinte du NUMEN"
    )


ACCOUNTS = Activity(
    key="identite",
    purpose="Identité et compte",
    basis=PUBLIC_TASK,
    persons=_AGENTS,
    data="état civil, NUMEN (chiffré), postes, coordonnées de secours, empreintes des mots de passe et clés",
    source="dossier de gestion (flux des ressources humaines), agent",
    recipients="l’agent ; son service de gestion pour l’état civil et le NUMEN",
    security=f"{ENCRYPTED_LINKS} ; NUMEN et secrets chiffrés, mots de passe en Argon2id",
    categories=(
        Category(
            "Compte",
            ("credentials.Account", "provisioning.MailboxPlace"),
            _account,
            (lifecycle.run_lifecycle_round,),
        ),
        Category(
            "Classe de service donnée par son nom",
            ("service_classes.ClassException",),
            with_account("tant que l’administration la laisse"),
            (),
            (credentials.forget_person,),
        ),
        Category(
            "Actes de l’administration sur plusieurs comptes",
            ("bulk.BulkAct", "bulk.BulkTarget"),
            set_days("retention.bulk_days", "après la dernière décision"),
            (bulk.purge_old_acts,),
            (bulk.forget_person,),
        ),
        Category(
            "État civil",
            (
                "directory.Person",
                "directory.NameWord",
                "directory.NumenRow",
                "directory.Assignment",
                "intake.Mention",
                "intake.Origin",
                "lifecycle.LifecycleEvent",
            ),
            _civil_status,
            (lifecycle.run_lifecycle_round,),
        ),
        Category("Identifiant et adresse", ("directory.TakenName", "directory.MailAddress"), _names),
        Category(
            "Moyens de connexion : clés, appareils, contact de secours, mots de passe d’application",
            (
                "credentials.AppPassword",
                "credentials.OneTimeDevice",
                "credentials.RecoveryCode",
                "credentials.RecoveryContact",
                "credentials.Passkey",
            ),
            with_account(),
            (lifecycle.run_lifecycle_round,),
        ),
        Category(
            "Moyens de connexion retirés",
            (
                "credentials.Passkey",
                "credentials.OneTimeDevice",
                "credentials.RecoveryCode",
                "credentials.RecoveryContact",
                "signin.UsedLink",
            ),
            after(UNDO_LIFE, "après leur retrait, le temps de l’annuler"),
            (signin.purge_expired,),
        ),
        Category(
            "Liens d’activation",
            ("credentials.ActivationLink",),
            after(LINKS_KEPT, "après leur fin"),
            (signin.purge_expired,),
        ),
        Category(
            "Codes d’identification",
            ("assistant.IssuedCode",),
            after(ISSUED_CODES_KEPT, "après leur fin"),
            (assistant.purge_old_codes,),
            (assistant.erase_account,),
        ),
        Category(
            "Anciennes clés des logiciels de messagerie",
            ("credentials.FormerProgramKey",),
            after(FORMER_KEYS_KEPT, "après leur remplacement"),
            (signin.purge_expired,),
        ),
        Category(
            "Accords donnés à un logiciel de messagerie",
            ("autoconfig.ProgramCode",),
            after(CONSENTS_KEPT, "après leur fin"),
            (autoconfig.purge_old_codes,),
            (autoconfig.forget_person,),
        ),
        Category(
            "Lignes des flux des ressources humaines",
            ("intake.AppliedLine", "intake.RefusedRow", "intake.PlannedRow", "intake.HeldPiece"),
            set_days("retention.feeds_days", "après le flux"),
            (intake.purge_old_lines,),
        ),
        Category(
            "Réponses aux homonymies",
            ("intake.MatchCandidate",),
            set_days("retention.feeds_days", "après la réponse, ou après le flux s’il n’y en a pas eu"),
            (intake.purge_old_lines,),
        ),
    ),
)

DIRECTORY = Activity(
    key="annuaire",
    purpose="Annuaire de l’académie",
    basis=PUBLIC_TASK,
    persons=_AGENTS,
    data="nom, prénom, fonction, établissement, adresse électronique, téléphone professionnel s’il est donné",
    source="dossier de gestion, agent",
    recipients="les agents de l’académie",
    security=ENCRYPTED_LINKS,
    categories=(
        Category(
            "Rôles dans un service de gestion",
            ("enrolment.Officer",),
            with_account("le temps de la fonction"),
            erasers=(enrolment.forget_person,),
        ),
        Category(
            "Applications favorites",
            ("portal.Favourite",),
            with_account(),
            erasers=(portal.forget_person,),
        ),
    ),
)

APPLICATIONS = Activity(
    key="applications",
    purpose="Accès aux applications avec un seul compte",
    basis=PUBLIC_TASK,
    persons=_AGENTS,
    data="identifiant, attributs que l’application reçoit, date de la visite",
    source="compte, agent",
    recipients="l’application où l’agent entre ; les administrateurs",
    security=f"{ENCRYPTED_LINKS} ; jetons en empreintes, pseudonyme par application",
    categories=(
        Category(
            "Visites des applications, avec leurs jetons",
            (
                "sso_registry.Visit",
                "sso_cas.Ticket",
                "sso_cas.ProxyGrant",
                "sso_headers.Pass",
                "sso_oidc.Code",
                "sso_oidc.Token",
            ),
            after(VISITS_KEPT, "après l’entrée"),
            (registry.forget_old_visits,),
            (registry.erase_account,),
        ),
        Category(
            "Accords donnés à une application",
            ("sso_registry.Consent",),
            with_account("jusqu’à leur retrait"),
            erasers=(registry.erase_account,),
        ),
        Category(
            "Pseudonymes que connaissent les applications",
            ("sso_registry.Subject", "sso_registry.Pseudonym"),
            lambda _config: Duration(
                "gardés avec l’identifiant : l’application reconnaît ainsi la même personne, jamais une autre"
            ),
        ),
    ),
)
