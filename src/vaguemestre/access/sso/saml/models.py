"""Service providers, and our own keys."""

from django.db import models

from vaguemestre.access.sso.registry.models import Application


class Peer(models.Model):
    """An application's SAML metadata; its assertion consumers are also the application's addresses."""

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="saml")
    entity_id = models.CharField(max_length=1024, unique=True)
    consumers = models.JSONField(default=list)
    sign_outs = models.JSONField(default=list)
    signing = models.JSONField(default=list)  # certificates, base64 of DER
    encryption = models.TextField(blank=True)
    formats = models.JSONField(default=list)
    signs_requests = models.BooleanField(default=False)
    encrypts = models.BooleanField(default=False)
    read_at = models.DateTimeField()


class ProviderKey(models.Model):
    """A private key, sealed with the instance's key, and its certificate."""

    number = models.PositiveIntegerField(unique=True)
    sealed = models.BinaryField()
    certificate = models.TextField()
    signs_from = models.DateTimeField()
