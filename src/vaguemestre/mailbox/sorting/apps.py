from django.apps import AppConfig


class SortingConfig(AppConfig):
    name = "vaguemestre.mailbox.sorting"
    label = "sorting"
    default_auto_field = "django.db.models.BigAutoField"
