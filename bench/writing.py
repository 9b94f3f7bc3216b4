"""Whom one may write to, with a whole académie in the directory; a mailing of a thousand copies.

    PYTHONPATH=src .venv/bin/python bench/writing.py [AGENTS]

On a home of its own, thrown away. Milliseconds at the server, and of processor where others share it: 2 to 5
letters of names, of first names, of both, as people type them; one signed-in person with a book of 300
contacts. Then one text, a file of 1,000 addresses: seconds to read and check it, milliseconds to make a copy
and commit it to the outbox.
"""

import os
import random
import statistics
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

from vaguemestre.contacts.models import Contact  # noqa: E402
from vaguemestre.credentials.models import Account  # noqa: E402
from vaguemestre.directory.models import MailAddress  # noqa: E402
from vaguemestre.directory.ports import numen_keys  # noqa: E402
from vaguemestre.directory.queries import primary_address  # noqa: E402
from vaguemestre.directory.services import found_academy  # noqa: E402
from vaguemestre.directory.values import NumenLayout  # noqa: E402
from vaguemestre.engines.memory.mailbox import MemoryMailboxes  # noqa: E402
from vaguemestre.intake import services  # noqa: E402
from vaguemestre.intake.sample import feed_text, sample, structures_text  # noqa: E402
from vaguemestre.intake.values import Terms  # noqa: E402
from vaguemestre.kernel.times import paris_day  # noqa: E402
from vaguemestre.outbox.models import OutgoingRow  # noqa: E402
from vaguemestre.webmail.values import MailLogin  # noqa: E402
from vaguemestre.writing.queries import suggestions  # noqa: E402
from vaguemestre.writing.services import (  # noqa: E402
    carry_mailing,
    prepare_mailing,
    save_writing,
    start_mailing,
)
from vaguemestre.writing.services.rows import fresh_key  # noqa: E402
from vaguemestre.writing.values import Writer, Written  # noqa: E402

ASKED = 2000
COPIES = 1000


def main(agents: int) -> None:
    """Print the median, the 95th and the 99th percentile and the worst."""
    account = _academy(agents)
    addresses = list(MailAddress.objects.filter(is_primary=True).values_list("address", flat=True))
    chance = random.Random(7)
    Contact.objects.bulk_create(
        Contact(account=account, name=one.partition("@")[0].replace(".", " ").title(), address=one)
        for one in chance.sample(addresses, min(300, len(addresses)))
    )
    took, spent = [], []
    for _ in range(ASKED):
        first, _, last = chance.choice(addresses).partition("@")[0].partition(".")
        typed = chance.choice((last[:2], last[:3], last[:5], first[:3], f"{first[:3]} {last[:2]}"))
        began, worked = time.perf_counter(), time.process_time()
        suggestions(account.pk, typed)
        took.append((time.perf_counter() - began) * 1000)
        spent.append((time.process_time() - worked) * 1000)
    parts, work = statistics.quantiles(took, n=100), statistics.quantiles(spent, n=100)
    print(
        f"{len(addresses)} people, {ASKED} questions: median {parts[49]:.1f} ms, "
        f"95 % {parts[94]:.1f} ms, 99 % {parts[98]:.1f} ms, worst {max(took):.1f} ms; "
        f"of processor: median {work[49]:.1f} ms, 95 % {work[94]:.1f} ms"
    )
    _mailing(account)


def _mailing(account: Account) -> None:
    """A thousand copies, handed to the outbox as its worker does; what leaves is taken for filed at once."""
    now, boxes = timezone.now(), MemoryMailboxes()
    address = primary_address(account.person_id or 0) or account.mailbox
    writer = Writer(account.pk, "Mesure", address, MailLogin(account.mailbox))
    written = Written(
        subject="Réunion de {prenom}", html="<p>Bonjour {prenom},</p>" + "<p>Un texte.</p>" * 40
    )
    key = fresh_key()
    save_writing(writer, key, written, 0, boxes, now=now)
    table = "prenom;courriel\n" + "".join(f"Élève {n};parent{n}@dehors.example\n" for n in range(COPIES))
    began = time.perf_counter()
    mailing = prepare_mailing(writer, key, table.encode(), "x.csv", limit=20_971_520, now=now)
    read = time.perf_counter() - began
    start_mailing(account.pk, key, by="bench", now=now)
    began, worked, made = time.perf_counter(), time.process_time(), 0
    while made < COPIES:
        carry_mailing(mailing, boxes, limit=20_971_520, now=now)
        made = OutgoingRow.objects.filter(account=account).count()
        OutgoingRow.objects.filter(account=account).update(state="filed")
    took = (time.perf_counter() - began) * 1000 / COPIES
    spent = (time.process_time() - worked) * 1000 / COPIES
    made_out = OutgoingRow.objects.filter(account=account).values_list("recipients", flat=True)
    once = len({row[0] for row in made_out})
    print(
        f"a mailing of {COPIES}: read in {read:.2f} s, {took:.1f} ms a copy ({spent:.1f} of processor), "
        f"{once} recipients once each"
    )


def _academy(agents: int) -> Account:
    """A directory of that many people, and one of its accounts."""
    config, now = settings.CONFIG, timezone.now()
    call_command("migrate", verbosity=0)
    academy = config.academy
    academy_id = found_academy(academy.code, academy.name, academy.domain, academy.departments)
    layout = NumenLayout(academy.numen_layout)
    made = sample(agents, 1, today=paris_day(now), academy=academy.code, layout=layout)
    files = services.Files(
        "".join(feed_text(made.people)).encode(), "".join(structures_text(made.places)).encode(), "bench.csv"
    )
    setting = services.Setting(academy_id, numen_keys.get(), 2048, "bench", config.data_dir / "feed.lock")
    terms = Terms(paris_day(now), config.feed.grace_days, config.feed.closure_limit_percent)
    services.apply(files, setting, terms, now=now, progress=lambda *_: None)
    account = Account.objects.order_by("pk").first()
    if account is None:
        raise SystemExit("the feed opened no account")
    return account


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 45_000)
