"""Clicks on checked links."""

from django.db import models


class LinkClick(models.Model):
    """Somebody followed a link of a message, or was kept from it. The link itself may be a secret."""

    account_id = models.BigIntegerField(db_index=True)
    message_id = models.CharField(max_length=255, blank=True, db_index=True)
    host = models.CharField(max_length=253)
    link_sha256 = models.CharField(max_length=64, db_index=True)
    was_listed = models.BooleanField()
    clicked_at = models.DateTimeField(db_index=True)
