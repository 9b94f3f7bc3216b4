"""Applications, subjects, visits, consents, daily counts."""

from django.db import models

from vaguemestre.people.credentials.models import Account


class Application(models.Model):
    """A client application. Lists hold texts; the secret is random, so its SHA-256 is enough."""

    client_id = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=160, blank=True)
    icon = models.CharField(max_length=40, default="external-link")
    protocol = models.CharField(max_length=8)
    home = models.CharField(max_length=1000, blank=True)
    addresses = models.JSONField(default=list)
    after_sign_out = models.JSONField(default=list)
    tell_sign_out = models.CharField(max_length=1000, blank=True)
    front_sign_out = models.CharField(max_length=1000, blank=True)
    contact = models.CharField(max_length=160, blank=True)
    public = models.BooleanField(default=False)
    secret_sha256 = models.CharField(max_length=64, blank=True)
    former_sha256 = models.CharField(max_length=64, blank=True)
    former_until = models.DateTimeField(null=True, blank=True)
    signing = models.CharField(max_length=8, default="ES256")
    pairwise = models.BooleanField(default=False)
    consent = models.BooleanField(default=False)
    assurance = models.CharField(max_length=10, default="ordinary")
    released = models.JSONField(default=list)
    categories = models.JSONField(default=list)
    functions = models.JSONField(default=list)
    schools = models.JSONField(default=list)
    services = models.JSONField(default=list)
    roles = models.JSONField(default=list)
    proxies = models.JSONField(default=list)
    prefixes = models.JSONField(default=list)
    logo_sha256 = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()


class Subject(models.Model):
    """A person's public subject identifier: opaque, never reassigned (OpenID Connect Core §2, §8)."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="subject")
    sub = models.CharField(max_length=43, unique=True)


class Visit(models.Model):
    """A user signed in to an application, in one browser session."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="visits")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="visits")
    session_key = models.CharField(max_length=64, db_index=True)
    sid = models.CharField(max_length=43, unique=True)
    service = models.CharField(max_length=1000, blank=True)
    reference = models.CharField(max_length=80, blank=True)
    started_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)


class Logo(models.Model):
    """A small PNG, re-encoded here. A table of its own, so that reading an application does not load it."""

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="logo")
    content = models.BinaryField()


class Pseudonym(models.Model):
    """A person's pairwise identifier in one application: random, never reassigned."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="pseudonyms")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="pseudonyms")
    name = models.CharField(max_length=43, unique=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("account", "application"), name="one_pseudonym_an_application"),
        )


class Consent(models.Model):
    """A user's consent to release those attributes to an application."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="consents")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="consents")
    released = models.JSONField(default=list)
    given_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("account", "application"), name="one_consent_an_application"),
        )


class Tally(models.Model):
    """Entries and refusals of an application by day: counts, no names."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="tallies")
    day = models.DateField()
    entered = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("application", "day"), name="one_tally_a_day"),)
