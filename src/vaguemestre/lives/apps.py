from django.apps import AppConfig


class LivesConfig(AppConfig):
    name = "vaguemestre.lives"
    label = "lives"
    default_auto_field = "django.db.models.BigAutoField"
