from django.apps import AppConfig


class DomainReportsConfig(AppConfig):
    name = "vaguemestre.desks.domainreports"
    label = "domainreports"
    default_auto_field = "django.db.models.BigAutoField"
