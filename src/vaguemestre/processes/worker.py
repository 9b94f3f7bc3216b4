"""A worker: runs the jobs that events left in its queue. `python -m vaguemestre.processes.worker`."""

import os
from argparse import ArgumentParser, Namespace
from pathlib import Path

import django
from django.conf import settings
from django.utils.module_loading import import_string


def main() -> None:
    options = _options()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vaguemestre.site.settings")
    django.setup()  # before models are imported
    import_string("vaguemestre.foundation.jobs.worker.serve")(
        **vars(options),
        machine=settings.CONFIG.machine,
        checks=import_string("vaguemestre.foundation.cluster.ports.own_checks").get(),
        own_rounds=import_string("vaguemestre.foundation.cluster.ports.own_rounds").get(),
        sign_stored=import_string("vaguemestre.foundation.cluster.ports.sign_stored").get(),
    )


def _options() -> Namespace:
    parser = ArgumentParser(description="Run the jobs that events left in a queue")
    parser.add_argument("--interval", type=float, default=0.2, help="seconds between looks at an empty queue")
    parser.add_argument("--queue", default="default", choices=["default", "long", "imports", "untrusted"])
    parser.add_argument("--number", type=int, default=1, help="which of the workers of that queue")
    parser.add_argument("--heartbeat", type=Path, help="a file touched while the worker lives")
    return parser.parse_args()


if __name__ == "__main__":
    main()
