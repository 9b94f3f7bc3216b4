"""Classes of the demonstration college, imported from a generated ENT export."""

from datetime import datetime
from functools import partial

from vaguemestre.demo.cast import CAST, COLLEGE
from vaguemestre.demo.cast_accounts import accounts_of_cast
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import presented
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.queries import academy_of_domain
from vaguemestre.schools.rosters.aaf.xml import chunks_of
from vaguemestre.schools.rosters.sample import sample_files, sample_school
from vaguemestre.schools.rosters.services import ImportFile, ImportSettings, apply_import
from vaguemestre.schools.rosters.services.roster_import import digest_function
from vaguemestre.site.config import Config

_SEED = 80
_TAUGHT = {"teacher": ("4B", "6A"), "colleague": ("4B", "3A")}


def import_classes(config: Config, now: datetime) -> None:
    """Import five classes; « 4e B » is one of the teacher's. Does nothing without an ENT."""
    if not config.ent.domain:
        return
    academy = academy_of_domain(config.academy.domain)
    accounts = accounts_of_cast(academy.pk, [part.dossier for part in CAST])
    teachers = {}
    for part in CAST:
        account = presented(accounts[part.dossier][0]) if part.role in _TAUGHT else None
        if account is not None:
            teachers[account.address] = _TAUGHT[part.role]
    school = sample_school(COLLEGE.uai, _SEED, ent_domain=config.ent.domain, teachers=teachers)
    setting = ImportSettings(
        academy.pk, config.ent.domain, digest_function(numen_keys.get()), "instance", only_uai=COLLEGE.uai
    )
    files = [
        ImportFile(name, partial(chunks_of, content))
        for name, content in sample_files(school, paris_day(now)).items()
    ]
    apply_import(files, setting, now=now, progress=_quietly)


def _quietly(done: int, total: int) -> None:
    """One school: nothing to tell on the way."""
