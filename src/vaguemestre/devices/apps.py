from django.apps import AppConfig


class DevicesConfig(AppConfig):
    name = "vaguemestre.devices"
    label = "devices"
    default_auto_field = "django.db.models.BigAutoField"
