"""The WSGI application granian serves: Django, its slots plugged."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vaguemestre.site.settings")
application = get_wsgi_application()

# What is loaded stays: the collector need not walk it again. A list makes thousands of tuples that live as
# long as its answer; collected after every two thousand, they would cost it a tenth of its time.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
