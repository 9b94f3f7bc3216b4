"""Django's settings for a process that asks the database a few things: few rooms, no page, no key of ours.

All rooms cost a process two seconds of processor at its start; these cost half a second.
"""

from vaguemestre.site import config as configuration
from vaguemestre.site.database import databases

CONFIG = configuration.load()
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django_tasks_db",
    "vaguemestre.foundation.journal",
    "vaguemestre.foundation.jobs",
    "vaguemestre.people.directory",
    "vaguemestre.people.service_classes",
    "vaguemestre.people.credentials",
    "vaguemestre.access.signin",
    "vaguemestre.people.lifecycle",
    "vaguemestre.post.outbox",
    "vaguemestre.schools.sharing",
    "vaguemestre.schools.lists",
]
AUTH_USER_MODEL = "credentials.Account"
DATABASES = {"default": databases.django_database(CONFIG)}
USE_TZ = True
TIME_ZONE = "Europe/Paris"
