from django.apps import AppConfig


class QuarantineConfig(AppConfig):
    name = "vaguemestre.post.quarantine"
    label = "quarantine"
    default_auto_field = "django.db.models.BigAutoField"
