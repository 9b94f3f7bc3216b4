"""NUMEN requests and the help desk."""

from vaguemestre.desks.enrolment import handlers as enrolment
from vaguemestre.desks.helpdesk import handlers as helpdesk
from vaguemestre.site.register.values import ENCRYPTED_LINKS, PUBLIC_TASK, Activity, Category, set_days

NUMENS = Activity(
    key="numen",
    purpose="Demandes de NUMEN",
    basis=PUBLIC_TASK,
    persons="personnes qui demandent leur NUMEN",
    data="état civil déclaré, contact, pièces d’identité (chiffrées), réponses du service",
    source="la personne",
    recipients="le service de gestion dont elle relève",
    security=f"{ENCRYPTED_LINKS} ; pièces chiffrées, ouvertes par le service seul",
    categories=(
        Category(
            "Pièces d’une demande de NUMEN",
            ("enrolment.Proof",),
            set_days("retention.numen_proofs_days", "après la clôture de la demande"),
            (enrolment.delete_old_proofs,),
            (enrolment.forget_person,),
        ),
        Category(
            "Demande de NUMEN",
            ("enrolment.NumenRequest", "enrolment.Step", "enrolment.RequestNote"),
            set_days("retention.numen_requests_days", "après sa clôture"),
            (enrolment.delete_old_proofs,),
            (enrolment.forget_person,),
        ),
    ),
)

HELP_DESK = Activity(
    key="assistance",
    purpose="Assistance",
    basis=PUBLIC_TASK,
    persons="personnes qui demandent de l’aide",
    data="nom, établissement, contact, demande et réponse, remise d’un code en main propre",
    source="la personne",
    recipients="l’assistance",
    security=f"{ENCRYPTED_LINKS} ; plafond quotidien d’actes, motif obligatoire, second témoin",
    categories=(
        Category(
            "Demandes d’aide",
            ("helpdesk.RequestRow",),
            set_days("retention.help_requests_days", "après la réponse"),
            (helpdesk.purge_old_requests,),
            (helpdesk.forget_person,),
        ),
        Category(
            "Codes remis en main propre",
            ("helpdesk.HandOverRow",),
            set_days("retention.help_requests_days", "après leur fin"),
            (helpdesk.purge_old_requests,),
            (helpdesk.forget_person,),
        ),
    ),
)
