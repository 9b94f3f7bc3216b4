"""Who asks about classes."""

from django.conf import settings
from django.utils import timezone

from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.access.signin.values import Who
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.queries import find_academy_id
from vaguemestre.schools.rosters.ports import managed_schools
from vaguemestre.schools.rosters.services import Setting
from vaguemestre.schools.rosters.values import Asker


def asker_of(request: SignedInRequest) -> Asker:
    return asker_for(request.who)


def asker_for(who: Who) -> Asker:
    now, person = timezone.now(), who.own_account_id  # whatever mailbox is open: rights are a person's
    return Asker(person, paris_day(now), frozenset(managed_schools.get()(person, now)))


def setting_of(request: SignedInRequest, uai: str, *, losses_confirmed: bool = False) -> Setting:
    """An import from the page: of that school only."""
    return Setting(
        academy_id=find_academy_id(settings.CONFIG.academy.domain),
        ent_domain=settings.CONFIG.ent.domain,
        digest_key=numen_keys.get().digest,
        by=request.who.actor,
        only=uai,
        losses_confirmed=losses_confirmed,
    )
