"""Announcement on everybody's home page."""

from datetime import datetime, timedelta

from vaguemestre.desks.portal.services import publish
from vaguemestre.desks.portal.values import Announcement, Weight
from vaguemestre.foundation.kernel.times import paris_day

_SHOWN = timedelta(days=30)


def announce(now: datetime) -> None:
    today = paris_day(now)
    announcement = Announcement(
        "De faux messages parlent de votre quota",
        "Aucun service ne demande votre mot de passe pour agrandir votre boîte. Ne cliquez pas : le bouton "
        "« Signaler » de la messagerie nous prévient.",
        Weight.PLAIN,
        today,
        today + _SHOWN,
    )
    publish(announcement, by="instance", now=now)
