from django.apps import AppConfig


class SsoHeadersConfig(AppConfig):
    name = "vaguemestre.access.sso.headers"
    label = "sso_headers"
    default_auto_field = "django.db.models.BigAutoField"
