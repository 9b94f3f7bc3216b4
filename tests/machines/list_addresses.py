"""Run on the machine: prints the address of every agent."""

import django

django.setup()

from vaguemestre.people.credentials.models import Account  # noqa: E402
from vaguemestre.people.credentials.queries import presented  # noqa: E402

for key in Account.objects.filter(role="agent", person_id__isnull=False).values_list("pk", flat=True):
    agent = presented(key)
    print(agent.address if agent else "")  # noqa: T201
