"""The WSGI application granian serves: Django, its slots plugged."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vaguemestre.site.settings")
application = get_wsgi_application()
