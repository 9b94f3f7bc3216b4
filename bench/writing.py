"""Whom one may write to, with a whole académie in the directory; a mailing of a thousand copies.

    PYTHONPATH=src .venv/bin/python bench/writing.py [AGENTS]

On a home of its own, thrown away. Milliseconds at the server, and of processor where others share it: 2 to 5
letters of names, of first names, of both, of schools and lists, as people type them; one teacher with 300
contacts and five classes, a mailbox for each school, 200 lists. The whole request is timed: middleware,
session, queries, answer. Then one text, a file of 1,000 addresses: seconds to read and check it, milliseconds
to make a copy and commit it to the outbox.
"""

import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from functools import partial

_home = tempfile.TemporaryDirectory()
os.environ.setdefault("VAGUEMESTRE_HOME", _home.name)
os.environ["DJANGO_SETTINGS_MODULE"] = "vaguemestre.site.settings"

# The settings are read when Django is imported: the home above comes first.
import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from vaguemestre.engines.memory.mailbox import MemoryMailboxes  # noqa: E402
from vaguemestre.foundation.kernel.times import paris_day  # noqa: E402
from vaguemestre.mailbox.compose.services import (  # noqa: E402
    prepare_mailing,
    run_mailing,
    save_draft,
    start_mailing,
)
from vaguemestre.mailbox.compose.services.rows import new_key  # noqa: E402
from vaguemestre.mailbox.compose.values import DraftFields, Writer  # noqa: E402
from vaguemestre.mailbox.contacts.models import Contact  # noqa: E402
from vaguemestre.people.credentials import services as credentials  # noqa: E402
from vaguemestre.people.credentials.models import Account  # noqa: E402
from vaguemestre.people.directory.models import MailAddress  # noqa: E402
from vaguemestre.people.directory.models import Structure as StructureRow  # noqa: E402
from vaguemestre.people.directory.ports import numen_keys  # noqa: E402
from vaguemestre.people.directory.queries import primary_address  # noqa: E402
from vaguemestre.people.directory.services import found_academy  # noqa: E402
from vaguemestre.people.directory.values import NumenLayout  # noqa: E402
from vaguemestre.people.intake import services  # noqa: E402
from vaguemestre.people.intake.sample import feed_text, sample, structures_text  # noqa: E402
from vaguemestre.people.intake.values import ImportTerms  # noqa: E402
from vaguemestre.post.mailstore.values import MailLogin  # noqa: E402
from vaguemestre.post.outbox.models import OutboxMessage  # noqa: E402
from vaguemestre.schools.lists.models import MailingList  # noqa: E402
from vaguemestre.schools.lists.services import change_rule, create_list  # noqa: E402
from vaguemestre.schools.lists.services.administration import Creator, NewList  # noqa: E402
from vaguemestre.schools.lists.values import Criteria, Kind, Rule, Writers  # noqa: E402
from vaguemestre.schools.rosters.aaf.xml import chunks_of  # noqa: E402
from vaguemestre.schools.rosters.sample import sample_files, sample_school  # noqa: E402
from vaguemestre.schools.rosters.services import ImportFile  # noqa: E402
from vaguemestre.schools.rosters.services import ImportSettings as ClassSetting  # noqa: E402
from vaguemestre.schools.rosters.services import apply_import as apply_classes  # noqa: E402
from vaguemestre.schools.sharing.services import open_school_boxes  # noqa: E402

ASKED = 2000
COPIES = 1000
LISTS = 200
OTHERS = ("coll", "lycée vic", "prof", "réseau col", "4e", "4e b fam", "coordination 1")
_PASSWORD = "mesure-tranquille-du-matin-27"


def main(agents: int) -> None:
    """Print the median, the 95th and the 99th percentile and the worst."""
    account = _academy(agents)
    addresses = list(MailAddress.objects.filter(is_primary=True).values_list("address", flat=True))
    chance = random.Random(7)
    Contact.objects.bulk_create(
        Contact(account=account, name=one.partition("@")[0].replace(".", " ").title(), address=one)
        for one in chance.sample(addresses, min(300, len(addresses)))
    )
    browser = _signed_in(account)
    took, spent, kinds = [], [], Counter[str]()
    for _ in range(ASKED):
        first, _, last = chance.choice(addresses).partition("@")[0].partition(".")
        names = (last[:2], last[:3], last[:5], first[:3], f"{first[:3]} {last[:2]}")
        typed = chance.choice((*names, *names, *OTHERS))
        began, worked = time.perf_counter(), time.process_time()
        answer = browser.get("/messagerie/ecrire/destinataires/", {"q": typed})
        took.append((time.perf_counter() - began) * 1000)
        kinds.update(_kind(one) for one in answer.json()["suggestions"])
        spent.append((time.process_time() - worked) * 1000)
    parts, work = statistics.quantiles(took, n=100), statistics.quantiles(spent, n=100)
    print(
        f"{len(addresses)} people, {ASKED} questions: median {parts[49]:.1f} ms, "
        f"95 % {parts[94]:.1f} ms, 99 % {parts[98]:.1f} ms, worst {max(took):.1f} ms; "
        f"of processor: median {work[49]:.1f} ms, 95 % {work[94]:.1f} ms"
    )
    print("proposed: " + ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()))
    _mailing(account)


def _kind(told: dict[str, str]) -> str:
    if told["address"].endswith(".invalid"):
        return "classes"
    known = {"Liste de diffusion": "lists", "Boîte partagée": "mailboxes"}
    return known.get(told["detail"], "people")


def _signed_in(account: Account) -> Client:
    """A browser of that agent, activated for the occasion."""
    with transaction.atomic(durable=True):
        kept = credentials.hash_password(_PASSWORD)
        credentials.activate_with_hash(account.pk, kept, charter="bench", by="system", now=timezone.now())
    client = Client()
    typed = {"username": account.username, "secret": _PASSWORD}
    if client.post("/alogin", typed).status_code != 302:
        raise SystemExit("sign-in refused")
    return client


def _mailing(account: Account) -> None:
    """A thousand copies, handed to the outbox as its worker does; what leaves is taken for filed at once."""
    now, boxes = timezone.now(), MemoryMailboxes()
    address = primary_address(account.person_id or 0) or account.mailbox
    writer = Writer(account.pk, "Mesure", address, MailLogin(account.mailbox))
    written = DraftFields(
        subject="Réunion de {prenom}", html="<p>Bonjour {prenom},</p>" + "<p>Un texte.</p>" * 40
    )
    key = new_key()
    save_draft(writer, key, written, 0, boxes, now=now)
    table = "prenom;courriel\n" + "".join(f"Élève {n};parent{n}@dehors.example\n" for n in range(COPIES))
    began = time.perf_counter()
    mailing = prepare_mailing(writer, key, table.encode(), "x.csv", limit=20_971_520, now=now)
    read = time.perf_counter() - began
    start_mailing(account.pk, key, by="bench", now=now)
    began, worked, made = time.perf_counter(), time.process_time(), 0
    while made < COPIES:
        run_mailing(mailing, boxes, limit=20_971_520, now=now)
        made = OutboxMessage.objects.filter(account=account).count()
        OutboxMessage.objects.filter(account=account).update(state="filed")
    took = (time.perf_counter() - began) * 1000 / COPIES
    spent = (time.process_time() - worked) * 1000 / COPIES
    made_out = OutboxMessage.objects.filter(account=account).values_list("recipients", flat=True)
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
    files = services.FeedFiles(
        "".join(feed_text(made.people)).encode(), "".join(structures_text(made.places)).encode(), "bench.csv"
    )
    setting = services.ImportContext(
        academy_id, numen_keys.get(), 2048, "bench", config.data_dir / "feed.lock"
    )
    terms = ImportTerms(paris_day(now), config.feed.grace_days, config.feed.closure_limit_percent)
    services.apply_feed(files, setting, terms, now=now, progress=lambda *_: None)
    colleges = StructureRow.objects.filter(name__istartswith="collège").order_by("uai")
    there = {"person__assignments__function": "ENS", "person__assignments__structure": colleges.first()}
    teacher = Account.objects.filter(**there).order_by("pk").first()
    if teacher is None:
        raise SystemExit("the feed opened no account")
    open_school_boxes(None, quota_mb=512, by="bench", now=now)
    _classes(academy_id, teacher, there["person__assignments__structure"].uai)
    _lists(teacher)
    return teacher


def _classes(academy_id: int, teacher: Account, uai: str) -> None:
    """Five classes of that school, two of them the teacher's."""
    config, now = settings.CONFIG, timezone.now()
    address = primary_address(teacher.person_id or 0) or ""
    domain = config.ent.domain or "ent.exemple.test"
    school = sample_school(uai, 80, ent_domain=domain, teachers={address: ("4B", "6A")})
    setting = ClassSetting(academy_id, domain, numen_keys.get().digest, "bench", only_uai=uai)
    files = [
        ImportFile(name, partial(chunks_of, content))
        for name, content in sample_files(school, paris_day(now)).items()
    ]
    apply_classes(files, setting, now=now, progress=lambda *_: None)


def _lists(teacher: Account) -> None:
    """Lists of the whole académie, a third of them for their own members to write to."""
    now, keeper = timezone.now(), Creator(teacher.pk, teacher.person_id or 0, "administrator")
    words = ("Professeurs de", "Coordination", "Groupe de travail", "Réseau des collèges")
    schools = list(StructureRow.objects.order_by("uai").values_list("uai", flat=True)[:LISTS])
    for number in range(LISTS):
        wanted = NewList(f"{words[number % 4]} {number}", f"liste.{number}", Kind.RULE)
        made = create_list(keeper, wanted, settings.CONFIG.academy.domain, by="bench", now=now)
        rule = Rule((Criteria(uais=(schools[number % len(schools)],)),))
        change_rule(made, teacher.pk, rule, by="bench", now=now)
    MailingList.objects.filter(pk__gt=0).update(writers=Writers.INSIDE)
    MailingList.objects.filter(address__contains="1").update(writers=Writers.MEMBERS)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 45_000)
