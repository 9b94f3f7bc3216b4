"""People and places of an académie (docs/domain.md §2, §3, §4.5). Several académies live side by side."""

import uuid

from django.db import models
from django.db.models.functions import StrIndex, Substr

from vaguemestre.people.directory.rules.names import shown_name


class Academy(models.Model):
    """An académie: one mail domain, one code inside the NUMENs it issues."""

    code = models.CharField(max_length=2, unique=True)
    name = models.CharField(max_length=80)
    domain = models.CharField(max_length=253, unique=True)


class ManagementService(models.Model):
    """The division that manages a category of staff (DPE, DPATE, DEEP, DSDEN of a department)."""

    academy = models.ForeignKey(Academy, on_delete=models.PROTECT, related_name="services")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=160)
    department = models.CharField(max_length=3, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=254, blank=True)
    postal = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("academy", "code"), name="service_code_once"),)


class Structure(models.Model):
    """A school or a service, known by its UAI (docs/domain.md §2.5)."""

    academy = models.ForeignKey(Academy, on_delete=models.PROTECT, related_name="structures")
    uai = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=40, blank=True)
    sector = models.CharField(max_length=20, blank=True)
    department = models.CharField(max_length=3, blank=True)
    district = models.CharField(max_length=80, blank=True)  # circonscription, of a school of the first degree
    town = models.CharField(max_length=80, blank=True)
    postal_code = models.CharField(max_length=10, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    folded = models.CharField(max_length=300, blank=True)  # name and town as `fold` writes them, to search
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)


class Person(models.Model):
    """A human managed by the académie. Civil status is restricted; the directory shows only usage names."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    academy = models.ForeignKey(Academy, on_delete=models.PROTECT, related_name="people")
    dossier = models.CharField(max_length=40)
    civility = models.CharField(max_length=4, blank=True)
    birth_name = models.CharField(max_length=100)
    usage_name = models.CharField(max_length=100, blank=True)
    first_name = models.CharField(max_length=100)
    chosen_first_name = models.CharField(max_length=100, blank=True)
    birth_date = models.DateField(null=True, blank=True)  # None once the civil status is erased
    category = models.CharField(max_length=20)
    service = models.ForeignKey(ManagementService, null=True, blank=True, on_delete=models.PROTECT)
    recovery_address = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)  # work phone, set by its owner
    unlisted = models.BooleanField(default=False)
    # hidden from the directory, after a departure or during a long absence
    hidden_since = models.DateTimeField(null=True, blank=True)
    # civil status erased, long after the closing of the account; the row keeps names from being reused
    erased_at = models.DateTimeField(null=True, blank=True)
    # folded surname and first name; the username once the civil status is erased
    sorted_as = models.CharField(max_length=220, blank=True, db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("academy", "dossier"), name="dossier_once"),)

    @property
    def shown_first_name(self) -> str:
        return self.chosen_first_name or self.first_name

    @property
    def shown_last_name(self) -> str:
        return self.usage_name or self.birth_name

    @property
    def shown_name(self) -> str:
        if self.erased_at:
            return self.sorted_as
        return shown_name(
            self.first_name,
            self.birth_name,
            chosen_first_name=self.chosen_first_name,
            usage_name=self.usage_name,
        )


class NameWord(models.Model):
    """A folded word of somebody's shown names, for prefix search."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="name_words")
    word = models.CharField(max_length=100, db_index=True)


class NumenRow(models.Model):
    """A NUMEN held by a person: encrypted, found by keyed hash, history kept (docs/domain.md §1.3, §1.6)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="numens")
    ciphertext = models.BinaryField()  # empty once the civil status is erased: the digest remains
    digest = models.CharField(max_length=64, unique=True)
    layout = models.CharField(max_length=10)
    is_current = models.BooleanField(default=True)
    since = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("person",), condition=models.Q(is_current=True), name="one_current_numen"
            ),
        )


class Assignment(models.Model):
    """An agent in a structure, for a function, between two dates (affectation). `ends_on` is inclusive."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="assignments")
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="assignments")
    status = models.CharField(max_length=20, blank=True)
    corps = models.CharField(max_length=10, blank=True)
    discipline = models.CharField(max_length=10, blank=True)
    function = models.CharField(max_length=20, blank=True)
    is_primary = models.BooleanField(default=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("discipline", "person")), models.Index(fields=("function", "person")))
        constraints = (
            models.UniqueConstraint(
                fields=("person", "structure", "starts_on", "function"), name="assignment_once"
            ),
        )


class TakenName(models.Model):
    """A username or an address given once, and never given again (docs/domain.md §2.3)."""

    class Kind(models.TextChoices):
        USERNAME = "username"
        ADDRESS = "address"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=254)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kind", "name"), name="name_taken_once"),)


def _after(mark: str, text: "str | Substr") -> Substr:
    """The text after the first `mark`; the whole text if there is none."""
    return Substr(text, StrIndex(text, models.Value(mark)) + 1)


class MailAddress(models.Model):
    """An address of a person; a former one still receives but no longer sends."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="addresses")
    address = models.CharField(max_length=254, unique=True)
    is_primary = models.BooleanField(default=False)
    may_send = models.BooleanField(default=True)
    # Generated columns for prefix search: after the first dot, then after its first hyphen.
    surname = models.GeneratedField(
        expression=_after(".", "address"), output_field=models.CharField(max_length=254), db_persist=True
    )
    second_surname = models.GeneratedField(
        expression=_after("-", _after(".", "address")),
        output_field=models.CharField(max_length=254),
        db_persist=True,
    )

    class Meta:
        indexes = (models.Index(fields=("surname",)), models.Index(fields=("second_surname",)))
        constraints = (
            models.UniqueConstraint(
                fields=("person",), condition=models.Q(is_primary=True), name="one_primary_address"
            ),
        )
