"""Issued codes."""

from django.db import models

from vaguemestre.people.credentials.models import Account


class IssuedCode(models.Model):
    """A single-use code that the help desk sent or handed over; only a keyed hash of it is stored."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="issued_codes")
    mark = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    # `recovery_mark` when it was issued: a password chosen or a contact removed since voids it; "": unbound
    recovery = models.CharField(max_length=32, db_default="")
    drops_factors = models.BooleanField(default=False)  # the person lost their second factors: remove them
