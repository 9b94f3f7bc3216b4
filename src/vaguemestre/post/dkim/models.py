"""DKIM keys: public halves and moments. Private halves are files of each machine (`ports.SigningKeys`)."""

from django.db import models

from vaguemestre.post.dkim.values import Algorithm


class DkimKey(models.Model):
    domain = models.CharField(max_length=253)
    selector = models.CharField(max_length=63)
    algorithm = models.CharField(
        max_length=8, choices=[(algorithm.value, algorithm.value) for algorithm in Algorithm]
    )
    public = models.TextField()
    sealed = models.TextField(db_default="", blank=True)  # the private half, for machines without it
    prepared_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    active_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("domain", "selector"), name="dkim_selector_once"),
            models.UniqueConstraint(
                fields=("domain", "algorithm"),
                condition=models.Q(active_at__isnull=False, retired_at__isnull=True),
                name="dkim_one_active",
            ),
        )
