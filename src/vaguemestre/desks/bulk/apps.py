from django.apps import AppConfig


class BulkConfig(AppConfig):
    name = "vaguemestre.desks.bulk"
    label = "bulk"
    default_auto_field = "django.db.models.BigAutoField"
