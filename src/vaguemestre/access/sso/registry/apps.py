from django.apps import AppConfig


class SsoRegistryConfig(AppConfig):
    name = "vaguemestre.access.sso.registry"
    label = "sso_registry"
    default_auto_field = "django.db.models.BigAutoField"
