from django.apps import AppConfig


class ServiceClassesConfig(AppConfig):
    name = "vaguemestre.people.service_classes"
    label = "service_classes"
    default_auto_field = "django.db.models.BigAutoField"
