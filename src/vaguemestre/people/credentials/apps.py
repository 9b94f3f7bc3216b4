from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "vaguemestre.people.credentials"
    label = "credentials"
    default_auto_field = "django.db.models.BigAutoField"
