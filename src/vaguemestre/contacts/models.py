"""A person's own address book."""

from django.db import models

from vaguemestre.credentials.models import Account


class Contact(models.Model):
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=254)
    phone = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)
    is_collected = models.BooleanField(default=False)  # written to once, not kept on purpose

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("account", "address"), name="contact_once"),)
