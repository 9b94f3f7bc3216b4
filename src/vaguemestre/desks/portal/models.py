"""Tables of the home page."""

from django.db import models

from vaguemestre.people.credentials.models import Account


class Favourite(models.Model):
    """An application a person put first."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="favourites")
    key = models.CharField(max_length=80)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("account", "key"), name="one_star_an_application"),)


class AnnouncementRow(models.Model):
    """A message of the académie."""

    title = models.CharField(max_length=120)
    text = models.TextField(blank=True)
    importance = models.CharField(max_length=10)  # Importance
    starts_on = models.DateField()
    ends_on = models.DateField(db_index=True)
    academy_id = models.BigIntegerField(default=0, db_default=0)  # whose people read it; 0: everybody
    mail_asked_by = models.CharField(max_length=80, blank=True, db_default="")  # who wants it mailed too
    mail_act_id = models.BigIntegerField(default=0, db_default=0)  # the act that mails it; 0: none yet
