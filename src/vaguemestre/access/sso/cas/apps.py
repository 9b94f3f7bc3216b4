from django.apps import AppConfig


class SsoCasConfig(AppConfig):
    name = "vaguemestre.access.sso.cas"
    label = "sso_cas"
    default_auto_field = "django.db.models.BigAutoField"
