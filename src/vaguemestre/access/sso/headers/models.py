"""Passes to legacy applications. They are random, so only their SHA-256 is stored."""

from django.db import models

from vaguemestre.access.sso.registry.models import Visit


class Pass(models.Model):
    """First a single-use ticket of a few seconds, then a cookie on the application's own host."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="passes")
    ticket_sha256 = models.CharField(max_length=64, unique=True)
    departure = models.CharField(max_length=64)
    address = models.CharField(max_length=2000)
    expires_at = models.DateTimeField()
    token_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
