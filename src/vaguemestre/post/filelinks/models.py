"""Shared files; their contents are in the file store."""

from django.db import models

from vaguemestre.people.credentials.models import Account


class SharedFile(models.Model):
    """A file shared by a link. Without account: shared by the system (a list).

    The token of its link is stored as a digest, which is also its name in the file store, and sealed.
    """

    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.CASCADE, related_name="shared_files"
    )
    token_sha256 = models.CharField(max_length=64, unique=True)
    sealed_token = models.BinaryField()
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    received = models.PositiveBigIntegerField(default=0)
    password = models.CharField(max_length=200, blank=True)  # its hash
    expires_on = models.DateField(db_index=True)  # the last day it can be downloaded
    downloads = models.PositiveIntegerField(default=0)
    verdict = models.CharField(max_length=10)
    created_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("account", "created_at")),)
