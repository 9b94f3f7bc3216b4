"""Tables of autoconfig."""

from django.db import models

from vaguemestre.people.credentials.models import Account


class ProgramCode(models.Model):
    """Authorization code of a mail client, used once within a minute. Stored as its SHA-256."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="program_codes")
    code_sha256 = models.CharField(max_length=64, unique=True)
    client_id = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    login = models.CharField(max_length=254)
    redirect_uri = models.CharField(max_length=500)
    challenge = models.CharField(max_length=43)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)
    app_password_id = models.BigIntegerField(null=True, blank=True)  # of the key it was exchanged for
