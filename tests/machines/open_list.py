"""Run on the machine: makes a list that anybody may write to. Prints its address.

Its owner is the first agent whose account is open, its only subscriber somebody elsewhere.
"""

import django

from vaguemestre.people.credentials.values import AccountRole

django.setup()

from django.conf import settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from vaguemestre.people.credentials.models import Account  # noqa: E402
from vaguemestre.post.outbox.values import Recipient  # noqa: E402
from vaguemestre.schools.lists import services  # noqa: E402
from vaguemestre.schools.lists.models import MailingList  # noqa: E402
from vaguemestre.schools.lists.services.administration import Creator, NewList  # noqa: E402
from vaguemestre.schools.lists.values import Kind, Writers  # noqa: E402

SUBSCRIBER = "prof@dane.test"

now, domain = timezone.now(), settings.CONFIG.academy.domain
owner = Account.objects.filter(role="agent", state=Account.State.ACTIVE).order_by("pk")[0]
creator = Creator(owner.pk, owner.person_id or 0, AccountRole.ADMINISTRATOR)
list_id = services.create_list(creator, NewList("Essai", "essai", Kind.MANUAL), domain, by="essai", now=now)
services.subscribe(list_id, owner.pk, [Recipient("", SUBSCRIBER)], domain, by="essai", now=now)
MailingList.objects.filter(pk=list_id).update(writers=Writers.ANYBODY)
print(MailingList.objects.get(pk=list_id).address)  # noqa: T201
