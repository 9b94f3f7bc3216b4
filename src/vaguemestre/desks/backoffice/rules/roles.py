"""Labels of roles. Officers are appointed on the page of their service."""

from collections.abc import Mapping

from vaguemestre.people.credentials.values import AccountRole

ASSIGNABLE_ROLES: Mapping[str, str] = {
    AccountRole.AGENT: "Agent",
    AccountRole.HELPDESK: "Assistance",
    AccountRole.ADMINISTRATOR: "Administration",
    AccountRole.AUDITOR: "Audit",
}
# What a role lets its holder do, or that it is over.
ROLE_CONSEQUENCES: Mapping[str, str] = {
    AccountRole.AGENT: (
        "La personne n’entre plus dans l’assistance ni dans l’administration, dès la page suivante."
    ),
    AccountRole.HELPDESK: (
        "La personne verra les comptes de l’académie, sans leurs boîtes ; elle pourra suspendre, mettre à "
        "l’abri, faire remettre des codes et décider du courrier retenu."
    ),
    AccountRole.ADMINISTRATOR: (
        "La personne pourra tout ce que montre l’administration : personnes et rôles, boîtes, imports, "
        "retraits de courriels, applications, file d’attente."
    ),
    AccountRole.AUDITOR: (
        "La personne lira le journal, « Aujourd’hui », les rapports et les statistiques, sans agir."
    ),
}
OFFICER_CONSEQUENCE = (
    "La personne verra l’état civil et le NUMEN des personnes de ce service ; elle pourra en créer, répondre "
    "aux demandes et déclarer départs, suspensions et décès."
)
ROLE_LABELS: Mapping[str, str] = {**ASSIGNABLE_ROLES, AccountRole.HR_OFFICER: "Service de gestion"}
