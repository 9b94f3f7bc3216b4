"""Classes of service of an académie, and what gives them. The account holds the class it has by them."""

from django.db import models

from vaguemestre.people.directory.models import Academy, Person


class ServiceClass(models.Model):
    """What the mail service gives; 0: as the installation is set. Fields as in `values.ServiceLimits`."""

    academy = models.ForeignKey(Academy, on_delete=models.PROTECT, related_name="service_classes")
    name = models.CharField(max_length=80)
    quota_mb = models.PositiveIntegerField(default=0)
    message_mb = models.PositiveIntegerField(default=0)
    trash_days = models.PositiveIntegerField(default=0)
    junk_days = models.PositiveIntegerField(default=0)
    imap = models.BooleanField(default=True)
    submission = models.BooleanField(default=True)
    sieve = models.BooleanField(default=True)
    contacts = models.BooleanField(default=True)
    forwards_outside = models.BooleanField(default=True)
    lends_files = models.BooleanField(default=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("academy", "name"), name="service_class_once"),)


class ClassTie(models.Model):
    """A function or a category (its code), or the whole académie (no key), whose people are of a class."""

    class Kind(models.TextChoices):
        FUNCTION = "function"
        CATEGORY = "category"
        ACADEMY = "academy"

    academy = models.ForeignKey(Academy, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=20, blank=True)
    service_class = models.ForeignKey(ServiceClass, on_delete=models.CASCADE, related_name="ties")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("academy", "kind", "key"), name="class_tie_once"),)


class ClassException(models.Model):
    """A class given to one person, whatever their function and category."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="class_exception")
    service_class = models.ForeignKey(ServiceClass, on_delete=models.CASCADE, related_name="exceptions")
    note = models.CharField(max_length=200)
    given_at = models.DateTimeField()


class AskedClassChange(models.Model):
    """A change that takes from people (`values.ClassChange`): done by one person alone, or for two.

    Nothing is done while it waits. `draft` null: the deletion of the class; `service_class` null: a new one.
    """

    class State(models.TextChoices):
        ALONE = "alone"  # done, and counted for an hour
        WAITING = "waiting"
        DECLINED = "declined"  # told for some days

    academy = models.ForeignKey(Academy, on_delete=models.PROTECT, related_name="+")
    service_class = models.ForeignKey(ServiceClass, null=True, on_delete=models.CASCADE, related_name="+")
    draft = models.JSONField(null=True)
    people = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    declined_by = models.CharField(max_length=80, blank=True)
    changed_at = models.DateTimeField(db_index=True)
