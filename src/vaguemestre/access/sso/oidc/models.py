"""Signing keys, codes and tokens. Codes and tokens are random, so only their SHA-256 is stored."""

from django.db import models

from vaguemestre.access.sso.registry.models import Visit


class SigningKey(models.Model):
    """A private key, sealed with the instance's key."""

    kind = models.CharField(max_length=8)
    number = models.PositiveIntegerField()
    kid = models.CharField(max_length=43, unique=True)
    sealed = models.BinaryField()
    signs_from = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kind", "number"), name="signing_key_once"),)


class Code(models.Model):
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="codes")
    code_sha256 = models.CharField(max_length=64, unique=True)
    redirect_uri = models.CharField(max_length=1000)
    scope = models.CharField(max_length=500)
    nonce = models.CharField(max_length=1700, blank=True)
    challenge = models.CharField(max_length=43)
    signed_in_at = models.DateTimeField()
    methods = models.CharField(max_length=60, blank=True)
    acr = models.CharField(max_length=60, default="eidas1")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


class Token(models.Model):
    class Kind(models.TextChoices):
        ACCESS = "access"
        REFRESH = "refresh"

    code = models.ForeignKey(Code, on_delete=models.CASCADE, related_name="tokens")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    token_sha256 = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)
