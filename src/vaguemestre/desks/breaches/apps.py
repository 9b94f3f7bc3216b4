from django.apps import AppConfig


class BreachesConfig(AppConfig):
    name = "vaguemestre.desks.breaches"
    label = "breaches"
    default_auto_field = "django.db.models.BigAutoField"
