"""The class writer behind a request, and the settings of an import."""

from django.conf import settings
from django.utils import timezone

from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.access.signin.values import Who
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.academy import domain_of
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.queries import find_academy_id
from vaguemestre.schools.rosters.ports import managed_schools
from vaguemestre.schools.rosters.services import ImportSettings
from vaguemestre.schools.rosters.services.roster_import import digest_function
from vaguemestre.schools.rosters.values import ClassWriter


def class_writer_of(request: SignedInRequest) -> ClassWriter:
    return class_writer_for(request.who)


def class_writer_for(who: Who) -> ClassWriter:
    now, person = timezone.now(), who.own_account_id  # also inside a shared mailbox: rights are personal
    return ClassWriter(person, paris_day(now), frozenset(managed_schools.get()(person, now)))


def import_settings(request: SignedInRequest, uai: str, *, losses_confirmed: bool = False) -> ImportSettings:
    """The settings of an import from the page, limited to that school."""
    return ImportSettings(
        academy_id=find_academy_id(domain_of(request)),
        ent_domain=settings.CONFIG.ent.domain,
        digest=digest_function(numen_keys.get()),
        by=request.who.actor,
        only_uai=uai,
        losses_confirmed=losses_confirmed,
    )
