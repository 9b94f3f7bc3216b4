"""Accounts and their credentials. An account belongs to one person; a technical account belongs to none."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models

from vaguemestre.foundation.kernel.text.choices import choices_of
from vaguemestre.people.credentials.values import (
    AccountRole,
    AccountState,
    AppPasswordScope,
    DeviceKind,
    MailboxState,
)
from vaguemestre.people.directory.models import Person
from vaguemestre.people.service_classes.models import ServiceClass


class Account(AbstractBaseUser):
    """A sign-in object: one person, one account (docs/domain.md §7). The password column holds Argon2id."""

    State = AccountState
    Role = AccountRole
    Mailbox = MailboxState

    person = models.OneToOneField(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="account"
    )
    username = models.CharField(max_length=32, unique=True)
    mailbox = models.CharField(max_length=254, unique=True)
    role = models.CharField(max_length=20, choices=choices_of(AccountRole), default=AccountRole.AGENT)
    # an office covers every académie of the installation, not only that of the person (ADR 0036)
    spans_academies = models.BooleanField(default=False, db_default=False)
    state = models.CharField(max_length=10, choices=choices_of(AccountState), default=AccountState.PENDING)
    state_since = models.DateTimeField(null=True, blank=True)
    mailbox_state = models.CharField(
        max_length=10, choices=choices_of(MailboxState), default=MailboxState.OPEN
    )
    mailbox_since = models.DateTimeField(null=True, blank=True)
    quota_mb = models.PositiveIntegerField(default=2048)  # where no class sets another
    # by `service_classes.rules.class_of`; kept here so that one query has an account and its limits
    service_class = models.ForeignKey(
        ServiceClass, null=True, blank=True, on_delete=models.SET_NULL, related_name="accounts"
    )
    activated_at = models.DateTimeField(null=True, blank=True)
    charter_version = models.CharField(max_length=20, blank=True)
    charter_accepted_at = models.DateTimeField(null=True, blank=True)
    preferences = models.JSONField(default=dict)
    # an administrator asked this account for a second factor, whatever its role
    factor_demanded_at = models.DateTimeField(null=True, blank=True)
    # « Ce n'était pas moi »: the password opens nothing until its owner has chosen another
    password_barred_at = models.DateTimeField(null=True, blank=True)
    # its sessions were ended then: a sign-in begun before is not finished after
    sessions_ended_at = models.DateTimeField(null=True, blank=True)
    # the password before the last change, as long as the change may be undone
    former_password = models.CharField(max_length=128, blank=True)
    former_until = models.DateTimeField(null=True, blank=True)
    # hashes of passwords that a thief may know, one a line: the owner may not choose them again
    taken_passwords = models.TextField(blank=True, default="", db_default="")

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        indexes = (models.Index(fields=("state",)),)

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        return self.state == AccountState.ACTIVE


class AppPassword(models.Model):
    """A generated password for one mail program; only its SHA-256 is kept (random 80 bits or more)."""

    Scope = AppPasswordScope

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="app_passwords")
    # whom it was given to, when the mailbox is one of several people
    holder = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.CASCADE, related_name="held_app_passwords"
    )
    name = models.CharField(max_length=80)
    scope = models.CharField(max_length=10, choices=choices_of(Scope), default=Scope.MAIL)
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    last_network = models.CharField(max_length=45, blank=True)
    login = models.CharField(max_length=254, blank=True)  # of a program allowed by consent; else the mailbox


class FormerProgramKey(models.Model):
    """A program's key that was exchanged for the next one; only its SHA-256 is kept."""

    app_password = models.ForeignKey(AppPassword, on_delete=models.CASCADE, related_name="former_keys")
    token_sha256 = models.CharField(max_length=64, unique=True)
    replaced_at = models.DateTimeField(db_index=True)


class OneTimeDevice(models.Model):
    """A source of one-time codes (RFC 6238): an application (30 s) or a key with a PIN (60 s).

    A key that was handed over waits for its PIN: `issued_at` is set, `confirmed_at` is not.
    """

    Kind = DeviceKind

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="one_time_devices")
    kind = models.CharField(max_length=5, choices=choices_of(Kind))
    secret = models.BinaryField()  # encrypted with the instance's key
    period = models.PositiveSmallIntegerField(default=30)
    pin = models.CharField(max_length=128, blank=True)  # Argon2id
    last_step = models.BigIntegerField(default=-1)  # a step is accepted once
    serial = models.CharField(max_length=40, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.CharField(max_length=80, blank=True)  # an actor, as in the journal
    lost_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)


class KeyInStock(models.Model):
    """A key nobody holds yet: its serial number as printed, its secret from the maker's file, sealed."""

    serial = models.CharField(max_length=40, unique=True)
    secret = models.BinaryField()
    period = models.PositiveSmallIntegerField(default=60)
    added_at = models.DateTimeField()


class RecoveryCode(models.Model):
    """A single-use code for the day the authenticator is lost; only a keyed hash of it is kept."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recovery_codes")
    mark = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)


class RecoveryContact(models.Model):
    """A private address that its owner proved to read; it can recover the account from `usable_at` on."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recovery_contacts")
    address = models.CharField(max_length=254)
    code_mark = models.CharField(max_length=64, blank=True)
    code_until = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    usable_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)


class Passkey(models.Model):
    """A key a device holds for the account (WebAuthn): only its public half is here."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=80)
    credential_sha256 = models.CharField(max_length=64, unique=True)
    attested = models.BinaryField()
    counter = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)


class MailToken(models.Model):
    """A mail token that is still valid, by its SHA-256. Deleting the row revokes the token."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="mail_tokens")
    session_key = models.CharField(max_length=64, blank=True, db_index=True)
    token_sha256 = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(db_index=True)


class ActivationLink(models.Model):
    """A single-use way into a first activation for somebody without a NUMEN; only its SHA-256 is kept."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="activation_links")
    token_sha256 = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
