from django.apps import AppConfig


class FirstDayConfig(AppConfig):
    name = "vaguemestre.desks.firstday"
    label = "firstday"
    default_auto_field = "django.db.models.BigAutoField"
