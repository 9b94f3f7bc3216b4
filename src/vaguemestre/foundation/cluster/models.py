"""The machines of an installation, and the keys they must share."""

from django.db import models


class Machine(models.Model):
    """A machine and its health as it said last. `checks`: part → `{"status": …, "detail": …}`."""

    name = models.CharField(max_length=64, primary_key=True)
    beat_at = models.DateTimeField()
    checks = models.JSONField(default=dict)


class KeyDigest(models.Model):
    """The digest of a key that every machine has, never the key."""

    name = models.CharField(max_length=40, primary_key=True)
    digest = models.CharField(max_length=64)
