"""How long a feed takes: first import, the same again, a delta.

    PYTHONPATH=src .venv/bin/python bench/feed.py [AGENTS]

On a home of its own, thrown away; with VAGUEMESTRE_HOME, on that (empty) home and its database.
"""

import os
import resource
import sys
import tempfile
import time

_home = tempfile.TemporaryDirectory()
os.environ.setdefault("VAGUEMESTRE_HOME", _home.name)
os.environ["DJANGO_SETTINGS_MODULE"] = "vaguemestre.site.settings"

# The settings are read when Django is imported: the home above comes first.
import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from vaguemestre.directory.ports import numen_keys  # noqa: E402
from vaguemestre.directory.services import found_academy  # noqa: E402
from vaguemestre.directory.values import NumenLayout  # noqa: E402
from vaguemestre.intake import services  # noqa: E402
from vaguemestre.intake.sample import feed_text, sample, structures_text  # noqa: E402
from vaguemestre.intake.values import Terms  # noqa: E402
from vaguemestre.kernel.times import paris_day  # noqa: E402

DELTA = 500


def main(agents: int) -> None:
    """Print seconds and peak memory of each step."""
    config = settings.CONFIG
    call_command("migrate", verbosity=0)
    academy, now = config.academy, timezone.now()
    academy_id = found_academy(academy.code, academy.name, academy.domain, academy.departments)
    layout = NumenLayout(academy.numen_layout)
    made = sample(agents, 1, today=paris_day(now), academy=academy.code, layout=layout)
    lines = list(feed_text(made.people))
    places = "".join(structures_text(made.places)).encode()
    setting = services.Setting(academy_id, numen_keys.get(), 2048, "bench", config.data_dir / "feed.lock")
    terms = Terms(paris_day(now), config.feed.grace_days, config.feed.closure_limit_percent)

    def step(name: str, feed: str) -> None:
        start, worked = time.perf_counter(), time.process_time()
        files = services.Files(feed.encode(), places, "bench.csv")
        plan = services.apply(files, setting, terms, now=now, progress=lambda *_: None).plan
        took, cpu = time.perf_counter() - start, time.process_time() - worked
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        counts = f"{len(plan.arrivals):7} arrivals {len(plan.changes):6} changes"
        print(f"{name:24} {took:7.1f} s {cpu:7.1f} s of CPU {counts} {peak:6} MB", flush=True)

    step("first import", "".join(lines))
    step("the same again", "".join(lines))
    step(f"a delta of {DELTA}", _changed(lines))


def _changed(lines: list[str]) -> str:
    """The same feed where some people, spread over it, took another name."""
    cells = [line.split(";") for line in lines]
    people = sorted({cell[0] for cell in cells[1:]})
    chosen = set(people[:: max(1, len(people) // DELTA)][:DELTA])
    for cell in cells[1:]:
        if cell[0] in chosen:
            cell[4] = "Dupont-Lajoie"
    return "".join(";".join(cell) for cell in cells)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 45_000)
