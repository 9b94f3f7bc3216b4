from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "vaguemestre.desks.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"
