"""Announcement on everybody's home page."""

from datetime import datetime, timedelta

from vaguemestre.desks.portal.services import save_announcement
from vaguemestre.desks.portal.values import Announcement, Importance
from vaguemestre.foundation.kernel.times import paris_day

_SHOWN = timedelta(days=30)


def announce(now: datetime) -> None:
    today = paris_day(now)
    announcement = Announcement(
        "De faux messages parlent de votre quota",
        "Aucun service ne demande votre mot de passe pour agrandir votre boîte. Ne cliquez pas : le bouton "
        "« Signaler » de la messagerie nous prévient.",
        Importance.PLAIN,
        today,
        today + _SHOWN,
    )
    save_announcement(announcement, by="instance", now=now)
