from django.apps import AppConfig


class PhonebookConfig(AppConfig):
    name = "vaguemestre.phonebook"
    label = "phonebook"
    default_auto_field = "django.db.models.BigAutoField"
