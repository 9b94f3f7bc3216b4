"""Address books: a person's own, and a school's."""

from typing import Any

from django.db import models
from django.db.models import Q

from vaguemestre.foundation.kernel.texts import bare
from vaguemestre.people.credentials.models import Account


class SchoolBook(models.Model):
    """The book of an establishment: read by whoever serves there, changed by its head and those chosen."""

    uai = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=200)


class BookWriter(models.Model):
    """Somebody who may change a school's book besides its head."""

    book = models.ForeignKey(SchoolBook, on_delete=models.CASCADE, related_name="writers")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="written_books")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("book", "account"), name="book_writer_once"),)


class Contact(models.Model):
    """A card or a group. `vcard` is the whole of it; the other columns are what lists and searches need."""

    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.CASCADE, related_name="contacts"
    )
    book = models.ForeignKey(
        SchoolBook, null=True, blank=True, on_delete=models.CASCADE, related_name="contacts"
    )
    uid = models.CharField(max_length=255, blank=True)
    href = models.CharField(max_length=255, blank=True)  # its name in CardDAV, chosen by whoever made it
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=254, blank=True)
    others = models.TextField(blank=True)  # further addresses, a space between
    phone = models.CharField(max_length=40, blank=True)
    organisation = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    sought = models.TextField(blank=True, editable=False)  # what `index` says
    vcard = models.TextField(blank=True)
    etag = models.CharField(max_length=64, blank=True)
    has_photo = models.BooleanField(default=False)
    is_group = models.BooleanField(default=False)
    is_collected = models.BooleanField(default=False)  # written to once, not kept on purpose
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
        """What puts it in order and finds it, whatever the case and accents: its name first."""
        self.sought = bare(" ".join((self.name, self.address, self.others, self.organisation, self.phone)))


class Membership(models.Model):
    """A card in a group of the same book."""

    group = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="memberships")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="groups")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("group", "contact"), name="member_once"),)
