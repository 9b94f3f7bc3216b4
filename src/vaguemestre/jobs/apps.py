from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "vaguemestre.jobs"
    label = "jobs"
