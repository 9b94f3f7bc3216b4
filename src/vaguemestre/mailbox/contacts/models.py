"""Tables of address books, personal and of schools."""

from typing import Any

from django.db import models
from django.db.models import Q

from vaguemestre.foundation.kernel.texts import without_accents
from vaguemestre.people.credentials.models import Account


class SchoolBook(models.Model):
    """Address book of a school: read by its staff, changed by its head and the chosen writers."""

    uai = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=200)


class BookWriter(models.Model):
    """Account that may change a school's book, besides its head."""

    book = models.ForeignKey(SchoolBook, on_delete=models.CASCADE, related_name="writers")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="written_books")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("book", "account"), name="book_writer_once"),)


class Contact(models.Model):
    """Card or group. `vcard` holds everything; the other columns serve lists and searches."""

    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.CASCADE, related_name="contacts"
    )
    book = models.ForeignKey(
        SchoolBook, null=True, blank=True, on_delete=models.CASCADE, related_name="contacts"
    )
    uid = models.CharField(max_length=255, blank=True)
    href = models.CharField(max_length=255, blank=True)  # resource name in CardDAV, chosen by its creator
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=254, blank=True)
    others = models.TextField(blank=True)  # other addresses, separated by spaces
    phone = models.CharField(max_length=40, blank=True)
    organisation = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    sought = models.TextField(blank=True, editable=False)  # search text, see `index`
    vcard = models.TextField(blank=True)
    weight = models.PositiveIntegerField(default=0, db_default=0, editable=False)  # characters of `vcard`
    etag = models.CharField(max_length=64, blank=True)
    has_photo = models.BooleanField(default=False)
    is_group = models.BooleanField(default=False)
    is_collected = models.BooleanField(default=False)  # added by writing to that address
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("sought",)
        indexes = (
            models.Index(fields=("account", "address")),
            models.Index(fields=("book", "address")),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("account", "address"), condition=Q(is_collected=True), name="collected_once"
            ),
            models.UniqueConstraint(fields=("account", "uid"), condition=~Q(uid=""), name="contact_uid_once"),
            models.UniqueConstraint(
                fields=("account", "href"), condition=~Q(href=""), name="contact_href_once"
            ),
            models.UniqueConstraint(
                fields=("book", "href"), condition=~Q(href=""), name="book_contact_href_once"
            ),
            models.UniqueConstraint(
                fields=("book", "uid"), condition=~Q(uid=""), name="book_contact_uid_once"
            ),
            models.CheckConstraint(
                condition=Q(account__isnull=True) ^ Q(book__isnull=True), name="contact_on_one_shelf"
            ),
        )

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.index()
        super().save(*args, **kwargs)

    def index(self) -> None:
        """Fill the search and sort text, without case and accents, name first; weigh the card."""
        self.weight = len(self.vcard)
        self.sought = without_accents(
            " ".join((self.name, self.address, self.others, self.organisation, self.phone))
        )


class Membership(models.Model):
    """Membership of a card in a group of the same book."""

    group = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="memberships")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="groups")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("group", "contact"), name="member_once"),)
