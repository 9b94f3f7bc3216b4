from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "vaguemestre.foundation.jobs"
    label = "jobs"
