"""Django's settings for the service that opens NUMENs: two rooms more than any agent has."""

from vaguemestre.site.agents import agent_settings
from vaguemestre.site.agents.agent_settings import AUTH_USER_MODEL, CONFIG, DATABASES, TIME_ZONE, USE_TZ

INSTALLED_APPS = [
    *agent_settings.INSTALLED_APPS,
    "vaguemestre.people.intake",
    "vaguemestre.access.assistant",
    "vaguemestre.desks.enrolment",
]

__all__ = ("AUTH_USER_MODEL", "CONFIG", "DATABASES", "INSTALLED_APPS", "TIME_ZONE", "USE_TZ")
