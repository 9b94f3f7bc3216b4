from django.apps import AppConfig


class VigilanceConfig(AppConfig):
    name = "vaguemestre.vigilance"
    label = "vigilance"
    default_auto_field = "django.db.models.BigAutoField"
