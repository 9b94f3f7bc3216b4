from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "vaguemestre.credentials"
    label = "credentials"
    default_auto_field = "django.db.models.BigAutoField"
