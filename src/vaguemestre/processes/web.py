"""The WSGI application granian serves: static files, compressed once, and Django, its slots plugged."""

import gc
import os

from django.conf import settings
from django.core.cache import close_caches
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import reset_queries
from django.urls import get_resolver

from vaguemestre.foundation.kernel.slots import fill_all
from vaguemestre.processes.front import behind_front
from vaguemestre.site import static

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vaguemestre.site.settings")
application = behind_front(static.before(get_wsgi_application(), settings.CONFIG.home))

# Loaded once for all the processes of the pool: every room's views, and what fills their slots.
_ = get_resolver().url_patterns
fill_all()

# Nobody reads a log of queries, and the caches are in this process: nothing to do for them at each request.
request_started.disconnect(reset_queries)
request_finished.disconnect(close_caches)

# What is loaded stays: the collector need not walk it again. A list makes thousands of tuples that live as
# long as its answer; collected after every two thousand, they would cost it a tenth of its time.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
