"""The process that serves `/metrics`: `python -m vaguemestre.processes.metrics`."""

import os

import django
from django.conf import settings
from django.utils.module_loading import import_string

from vaguemestre.foundation.kernel import logs
from vaguemestre.processes.metrics.server import serve


def main() -> None:
    logs.configure()
    os.umask(0o007)
    os.environ["DJANGO_SETTINGS_MODULE"] = "vaguemestre.site.metrics_settings"
    django.setup()
    config = settings.CONFIG
    registry = import_string("vaguemestre.processes.metrics.sources.registry")(config)
    serve(config.metrics.addresses, config.ports.metrics, registry)


if __name__ == "__main__":
    main()
