"""Tickets. They are random, so only their SHA-256 is stored."""

from django.db import models

from vaguemestre.access.sso.registry.models import Visit


class Ticket(models.Model):
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="tickets")
    ticket_sha256 = models.CharField(max_length=64, unique=True)
    service = models.CharField(max_length=1000)
    signed_in_at = models.DateTimeField()
    fresh = models.BooleanField(default=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    proxies = models.JSONField(
        default=list
    )  # callbacks it came through, the last first; empty for a service ticket


class ProxyGrant(models.Model):
    """A proxy-granting ticket: lets a service request tickets for its user while the visit lasts."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="proxy_grants")
    ticket_sha256 = models.CharField(max_length=64, unique=True)
    chain = models.JSONField(default=list)  # its own callback first
    signed_in_at = models.DateTimeField()
    created_at = models.DateTimeField()
