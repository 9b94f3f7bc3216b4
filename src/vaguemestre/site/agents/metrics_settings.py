"""Django's settings for the process that counts: it reads, and a question that takes long is given up."""

from vaguemestre.site.agents import agent_settings
from vaguemestre.site.agents.agent_settings import AUTH_USER_MODEL, CONFIG, TIME_ZONE, USE_TZ
from vaguemestre.site.database.databases import reading_only

INSTALLED_APPS = [*agent_settings.INSTALLED_APPS, "vaguemestre.people.intake", "vaguemestre.post.trace"]
DATABASES = {"default": reading_only(agent_settings.DATABASES["default"])}

__all__ = ("AUTH_USER_MODEL", "CONFIG", "DATABASES", "INSTALLED_APPS", "TIME_ZONE", "USE_TZ")
