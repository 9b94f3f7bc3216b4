"""Who asks about classes."""

from django.conf import settings
from django.utils import timezone

from vaguemestre.classes.ports import managed_schools
from vaguemestre.classes.services import Setting
from vaguemestre.classes.values import Asker
from vaguemestre.directory.ports import numen_keys
from vaguemestre.directory.queries import find_academy_id
from vaguemestre.kernel.times import paris_day
from vaguemestre.signin.http import SignedInRequest


def asker_of(request: SignedInRequest) -> Asker:
    now = timezone.now()
    managed = managed_schools.get()(request.who.account_id, now)
    return Asker(request.who.account_id, paris_day(now), frozenset(managed))


def setting_of(request: SignedInRequest, uai: str, *, losses_confirmed: bool = False) -> Setting:
    """An import from the page: of that school only."""
    return Setting(
        academy_id=find_academy_id(settings.CONFIG.academy.domain),
        ent_domain=settings.CONFIG.ent.domain,
        digest_key=numen_keys.get().digest,
        by=f"account:{request.who.account_id}",
        only=uai,
        losses_confirmed=losses_confirmed,
    )
