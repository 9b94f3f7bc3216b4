from django.apps import AppConfig


class SortingConfig(AppConfig):
    name = "vaguemestre.sorting"
    label = "sorting"
    default_auto_field = "django.db.models.BigAutoField"
