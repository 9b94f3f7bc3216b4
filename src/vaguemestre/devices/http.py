"""The offer of this instance, for the pages and documents that tell it."""

from django.conf import settings

from vaguemestre.devices.rules.offers import offer
from vaguemestre.devices.values import Offer


def offered() -> Offer:
    config = settings.CONFIG
    return offer(
        public_url=config.public_url,
        domain=config.academy.domain,
        name=config.academy.name,
        imaps=config.ports.imaps,
        submissions=config.ports.submissions,
    )
