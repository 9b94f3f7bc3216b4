"""Labels of roles. Officers are appointed on the page of their service."""

ASSIGNABLE_ROLES = {
    "agent": "Agent",
    "helpdesk": "Assistance",
    "administrator": "Administration",
    "auditor": "Audit",
}
ROLE_LABELS = {**ASSIGNABLE_ROLES, "hr_officer": "Service de gestion"}
