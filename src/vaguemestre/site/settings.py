"""Django's settings, all derived from the one configuration."""

import gc
import os

from vaguemestre.foundation.jobs.rules import QUEUES
from vaguemestre.site import config as configuration
from vaguemestre.site import hosts, secrets, static
from vaguemestre.site.database import databases

# Until every room is loaded (`SiteConfig.ready`): what is loaded stays, and walking it meanwhile costs each
# process a sixth of its start.
gc.disable()

CONFIG = configuration.load()
if not secrets.are_given():
    secrets.make_missing(CONFIG.secrets_dir)
    CONFIG.data_dir.mkdir(parents=True, exist_ok=True)

SECRET_KEY = secrets.read(CONFIG.secrets_dir, "django_key")
SEAL_KEY = secrets.given(CONFIG.secrets_dir, "seal_key").encode("ascii") or os.urandom(32)  # else: none holds
DEBUG = False
HOSTS = hosts.hosts_of(
    public_url=CONFIG.public_url,
    files_url=CONFIG.files_url,
    domains=CONFIG.domains,
    further_urls=CONFIG.further_sites,
    web_port=CONFIG.ports.web,
)
ALLOWED_HOSTS = HOSTS.names
FILES_HOST = CONFIG.files_url.split("//")[1]

_ROOMS = (
    "foundation.cluster",
    "foundation.ui",
    "foundation.journal",
    "foundation.jobs",
    "people.directory",
    "people.service_classes",
    "people.paragraphs",
    "people.credentials",
    "people.provisioning",
    "people.intake",
    "access.signin",
    "post.outbox",
    "post.reports",
    "post.quarantine",
    "post.redirects",
    "post.dkim",
    "post.trace",
    "mailbox.calendar",
    "people.lifecycle",
    "access.assistant",
    "mailbox.webmail",
    "mailbox.sorting",
    "mailbox.portability",
    "desks.enrolment",
    "mailbox.autoconfig",
    "mailbox.contacts",
    "post.filelinks",
    "schools.rosters",
    "desks.phonebook",
    "mailbox.compose",
    "post.tracking",
    "schools.sharing",
    "schools.lists",
    "access.sso.registry",
    "access.sso.oidc",
    "access.sso.cas",
    "access.sso.saml",
    "access.sso.headers",
    "desks.portal",
    "desks.helpdesk",
    "desks.breaches",
    "desks.operations",
    "desks.domainreports",
    "desks.removals",
    "desks.bulk",
    "desks.inventory",
    "desks.firstday",
    "desks.schoolstaff",
    "desks.backoffice",
    "desks.staffsearch",
)
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.staticfiles",
    "django_tasks_db",
    "vaguemestre.site",
    *(f"vaguemestre.{room}" for room in _ROOMS),
]
AUTH_USER_MODEL = "credentials.Account"
PASSWORD_HASHERS = [
    "vaguemestre.people.credentials.hashers.HouseArgon2",
    "vaguemestre.people.credentials.hashers.HeavyArgon2",
]

MIDDLEWARE = [
    "vaguemestre.site.monitoring.measures.Measured",
    "vaguemestre.site.head_requests.HeadRequests",
    "django.middleware.security.SecurityMiddleware",
    "vaguemestre.site.middleware.SiteByHost",
    "vaguemestre.site.middleware.Errors",
    "vaguemestre.site.middleware.Sessions",
    "vaguemestre.site.middleware.WhoIsAsking",
    "vaguemestre.site.request_bodies.LongBodies",
    "vaguemestre.site.request_bodies.NoNul",
    "django.middleware.csrf.CsrfViewMiddleware",  # before what writes anything of a form
    "vaguemestre.site.middleware.FreshProof",
    "vaguemestre.site.middleware.OpenBox",
    "django.middleware.common.CommonMiddleware",
    "vaguemestre.site.middleware.Policy",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "vaguemestre.foundation.ui.form_turns.FormTurns",
]
ROOT_URLCONF = "vaguemestre.site.urls"
FORM_RENDERER = "vaguemestre.foundation.ui.typography.FormRenderer"
WSGI_APPLICATION = "vaguemestre.processes.web.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                ("django.template.loaders.cached.Loader", ["vaguemestre.foundation.ui.typography.Loader"]),
            ],
            "builtins": ["vaguemestre.foundation.ui.templatetags.plurals"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "vaguemestre.foundation.ui.pages.page_context",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {"environment": "vaguemestre.foundation.ui.jinja.environment"},
    },
]


DATABASES = {"default": databases.django_database(CONFIG)}
TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "QUEUES": list(QUEUES),
        "ENQUEUE_ON_COMMIT": False,
    }
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True  # for Django’s own French: errors of forms, names of days and months
USE_TZ = True

_VERSION = static.version(CONFIG.home)  # the name changes with the content: browsers may keep the files
STATIC_URL = f"/static/{_VERSION}/" if _VERSION else "/static/"

# On plain-HTTP loopback cookies cannot be Secure; the port in their name keeps two instances apart.
_PREFIX = "__Host-" if CONFIG.web.behind_tls else ""
_SUFFIX = "" if CONFIG.web.behind_tls else f"_{CONFIG.ports.web}"
SESSION_ENGINE = "vaguemestre.access.signin.sessions"
SESSION_COOKIE_NAME = CONFIG.session_cookie
SESSION_COOKIE_SECURE = CONFIG.web.behind_tls
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
KNOWN_BROWSER_COOKIE_NAME = f"{_PREFIX}navigateur{_SUFFIX}"
SHOWN_ONCE_COOKIE_NAME = f"{_PREFIX}secret{_SUFFIX}"
HELD_FORM_COOKIE_NAME = f"{_PREFIX}instant{_SUFFIX}"
CSRF_COOKIE_NAME = f"{_PREFIX}csrf{_SUFFIX}"
CSRF_COOKIE_SECURE = CONFIG.web.behind_tls
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False  # htmx sends it as a header
_LOOPBACK = sorted(hosts.LOOPBACK & HOSTS.pages.keys())
CSRF_TRUSTED_ORIGINS = [
    CONFIG.public_url,
    *CONFIG.further_sites,
    *(f"http://{name}:{CONFIG.ports.web}" for name in _LOOPBACK),
]

_PUSH = [f"http://{name}:{CONFIG.ports.push}" for name in sorted(hosts.LOOPBACK)]
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'", *([] if CONFIG.web.behind_tls else _PUSH)],
    "frame-src": ["'self'"],
    "media-src": ["'self'"],
    "manifest-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'self'"],
}
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if CONFIG.web.behind_tls else 0

MESSAGE_SIZE_LIMIT = CONFIG.mail.message_size_limit
UNDO_SECONDS = CONFIG.mail.undo_seconds
DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "vaguemestre.foundation.ui.files.uploads.DiskUploadHandler",
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "vaguemestre.foundation.kernel.logs.formatter"}},
    "filters": {"routes": {"()": "vaguemestre.site.monitoring.logs.RoutesForPaths"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["routes"]},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        # scanners ask for any Host: each would write a traceback
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
