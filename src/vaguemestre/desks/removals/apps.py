from django.apps import AppConfig


class RemovalsConfig(AppConfig):
    name = "vaguemestre.desks.removals"
    label = "removals"
    default_auto_field = "django.db.models.BigAutoField"
