"""Rosters of schools, until the end of the school year, and what their owners decide."""

from django.db import models

from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Person, Structure


class RosterRow(models.Model):
    """A school's classes. All that hangs on it goes after `purge_on`."""

    structure = models.OneToOneField(Structure, on_delete=models.CASCADE, related_name="class_roster")
    source = models.CharField(max_length=80, blank=True)  # the school's number in the ENT's export
    purge_on = models.DateField(db_index=True)
    updated_at = models.DateTimeField()


class GroupRow(models.Model):
    """A class, or a group of pupils; an audience is named by its id, kept from one import to the next."""

    roster = models.ForeignKey(RosterRow, on_delete=models.CASCADE, related_name="groups")
    kind = models.CharField(max_length=5)
    name = models.CharField(max_length=100)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("roster", "kind", "name"), name="class_once"),)


class RelativeRow(models.Model):
    """Somebody who answers for pupils of the school. `key`: digest of their number in the export."""

    roster = models.ForeignKey(RosterRow, on_delete=models.CASCADE, related_name="relatives")
    key = models.CharField(max_length=64)
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    address = models.CharField(max_length=254, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("roster", "key"), name="relative_once"),)


class PupilRow(models.Model):
    """Name, classes, address in the ENT: nothing more is kept of a child."""

    roster = models.ForeignKey(RosterRow, on_delete=models.CASCADE, related_name="pupils")
    key = models.CharField(max_length=64)
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    address = models.CharField(max_length=254, blank=True)
    groups = models.ManyToManyField(GroupRow, related_name="pupils")
    relatives = models.ManyToManyField(RelativeRow, related_name="pupils")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("roster", "key"), name="pupil_once"),)


class TeacherRow(models.Model):
    """Who teaches, by the address the directory knows them by."""

    roster = models.ForeignKey(RosterRow, on_delete=models.CASCADE, related_name="teachers")
    key = models.CharField(max_length=64)
    address = models.CharField(max_length=254, db_index=True)
    groups = models.ManyToManyField(GroupRow, related_name="teachers")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("roster", "key"), name="teacher_once"),)


class RightRow(models.Model):
    """What the owner of a school decided for a role; nothing: what is usual."""

    structure = models.ForeignKey(Structure, on_delete=models.CASCADE, related_name="class_rights")
    role = models.CharField(max_length=12)
    side = models.CharField(max_length=8)
    reach = models.CharField(max_length=4)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("structure", "role", "side"), name="right_once"),)


class AllowedRow(models.Model):
    """Somebody of the school whom its owner lets write to every class."""

    structure = models.ForeignKey(Structure, on_delete=models.CASCADE, related_name="class_writers")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="class_writing")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("structure", "person"), name="allowed_once"),)


class ImportRow(models.Model):
    """An import applied: numbers, and the lines refused, which name nobody."""

    structure = models.ForeignKey(Structure, on_delete=models.CASCADE, related_name="class_imports")
    by = models.CharField(max_length=40)
    at = models.DateTimeField()
    kind = models.CharField(max_length=8)  # `full`, `delta`, `csv`
    pupils_in = models.PositiveIntegerField(default=0)
    pupils_changed = models.PositiveIntegerField(default=0)
    pupils_out = models.PositiveIntegerField(default=0)
    pupils = models.PositiveIntegerField(default=0)
    wrong = models.JSONField(default=list)  # file, line, reason


class StagedRow(models.Model):
    """Files somebody gave on the page, sealed, until they apply them or give up."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="staged_classes")
    structure = models.ForeignKey(Structure, on_delete=models.CASCADE, related_name="staged_classes")
    sealed = models.BinaryField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("account", "structure"), name="staged_once"),)


class GatewayRow(models.Model):
    """The address by which somebody writes to classes without giving their own away."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="ent_gateway")
    address = models.CharField(max_length=254, unique=True)


class EntLinkRow(models.Model):
    """Whose account an ENT user is; linked once by somebody signed in on both sides."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="ent_link")
    subject = models.CharField(max_length=64, unique=True)  # digest of the ENT and its identifier
    linked_at = models.DateTimeField()


class EntAnswerRow(models.Model):
    """An answer of the ENT that served; it serves once."""

    key = models.CharField(max_length=64, unique=True)
    until = models.DateTimeField(db_index=True)
