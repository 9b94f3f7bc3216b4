"""Files of breaches, and the notices sent about them."""

from django.db import models


class Breach(models.Model):
    """A personal data breach or security incident. `known_at`: the start of the deadlines."""

    title = models.CharField(max_length=150)
    known_at = models.DateTimeField(db_index=True)
    began_at = models.DateTimeField(null=True, blank=True)
    facts = models.TextField(blank=True)
    data_kinds = models.TextField(blank=True)
    persons = models.TextField(blank=True)
    persons_count = models.PositiveIntegerField(null=True, blank=True)
    consequences = models.TextField(blank=True)
    measures = models.TextField(blank=True)
    opened_by = models.CharField(max_length=80)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True, db_index=True)
    closing_note = models.CharField(max_length=500, blank=True)


class BreachNotice(models.Model):
    """A notice sent to an authority or to the persons."""

    breach = models.ForeignKey(Breach, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=12)  # NoticeKind
    sent_at = models.DateTimeField()
    recipient = models.CharField(max_length=200)
    reference = models.CharField(max_length=120, blank=True)
    by = models.CharField(max_length=80)
