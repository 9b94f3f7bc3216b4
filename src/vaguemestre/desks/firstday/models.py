"""The first day of an installation."""

from django.db import models


class FirstDay(models.Model):
    """One row, of an installation that began empty. `dns_right_at`: when the zone was seen to be right."""

    begun_at = models.DateTimeField()
    dns_right_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
