"""Tickets: random, so only their SHA-256 is kept until they serve."""

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
    proxies = models.JSONField(default=list)  # callbacks it came through, the last first; none: from a person


class ProxyGrant(models.Model):
    """A service may ask for tickets on behalf of whoever is inside it, as long as they are."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="proxy_grants")
    ticket_sha256 = models.CharField(max_length=64, unique=True)
    chain = models.JSONField(default=list)  # its own callback first
    signed_in_at = models.DateTimeField()
    created_at = models.DateTimeField()
