from django.apps import AppConfig


class PhonebookConfig(AppConfig):
    name = "vaguemestre.desks.phonebook"
    label = "phonebook"
    default_auto_field = "django.db.models.BigAutoField"
