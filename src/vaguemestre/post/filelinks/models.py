"""Files left with us; their octets lie on the shelf."""

from django.db import models

from vaguemestre.people.credentials.models import Account


class Deposit(models.Model):
    """One file; no account: left by the house itself (a list).

    The token of its address is kept as a digest, which names its octets on the shelf too, and sealed.
    """

    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.CASCADE, related_name="deposits"
    )
    token_sha256 = models.CharField(max_length=64, unique=True)
    sealed_token = models.BinaryField()
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    received = models.PositiveBigIntegerField(default=0)
    password = models.CharField(max_length=200, blank=True)  # its hash
    expires_on = models.DateField(db_index=True)  # the last day it can be taken
    downloads = models.PositiveIntegerField(default=0)
    verdict = models.CharField(max_length=10)
    created_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("account", "created_at")),)
