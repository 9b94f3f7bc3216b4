"""Tables of rosters, kept until the end of the school year, and of writing rights."""

from django.db import models

from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Person, Structure


class RosterRow(models.Model):
    """The classes of a school. Deleted with all its children after `purge_on`."""

    structure = models.OneToOneField(Structure, on_delete=models.CASCADE, related_name="class_roster")
    source = models.CharField(max_length=80, blank=True)  # the school's id in the export
    purge_on = models.DateField(db_index=True)
    updated_at = models.DateTimeField()


class GroupRow(models.Model):
    """A class or teaching group. Its id, stable across imports, names its audiences."""

    roster = models.ForeignKey(RosterRow, on_delete=models.CASCADE, related_name="groups")
    kind = models.CharField(max_length=5)
    name = models.CharField(max_length=100)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("roster", "kind", "name"), name="class_once"),)


class RelativeRow(models.Model):
    """A relative of pupils of the school. `key`: digest of their id in the export."""

    roster = models.ForeignKey(RosterRow, on_delete=models.CASCADE, related_name="relatives")
    key = models.CharField(max_length=64)
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    address = models.CharField(max_length=254, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("roster", "key"), name="relative_once"),)


class PupilRow(models.Model):
    """A pupil: name, classes and ENT address. Nothing more of a child is stored."""

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
    """A teacher of the roster, matched to the directory by address."""

    roster = models.ForeignKey(RosterRow, on_delete=models.CASCADE, related_name="teachers")
    key = models.CharField(max_length=64)
    address = models.CharField(max_length=254, db_index=True)
    groups = models.ManyToManyField(GroupRow, related_name="teachers")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("roster", "key"), name="teacher_once"),)


class RightRow(models.Model):
    """A right the owner of a school set for a role. Without a row, `DEFAULT_RIGHTS` apply."""

    structure = models.ForeignKey(Structure, on_delete=models.CASCADE, related_name="class_rights")
    role = models.CharField(max_length=12)
    side = models.CharField(max_length=8)
    reach = models.CharField(max_length=4)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("structure", "role", "side"), name="right_once"),)


class AllowedRow(models.Model):
    """A person of the school allowed by its owner to write to every class."""

    structure = models.ForeignKey(Structure, on_delete=models.CASCADE, related_name="class_writers")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="class_writing")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("structure", "person"), name="allowed_once"),)


class ImportRow(models.Model):
    """An import applied: counts, and the rejected lines without personal data."""

    structure = models.ForeignKey(Structure, on_delete=models.CASCADE, related_name="class_imports")
    by = models.CharField(max_length=40)
    at = models.DateTimeField()
    kind = models.CharField(max_length=8)  # `full`, `delta`, `csv`
    pupils_in = models.PositiveIntegerField(default=0)
    pupils_changed = models.PositiveIntegerField(default=0)
    pupils_out = models.PositiveIntegerField(default=0)
    pupils = models.PositiveIntegerField(default=0)
    rejected = models.JSONField(default=list)  # file, line, reason


class StagedRow(models.Model):
    """Uploaded files, sealed, until they are applied or discarded."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="staged_classes")
    structure = models.ForeignKey(Structure, on_delete=models.CASCADE, related_name="staged_classes")
    sealed = models.BinaryField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("account", "structure"), name="staged_once"),)


class GatewayRow(models.Model):
    """The address a person writes to classes from, without revealing their own."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="ent_gateway")
    address = models.CharField(max_length=254, unique=True)


class EntLinkRow(models.Model):
    """The link of an ENT user to an account, made by a person signed in on both sides."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="ent_link")
    subject = models.CharField(max_length=64, unique=True)  # digest of the ENT's URL and its user id
    linked_at = models.DateTimeField()


class EntAnswerRow(models.Model):
    """A SAML assertion already used; kept to refuse its replay until it expires."""

    key = models.CharField(max_length=64, unique=True)
    until = models.DateTimeField(db_index=True)
