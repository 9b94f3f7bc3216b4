"""Mailboxes that receive reports, the reports, and what they count: servers and domains, nobody."""

from django.db import models


class ReportBox(models.Model):
    """The mailbox of the reporting address of one domain, which the worker reads and empties."""

    domain = models.CharField(max_length=253, unique=True)
    account_id = models.BigIntegerField(unique=True)
    address = models.CharField(max_length=254, unique=True)
    read_at = models.DateTimeField(null=True, blank=True)
    # messages without a report that could be read
    set_aside = models.PositiveIntegerField(default=0, db_default=0)
    set_aside_reason = models.CharField(max_length=20, blank=True, default="", db_default="")
    set_aside_at = models.DateTimeField(null=True, blank=True)


class SetAsideMessage(models.Model):
    """A message already counted in `ReportBox.set_aside`: jobs that read at once count it once."""

    box = models.ForeignKey(ReportBox, on_delete=models.CASCADE, related_name="+")
    folder = models.CharField(max_length=255)
    uid_validity = models.BigIntegerField()
    uid = models.BigIntegerField()
    counted_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("box", "folder", "uid_validity", "uid"), name="one_count_aside"),
        )


class ReadingCost(models.Model):
    """How long the reports of a sender were read on a day (UTC): a domain, or all of the same trust."""

    day = models.DateField()
    sender = models.CharField(max_length=253)
    milliseconds = models.PositiveBigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("day", "sender"), name="one_reading_cost"),)


class DomainReport(models.Model):
    """One report about one domain. `day`: the middle of its span, in UTC, as reporters count."""

    kind = models.CharField(max_length=5)  # ReportKind
    organisation = models.CharField(max_length=100)
    report_id = models.CharField(max_length=250)
    domain = models.CharField(max_length=253)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    day = models.DateField(db_index=True)
    policy = models.CharField(max_length=20)
    percentage = models.PositiveSmallIntegerField(default=100, db_default=100)
    passed = models.BigIntegerField(default=0, db_default=0)
    failed = models.BigIntegerField(default=0, db_default=0)
    trust = models.CharField(max_length=9)  # Trust
    sender = models.CharField(max_length=253, blank=True, default="", db_default="")  # domain, if authentic
    received_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("domain", "kind", "organisation", "report_id", "begins_at", "policy", "sender"),
                name="one_domain_report_of_a_sender",
            ),
        )


class SenderCount(models.Model):
    """Messages of one sender in a DMARC report, with one result."""

    report = models.ForeignKey(DomainReport, on_delete=models.CASCADE, related_name="senders")
    origin = models.CharField(max_length=5)  # Origin
    name = models.CharField(max_length=253)
    is_named = models.BooleanField()
    passed = models.BigIntegerField(default=0, db_default=0)
    failed = models.BigIntegerField(default=0, db_default=0)
    forwarded = models.BigIntegerField(default=0, db_default=0)


class TlsFailureCount(models.Model):
    """Sessions of a TLS report that failed for one reason."""

    report = models.ForeignKey(DomainReport, on_delete=models.CASCADE, related_name="tls_failures")
    result = models.CharField(max_length=60)
    server = models.CharField(max_length=253, blank=True)
    sessions = models.BigIntegerField()
