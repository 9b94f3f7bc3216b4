"""Roles that administrators give by hand; officers are named on the page of their service."""

ROLES = {
    "agent": "Agent",
    "helpdesk": "Assistance",
    "administrator": "Administration",
}
SHOWN = {**ROLES, "hr_officer": "Service de gestion"}
