"""Run on a machine of a drill: lets open accounts send as much as a confirmed mailing, for a day."""

from datetime import timedelta

import django

django.setup()

from django.utils import timezone  # noqa: E402

from vaguemestre.people.credentials.models import Account  # noqa: E402
from vaguemestre.post.outbox.models import SenderState  # noqa: E402

until = timezone.now() + timedelta(days=1)
for account in Account.objects.filter(role="agent", state=Account.State.ACTIVE):
    values = {"bulk_until": until, "bulk_left": 1_000_000}
    SenderState.objects.update_or_create(account_id=account.pk, defaults=values)
