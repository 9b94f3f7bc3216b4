"""Removals, the mailboxes each concerns, the copies taken or deleted, and who may decide them."""

from django.db import models

from vaguemestre.people.credentials.models import Account


class SecurityOfficer(models.Model):
    """An administrator who may look for a message in mailboxes and remove it. Given by another one."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="security_office")
    given_by = models.CharField(max_length=80)
    given_at = models.DateTimeField()


class Removal(models.Model):
    """A message looked for in every mailbox it reached (`values.Criteria`), removed, or given back."""

    state = models.CharField(max_length=10)  # RemovalState
    number = models.PositiveIntegerField(default=1)  # of the order: a job of an older one does nothing
    message_id = models.CharField(max_length=255, blank=True)
    sender = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=255, blank=True)
    link = models.CharField(max_length=500, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    note = models.CharField(max_length=300, blank=True)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField(db_index=True)
    decided_by = models.CharField(max_length=80, blank=True)
    approved_by = models.CharField(max_length=80, blank=True)
    undone_by = models.CharField(max_length=80, blank=True, default="", db_default="")
    changed_at = models.DateTimeField()
    content_state = models.CharField(max_length=10, blank=True, default="", db_default="")  # ContentState


class RemovalBox(models.Model):
    """A mailbox that a message reached. Counts are those of the last look."""

    removal = models.ForeignKey(Removal, on_delete=models.CASCADE, related_name="boxes")
    mailbox = models.CharField(max_length=254)
    account_id = models.BigIntegerField(null=True, db_index=True)  # none: a mailbox of nobody's
    message_ids = models.JSONField(default=list)
    # queue identifier → when that message was filed here, Unix time
    arrivals = models.JSONField(default=dict, db_default={})
    phase = models.CharField(max_length=10, default="listed")  # BoxPhase
    copies = models.PositiveIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)
    found = models.JSONField(null=True)  # what counting found, as `services.looks` stores it
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    next_try_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("removal", "mailbox"), name="removal_box_once"),)
        indexes = (models.Index(fields=("removal", "phase"), name="removal_box_phase"),)


class TakenCopy(models.Model):
    """A copy out of sight, and the folder it returns to. Written before the copy is moved."""

    box = models.ForeignKey(RemovalBox, on_delete=models.CASCADE, related_name="taken")
    folder = models.CharField(max_length=1000)
    guid = models.CharField(max_length=64)


class DiscardedCopy(models.Model):
    """A copy deleted for good. Backups made before its removal still hold it: none brings it back."""

    mailbox = models.CharField(max_length=254, db_index=True)
    account_id = models.BigIntegerField(null=True, db_index=True)
    guid = models.CharField(max_length=64)
    discarded_at = models.DateTimeField(db_index=True)
