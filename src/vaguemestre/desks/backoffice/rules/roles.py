"""Labels of roles. Officers are appointed on the page of their service."""

ASSIGNABLE_ROLES = {
    "agent": "Agent",
    "helpdesk": "Assistance",
    "administrator": "Administration",
    "auditor": "Audit",
}
# What a role lets its holder do, or that it is over.
ROLE_CONSEQUENCES = {
    "agent": "La personne n’entre plus dans l’assistance ni dans l’administration, dès la page suivante.",
    "helpdesk": (
        "La personne verra les comptes de l’académie, sans leurs boîtes ; elle pourra suspendre, mettre à "
        "l’abri, faire remettre des codes et décider du courrier retenu."
    ),
    "administrator": (
        "La personne pourra tout ce que montre l’administration : personnes et rôles, boîtes, imports, "
        "retraits de courriels, applications, file d’attente."
    ),
    "auditor": "La personne lira le journal, « Aujourd’hui », les rapports et les statistiques, sans agir.",
}
OFFICER_CONSEQUENCE = (
    "La personne verra l’état civil et le NUMEN des personnes de ce service ; elle pourra en créer, répondre "
    "aux demandes et déclarer départs, suspensions et décès."
)
ROLE_LABELS = {**ASSIGNABLE_ROLES, "hr_officer": "Service de gestion"}
