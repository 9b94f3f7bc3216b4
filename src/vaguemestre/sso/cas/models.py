"""Tickets: random, so only their SHA-256 is kept until they serve."""

from django.db import models

from vaguemestre.sso.registry.models import Visit


class Ticket(models.Model):
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="tickets")
    ticket_sha256 = models.CharField(max_length=64, unique=True)
    service = models.CharField(max_length=1000)
    signed_in_at = models.DateTimeField()
    fresh = models.BooleanField(default=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
